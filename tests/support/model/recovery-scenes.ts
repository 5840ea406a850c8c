import type { Command } from './commands.ts';
import type { Goal } from './goals.ts';
import type { Link } from './notices.ts';
import {
  byWeChat,
  enter,
  intervalPasses,
  linkEve,
  newestLink,
  restoreCode,
  type Scene,
  send,
  upTo,
} from './scene-steps.ts';
import type { Sequence } from './sequence.ts';

const byQq = (who: string): Goal => ({ to: 'enter', by: 'qq', who });

/** Bob signs in by WeChat with a browser that is not known. @returns the link that tells of it */
async function enterByWeChat(sequence: Sequence, browser: string): Promise<Link> {
  await enter(sequence, browser, byWeChat('bob'), 'GET /oauth');
  return newestLink(sequence);
}

/** By the one who confirms, Bob's WeChat is suspended, and he is out everywhere. */
async function suspendWeChat(sequence: Sequence): Promise<Link> {
  const link = await enterByWeChat(sequence, 'three');
  await send(sequence, { browser: 'one', ask: 'POST /undo', ...link });
  return link;
}

const CODES_OF_A_LINK = 5;

/** So many codes of a link to the phone are sent. */
async function atCodes(sequence: Sequence, link: Link, codes: number): Promise<readonly Command[]> {
  const again = { browser: 'one', ask: 'POST /undo/code', ...link } as const;
  for (let sent = 0; sent < codes; sent += 1) {
    await send(sequence, { ...again, fate: 'accepted' });
    await intervalPasses(sequence);
  }
  const guess = [...sequence.translation.codes.keys()].at(-1) ?? '';
  return [
    { ...again, fate: 'accepted' },
    { ...again, fate: 'refused' },
    { ...again, browser: 'two', fate: 'accepted' },
    { browser: 'one', ask: 'POST /undo/restore', ...link, guess },
    { browser: 'two', ask: 'POST /undo', ...link },
  ];
}

