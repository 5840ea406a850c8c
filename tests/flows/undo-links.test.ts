import { describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import type { SentMessage } from '../support/doubles.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { type Member, newAddress, newMember, saying, signedIn, wrongCode } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const HOUR = 3_600;

const undo = (token: string, path = '', more: object = {}) =>
  world.browser().post(`/undo${path}`, { token, ...more });

const hasLink = ({ text }: SentMessage) => text.includes('/not-me#');
const linksTo = (to: string, told: readonly SentMessage[]) =>
  told.filter((one) => one.to === to && hasLink(one)).map(tokenIn);
const linkTo = (to: string, told: readonly SentMessage[]) => linksTo(to, told)[0] ?? 'none was sent';

/** What is told of a sign-in by WeChat; the owner's address is linked, and of an import. */
async function wechatSignIn(member: Member) {
  return noticesDuring(world, () => signedIn(world, member, 'wechat'));
}

describe('a link to undo', () => {
  test('is another one for the phone than in the mail', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const told = await wechatSignIn(member);
    const [byPhone, byMail] = [linkTo(member.phone, told), linkTo(member.address, told)];
    expect(byPhone).not.toBe(byMail);
    const shown = [await undo(byPhone, '/show'), await undo(byMail, '/show')];
    // The SMS was in one language, and the mail in both.
    expect(shown[0]?.json).toEqual({ ...shown[1]?.json, language: 'zh-CN' });
    expect(shown[1]?.json.language).toBeNull();
    // The one is not made from the other.
    for (const forged of [byMail.replace(/\.m/, '.p'), byPhone.replace(/\.p/, '.m')])
      expectProblem(await undo(forged, '/show'), 'undo_expired');
  });

  test('is not mailed to an address that was linked less than 72 hours ago', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await member.browser.linkEmail(member.address, member.phone);
    const early = await wechatSignIn(member);
    expect(early.map(({ to }) => to).toSorted()).toEqual([member.phone, member.address].toSorted());
    expect(early.filter(hasLink).map(({ to }) => to)).toEqual([member.phone]);
    world.pass({ seconds: 72 * HOUR });
    const late = await wechatSignIn(member);
    expect(linksTo(member.address, late)).toHaveLength(1);
  });

  test('in a mail is good while its address is the account’s, and not suspended', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const told = await wechatSignIn(member);
    const [byPhone, byMail] = [linkTo(member.phone, told), linkTo(member.address, told)];
    world.pass({ seconds: 61 });
    await member.browser.checkIdentity('only', member.phone);
    await member.browser.post('/account/only');
    for (const path of ['/show', '', '/code']) expectProblem(await undo(byMail, path), 'undo_expired');
    expect((await undo(byPhone, '/show')).status).toBe(200);
    await member.browser.checkIdentity('clear_email', member.phone);
    await member.browser.post('/links/email/clear');
    expect((await undo(byMail, '/show')).status).toBe(200);
    world.pass({ seconds: 61 });
    await member.browser.checkIdentity('unlink_email', member.phone);
    const unlinked = await noticesDuring(world, () => member.browser.delete('/links/email'));
    expectProblem(await undo(byMail, '/show'), 'undo_expired');
    // Of the change that removed it, it is good.
    expect((await undo(linkTo(member.address, unlinked), '/show')).json).toMatchObject({ restore: 'link' });
  });
});

/** Asks for a code, and burns it. */
async function burn(token: string, phone: string): Promise<string> {
  const sent = await undo(token, '/code');
  if (sent.status !== 202) return saying(sent);
  const code = wrongCode(world.outbox.codeFor(phone));
  let last = '';
  for (let guess = 0; guess < 5; guess += 1)
    last = saying(await undo(token, '/restore', { code, only: 'qq' }));
  world.pass({ seconds: 60 });
  return last;
}

