import type { Command } from './commands.ts';
import { RECOVERY_SCENES } from './recovery-scenes.ts';
import {
  BOBS,
  byWeChat,
  companySays,
  enter,
  intervalPasses,
  linkAddress,
  linkEve,
  newestLink,
  restoreCode,
  type Scene,
  send,
  unlinkWeChat,
  upTo,
} from './scene-steps.ts';
import type { Fate } from './sending.ts';

const LINK_SCENES: Readonly<Record<string, Scene>> = {
  async 'a method goes, and its sessions with it'(sequence) {
    await enter(sequence, 'three', byWeChat('bob'), 'GET /oauth');
    const newcomer = await upTo(sequence, 'copy', byWeChat('bob'), 'GET /oauth');
    const unlink = await upTo(sequence, 'two', unlinkWeChat, 'DELETE /links');
    const three = { browser: 'three', purpose: 'unlink_email', fate: 'accepted' } as const;
    return [
      unlink,
      newcomer,
      { ...three, ask: 'POST /otp/send' },
      { browser: 'three', ask: 'GET /account' },
      { browser: 'three', ask: 'DELETE /sessions' },
      { browser: 'one', ask: 'POST /undo', ...newestLink(sequence) },
    ];
  },

  async 'two codes wait at one address'(sequence) {
    const asked = sequence.cast.addresses[BOBS] ?? '';
    for (const browser of ['three', 'copy']) {
      await send(sequence, { browser, ask: 'POST /sign-in/email/send', address: asked });
      const [signIn = ''] = [...sequence.translation.signIns.keys()].slice(-1);
      await send(sequence, { browser, ask: 'the stream', signIn, fate: 'accepted' });
      await intervalPasses(sequence);
    }
    const [first = '', second = ''] = sequence.translation.signIns.keys();
    const guess = (browser: string, signIn: string, isRight: boolean): Command => {
      const label = isRight ? sequence.state.signIns[signIn]?.code?.label : undefined;
      return { browser, ask: 'POST /sign-in/email', signIn, guess: label ?? 'no code' };
    };
    return [
      guess('three', first, false),
      guess('copy', second, false),
      guess('three', second, false),
      guess('three', first, true),
      guess('copy', second, true),
      { browser: 'three', ask: 'the stream', signIn: first, fate: 'accepted' },
      { browser: 'two', ask: 'DELETE /sessions' },
    ];
  },

  async 'the company suspends an account, or lets it in again'(sequence) {
    const [asked = '', bob = ''] = [sequence.cast.addresses[BOBS], sequence.cast.accounts[1]];
    const newcomer = await upTo(sequence, 'copy', byWeChat('bob'), 'GET /oauth');
    const link = newestLink(sequence);
    await companySays(sequence, bob, 'suspend');
    await send(sequence, { browser: 'three', ask: 'POST /sign-in/email/send', address: asked });
    const [signIn = ''] = [...sequence.translation.signIns.keys()].slice(-1);
    await send(sequence, { browser: 'three', ask: 'the stream', signIn, fate: 'accepted' });
    const guess = sequence.state.signIns[signIn]?.code?.label ?? 'no code';
    return [
      newcomer,
      { browser: 'three', ask: 'POST /sign-in/email', signIn, guess },
      { browser: 'one', ask: 'POST /undo/show', ...link },
      { browser: 'one', ask: 'POST /undo', ...link },
      { browser: 'two', ask: 'GET /account' },
    ];
  },

  async 'another code is on its way'(sequence) {
    const right = await upTo(sequence, 'one', linkAddress, 'POST /otp/verify');
    await enter(sequence, 'three', { to: 'enter', by: 'qq', who: 'anna' }, 'GET /oauth');
    await intervalPasses(sequence);
    const again = (browser: string, fate: Fate): Command => {
      return { browser, ask: 'POST /otp/send', purpose: 'link_email', fate };
    };
    const wrong: Command = {
      browser: 'one',
      ask: 'POST /otp/verify',
      purpose: 'link_email',
      guess: 'no code',
    };
    return [
      right,
      wrong,
      wrong,
      again('one', 'refused'),
      again('one', 'accepted'),
      again('three', 'refused'),
    ];
  },

  async 'another mail is on its way'(sequence) {
    const right = await upTo(sequence, 'one', linkAddress, 'POST /links/email');
    await intervalPasses(sequence);
    const [address = '', others = ''] = sequence.cast.addresses;
    const again = (to: string, fate: Fate): Command => {
      return { browser: 'one', ask: 'POST /links/email/send', address: to, fate };
    };
    const wrong: Command = { browser: 'one', ask: 'POST /links/email', address, guess: 'no code' };
    return [
      right,
      wrong,
      again(address, 'refused'),
      again(others, 'refused'),
      again(others, 'accepted'),
      { browser: 'one', ask: 'DELETE /session' },
    ];
  },

  async 'two accounts scan one person'(sequence) {
    await enter(sequence, 'two', unlinkWeChat, 'DELETE /links');
    const anna = await upTo(sequence, 'one', linkEve, 'GET /oauth');
    const bob = await upTo(sequence, 'two', linkEve, 'GET /oauth');
    const eve = await upTo(sequence, 'copy', byWeChat('eve'), 'GET /oauth');
    return [
      anna,
      bob,
      eve,
      { browser: 'one', ask: 'POST /links', provider: 'wechat' },
      { browser: 'two', ask: 'POST /otp/send', purpose: 'link_wechat', fate: 'refused' },
      { browser: 'two', ask: 'DELETE /sessions' },
    ];
  },

  async 'what was linked is to be put back, and somebody else wants it'(sequence) {
    await enter(sequence, 'two', unlinkWeChat, 'DELETE /links');
    const link = newestLink(sequence);
    const anna = await upTo(sequence, 'one', { to: 'link a person', by: 'wechat', who: 'bob' }, 'GET /oauth');
    const code = await restoreCode(sequence, link);
    const restore = (guess = 'no code'): Command => {
      return { browser: 'three', ask: 'POST /undo/restore', ...link, guess };
    };
    await intervalPasses(sequence);
    return [
      restore(code),
      restore(code),
      restore(),
      anna,
      { browser: 'three', ask: 'POST /undo/code', ...link, fate: 'refused' },
    ];
  },

  async 'what is put back takes the place of something else'(sequence) {
    await enter(sequence, 'two', unlinkWeChat, 'DELETE /links');
    const link = newestLink(sequence);
    await enter(sequence, 'two', linkEve, 'GET /oauth');
    const code = await restoreCode(sequence, link);
    const eve = await upTo(sequence, 'copy', byWeChat('eve'), 'GET /oauth');
    const bob = await upTo(sequence, 'one', byWeChat('bob'), 'GET /oauth');
    return [
      { browser: 'three', ask: 'POST /undo/restore', ...link, guess: code ?? 'no code' },
      eve,
      bob,
      { browser: 'three', ask: 'POST /undo/show', ...link },
    ];
  },

  async 'a session that has long asked for nothing ends while it is used'(sequence) {
    await enter(sequence, 'three', { to: 'enter', by: 'qq', who: 'anna' }, 'GET /oauth');
    await sequence.happens({ happens: 'time passes', seconds: 1000 });
    const newcomer = await upTo(sequence, 'one', byWeChat('eve'), 'GET /oauth');
    await sequence.happens({ happens: 'the cookies of a browser are copied', from: 'one' });
    return [
      { browser: 'one', ask: 'GET /account' },
      { browser: 'one', ask: 'DELETE /session' },
      { browser: 'three', ask: 'GET /account' },
      { browser: 'three', ask: 'DELETE /sessions' },
      { browser: 'one', ask: 'POST /otp/send', purpose: 'link_email', fate: 'accepted' },
      newcomer,
    ];
  },

  async 'a window waits while its session or its check goes'(sequence) {
    const scan = await upTo(sequence, 'one', linkEve, 'GET /oauth');
    await sequence.happens({ happens: 'the cookies of a browser are copied', from: 'one' });
    await intervalPasses(sequence);
    return [
      scan,
      { browser: 'one', ask: 'POST /otp/send', purpose: 'link_wechat', fate: 'accepted' },
      { browser: 'copy', ask: 'POST /links', provider: 'wechat' },
      { browser: 'copy', ask: 'DELETE /session' },
    ];
  },

  async 'changes are frozen'(sequence) {
    await enter(sequence, 'two', unlinkWeChat, 'DELETE /links');
    const link = newestLink(sequence);
    await send(sequence, { browser: 'three', ask: 'POST /undo', ...link });
    await enter(sequence, 'two', { to: 'enter', by: 'qq', who: 'bob' }, 'GET /oauth');
    const two = { browser: 'two', purpose: 'unlink_email', fate: 'accepted' } as const;
    return [
      { browser: 'two', ask: 'DELETE /links', provider: 'email' },
      { browser: 'two', ask: 'POST /links', provider: 'wechat' },
      { ...two, ask: 'POST /otp/send' },
      { browser: 'three', ask: 'POST /undo/code', ...link, fate: 'accepted' },
      { browser: 'three', ask: 'POST /undo', ...link },
    ];
  },

  async 'an account has no phone'(sequence) {
    await enter(sequence, 'three', byWeChat('dan'), 'GET /oauth');
    const three = { browser: 'three', purpose: 'link_email', fate: 'accepted' } as const;
    const [address = ''] = sequence.cast.addresses;
    return [
      { ...three, ask: 'POST /otp/send' },
      { browser: 'three', ask: 'POST /links/email/send', address, fate: 'accepted' },
      { browser: 'three', ask: 'DELETE /links', provider: 'wechat' },
      { browser: 'three', ask: 'POST /links', provider: 'wechat' },
    ];
  },

  async 'an address has had all the mail it may have'(sequence) {
    const right = await upTo(sequence, 'one', linkAddress, 'POST /links/email');
    const [address = ''] = sequence.cast.addresses;
    const mail: Command = { browser: 'one', ask: 'POST /links/email/send', address, fate: 'accepted' };
    const ask: Command = { browser: 'three', ask: 'POST /sign-in/email/send', address };
    for (let mails = 1; mails < sequence.state.rules.sendsPer10Minutes; mails += 1) {
      await send(sequence, ask);
      await intervalPasses(sequence);
      await send(sequence, mail);
    }
    await send(sequence, ask);
    await intervalPasses(sequence);
    return [mail, ask, right, { ...mail, address: sequence.cast.addresses[BOBS] ?? '' }];
  },
};

export const SCENES: Readonly<Record<string, Scene>> = { ...LINK_SCENES, ...RECOVERY_SCENES };