export const RECOVERY_SCENES: Readonly<Record<string, Scene>> = {
  async 'what signed in is said to be somebody else'(sequence) {
    const link = await enterByWeChat(sequence, 'three');
    const newcomer = await upTo(sequence, 'copy', byWeChat('bob'), 'GET /oauth');
    return [
      { browser: 'one', ask: 'POST /undo', ...link },
      newcomer,
      { browser: 'two', ask: 'POST /account/notices/disown', notice: link.notice },
      { browser: 'two', ask: 'DELETE /account/notices', notice: link.notice },
      { browser: 'three', ask: 'POST /otp/send', purpose: 'unlink_email', fate: 'accepted' },
      { browser: 'three', ask: 'DELETE /sessions' },
      { browser: 'two', ask: 'DELETE /sessions' },
      { browser: 'one', ask: 'POST /undo/code', ...link, fate: 'accepted' },
    ];
  },

  async 'each of two says that theirs is to be the only way in'(sequence) {
    const link = await enterByWeChat(sequence, 'three');
    const alone = await upTo(sequence, 'two', { to: 'be alone' }, 'POST /account/only');
    const theirs = await upTo(sequence, 'three', { to: 'be alone' }, 'POST /account/only');
    await send(sequence, { browser: 'one', ask: 'POST /undo/code', ...link, fate: 'accepted' });
    const newcomer = await upTo(sequence, 'copy', byWeChat('bob'), 'GET /oauth');
    const guess = [...sequence.translation.codes.keys()].at(-1) ?? '';
    return [
      alone,
      theirs,
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess, only: 'email' },
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess, only: 'wechat' },
      newcomer,
      { browser: 'one', ask: 'POST /undo', ...link },
      { browser: 'three', ask: 'DELETE /sessions' },
    ];
  },

  async 'a link is about to be spent'(sequence) {
    await enter(sequence, 'two', { to: 'unlink', provider: 'wechat' }, 'DELETE /links');
    const link = newestLink(sequence);
    const code = (await restoreCode(sequence, link)) ?? '';
    const restore = (guess: string): Command => ({
      browser: 'one',
      ask: 'POST /undo/restore',
      ...link,
      guess,
    });
    const { attempts, failuresPerDay } = sequence.state.rules;
    for (let guesses = 1; guesses < Math.min(attempts, failuresPerDay); guesses += 1)
      await send(sequence, restore('no code'));
    await intervalPasses(sequence);
    return [
      restore('no code'),
      restore(code),
      { browser: 'three', ask: 'POST /undo/code', ...link, fate: 'accepted' },
      { browser: 'three', ask: 'POST /undo/code', ...link, fate: 'refused' },
      { browser: 'three', ask: 'POST /undo/show', ...link },
    ];
  },

  async 'a notice is opened by its code, and guessed at'(sequence) {
    await enterByWeChat(sequence, 'three');
    const { notice } = newestLink(sequence);
    await sequence.happens({ happens: 'a notice goes out', notice });
    const phone = sequence.state.notices[notice]?.told?.find(({ by }) => by === 'sms')?.to ?? '';
    const open = (browser: string, about: string): Command => ({
      browser,
      ask: 'POST /undo/open',
      phone,
      notice: about,
    });
    return [
      open('elsewhere', notice),
      open('elsewhere', 'no notice'),
      open('elsewhere', 'no notice'),
      // Knows the account.
      open('three', notice),
      open('three', 'no notice'),
      { browser: 'one', ask: 'POST /undo/show', notice, by: 'sms' },
    ];
  },

  async 'a link has one code left'(sequence) {
    const link = await enterByWeChat(sequence, 'three');
    return atCodes(sequence, link, CODES_OF_A_LINK - 1);
  },

  async 'a link has no code left'(sequence) {
    const link = await enterByWeChat(sequence, 'three');
    return atCodes(sequence, link, CODES_OF_A_LINK);
  },

  async 'a suspension is to be lifted in two ways, and used'(sequence) {
    const link = await suspendWeChat(sequence);
    for (const browser of ['two', 'three']) await enter(sequence, browser, byQq('bob'), 'GET /oauth');
    const clear = await upTo(sequence, 'two', { to: 'clear', provider: 'wechat' }, 'POST /links/clear');
    const unlink = await upTo(sequence, 'two', { to: 'unlink', provider: 'wechat' }, 'DELETE /links');
    await send(sequence, { browser: 'one', ask: 'POST /undo/code', ...link, fate: 'accepted' });
    const newcomer = await upTo(sequence, 'copy', byWeChat('bob'), 'GET /oauth');
    const guess = [...sequence.translation.codes.keys()].at(-1) ?? '';
    return [
      clear,
      unlink,
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess },
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess, only: 'wechat' },
      newcomer,
      { browser: 'two', ask: 'POST /otp/send', purpose: 'clear_wechat', fate: 'refused' },
      { browser: 'three', ask: 'POST /links/clear', provider: 'wechat' },
      { browser: 'three', ask: 'POST /account/notices/disown', notice: link.notice },
    ];
  },

  async 'a mailed link, and the address it went to'(sequence) {
    await enter(sequence, 'three', byQq('bob'), 'GET /oauth');
    const { notice } = newestLink(sequence);
    await sequence.happens({ happens: 'a notice goes out', notice });
    const link: Link = { notice, by: 'mail' };
    await send(sequence, { browser: 'one', ask: 'POST /undo/code', ...link, fate: 'accepted' });
    const guess = [...sequence.translation.codes.keys()].at(-1) ?? '';
    const unlink = await upTo(sequence, 'two', { to: 'unlink', provider: 'email' }, 'DELETE /links');
    return [
      unlink,
      { browser: 'one', ask: 'POST /undo', ...link },
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess, only: 'qq' },
      { browser: 'one', ask: 'POST /undo/restore', ...link, guess: 'no code' },
      { browser: 'one', ask: 'POST /undo/show', ...link },
      { browser: 'two', ask: 'DELETE /sessions' },
    ];
  },

  async 'what was linked is on probation'(sequence) {
    await enter(sequence, 'one', linkEve, 'GET /oauth');
    const link = newestLink(sequence);
    await enter(sequence, 'three', byWeChat('eve'), 'GET /oauth');
    const { notice } = newestLink(sequence);
    const unlink = await upTo(sequence, 'one', { to: 'unlink', provider: 'wechat' }, 'DELETE /links');
    return [
      { browser: 'three', ask: 'POST /otp/send', purpose: 'only', fate: 'accepted' },
      { browser: 'three', ask: 'DELETE /sessions' },
      { browser: 'three', ask: 'POST /account/notices/disown', notice: link.notice },
      { browser: 'one', ask: 'DELETE /account/notices', notice },
      unlink,
      { browser: 'two', ask: 'POST /undo', ...link },
      { browser: 'three', ask: 'DELETE /session' },
    ];
  },
};