describe('the budget of codes to restore with', () => {
  test('is 10 wrong guesses for a link to the phone, in all its time; and another link takes its place', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const first = linkTo(member.phone, await wechatSignIn(member));
    expect(await burn(first, member.phone)).toBe('code_wrong');
    const told = await noticesDuring(world, () => burn(first, member.phone));
    const successor = linkTo(member.phone, told);
    expect(successor).not.toBe(first);
    world.pass({ seconds: 25 * HOUR });
    expectProblem(await undo(first, '/code'), 'too_many_attempts', { retryAfter: 47 * HOUR - 120 });
    // About the same thing, for as long as the first was good.
    const [was, is] = [await undo(first, '/show'), await undo(successor, '/show')];
    expect(is.json).toEqual(was.json);
    await undo(successor, '/code');
    const code = world.outbox.codeFor(member.phone);
    expect((await undo(successor, '/restore', { code, only: 'qq' })).status).toBe(200);
  });

  test('is three successors’, and not without end', async () => {
    const few = await createWorld({ CODE_FAILURES_PER_DAY: '1' });
    const member = await newMember(few, { links: ['wechat'] });
    let told = await noticesDuring(few, () => signedIn(few, member, 'wechat'));
    for (let successors = 0; successors < 4; successors += 1) {
      const token = linkTo(member.phone, told);
      await few.browser().post('/undo/code', { token });
      const code = wrongCode(few.outbox.codeFor(member.phone));
      const spend = () => few.browser().post('/undo/restore', { token, code });
      told = await noticesDuring(few, async () =>
        expectProblem(await spend(), 'code_wrong', { attemptsLeft: 0 }),
      );
    }
    expect(told).toEqual([]);
  });

  test('is five codes for a link to the phone, the last of which still counts', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const link = linkTo(member.phone, await wechatSignIn(member));
    const told: SentMessage[] = [];
    let code = '';
    for (let sends = 0; sends < 5; sends += 1) {
      const send = async () => {
        expect((await undo(link, '/code')).status).toBe(202);
        code = world.outbox.codeFor(member.phone);
      };
      told.push(...(await noticesDuring(world, send)));
      expectProblem(await undo(link, '/code'), 'too_soon', { retryAfter: 60 });
      if (sends < 4) world.pass({ seconds: 60 });
    }
    world.pass({ seconds: 60 });
    expectProblem(await undo(link, '/code'), 'quota_exceeded', { retryAfter: 72 * HOUR - 300 });
    expect(linksTo(member.phone, told)).toHaveLength(1);
    expect((await undo(link, '/restore', { code, only: 'qq' })).status).toBe(200);
  });

  test('of mailed links is one together, which no link to the phone shares', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const told = [await wechatSignIn(member), await wechatSignIn(member)];
    const [first, second] = told.map((one) => linkTo(member.address, one)) as [string, string];
    expect(await burn(first, member.phone)).toBe('code_wrong');
    expect(await burn(second, member.phone)).toBe('code_wrong');
    expect(await burn(first, member.phone)).toBe('too_many_attempts');
    expect(await burn(second, member.phone)).toBe('too_many_attempts');
    for (const one of told) {
      const link = linkTo(member.phone, one);
      expect((await undo(link, '/code')).status).toBe(202);
    }
    world.pass({ seconds: 24 * HOUR });
    expect((await undo(first, '/code')).status).toBe(202);
  });

  test('of mailed links is 20 codes in 24 hours', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const link = linkTo(member.address, await wechatSignIn(member));
    for (let sends = 0; sends < 20; sends += 1) {
      expect((await undo(link, '/code')).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expectProblem(await undo(link, '/code'), 'quota_exceeded', { retryAfter: 24 * HOUR - 20 * 60 });
  });

  test('takes nothing of what the phone gets otherwise', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const thief = await signedIn(world, member, 'wechat');
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await thief.post('/otp/send', { purpose: 'unlink_wechat' })).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expect((await thief.post('/otp/send', { purpose: 'unlink_wechat' })).json.code).toBe('quota_exceeded');
    const link = linkTo(member.phone, await wechatSignIn(member));
    for (let sends = 0; sends < 3; sends += 1) {
      expect((await undo(link, '/code')).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expect((await member.browser.post('/otp/send', { purpose: 'unlink_wechat' })).status).toBe(202);
  });
});

/** Spends the guesses of a day at a purpose. */
async function spendGuesses(browser: Browser, phone: string, purpose: string): Promise<SentMessage[]> {
  const told: SentMessage[] = [];
  for (const _code of [1, 2]) {
    expect((await browser.post('/otp/send', { purpose })).status).toBe(202);
    const code = wrongCode(world.outbox.codeFor(phone));
    told.push(
      ...(await noticesDuring(world, async () => {
        for (let guess = 0; guess < 5; guess += 1) await browser.post('/otp/verify', { purpose, code });
      })),
    );
    world.pass({ seconds: 60 });
  }
  expectProblem(await browser.post('/otp/send', { purpose }), 'too_many_attempts', {
    retryAfter: 24 * HOUR - 120,
  });
  return told;
}

describe('the guesses of identity checks', () => {
  test('are apart for each method that opened the session, and spending them is told to the phone', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const thief = await signedIn(world, member, 'wechat');
    const told = await spendGuesses(thief, member.phone, 'unlink_wechat');
    expect(told.map(({ to }) => to)).toEqual([member.phone]);
    const link = linkTo(member.phone, told);
    expect((await undo(link, '/show')).json).toMatchObject({
      type: 'locked',
      provider: 'wechat',
      restore: 'clear',
    });

    await member.browser.checkIdentity('unlink_wechat', member.phone);
    expect((await member.browser.delete('/links/wechat')).status).toBe(204);
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'refused', provider: 'wechat', reason: 'too_many_attempts' }),
    );
  });

  test('“not me” about them suspends the method of the session that spent them', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const thief = await signedIn(world, member, 'wechat');
    const link = linkTo(member.phone, await spendGuesses(thief, member.phone, 'unlink_wechat'));
    expect((await undo(link)).status).toBe(200);
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('method_suspended');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
  });

  test('what another method’s session sends replaces nothing, and leaves the interval alone', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const thief = await signedIn(world, member, 'wechat');
    await member.browser.post('/otp/send', { purpose: 'unlink_wechat' });
    const code = world.outbox.codeFor(member.phone);
    expect((await thief.post('/otp/send', { purpose: 'unlink_wechat' })).status).toBe(202);
    expect((await member.browser.post('/otp/verify', { purpose: 'unlink_wechat', code })).status).toBe(200);
  });
});

test('a fresh address freezes nothing: without a link it can say nothing', async () => {
  const member = await newMember(world);
  const thiefs = newAddress();
  await member.browser.linkEmail(thiefs, member.phone);
  const told = await noticesDuring(world, () => signedIn(world, member));
  expect(told.find(({ to }) => to === thiefs)?.text).not.toContain('/not-me#');
});
