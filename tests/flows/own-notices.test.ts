import { describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring } from '../support/notices.ts';
import {
  becomesSubAccount,
  type Member,
  methodOf,
  newMember,
  signedIn,
  tally,
  times,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const HOUR = 3_600;
const DAY = 24 * HOUR;
const restOfDay = () => DAY - (world.nowSeconds % DAY);

async function noticesOf(browser: Browser) {
  const { json } = await browser.get('/account');
  return json.notices as { id: string; type: string; provider: string }[];
}

const brief = (notices: readonly { type: string; provider: string }[]) =>
  notices.map(({ type, provider }) => `${type} ${provider}`);

/** Somebody else signs in by the member's WeChat, and links an address. */
async function intruded(): Promise<{ member: Member; intruder: Browser }> {
  const member = await newMember(world, { links: ['wechat'] });
  world.pass({ seconds: 1 });
  const intruder = await signedIn(world, member, 'wechat');
  world.pass({ seconds: 1 });
  expect((await intruder.linkEmail(member.address, member.phone)).status).toBe(201);
  world.pass({ seconds: 1 });
  return { member, intruder };
}

describe('the notices of the account page', () => {
  test('are of what other sessions did, changes before sign-ins', async () => {
    const { member, intruder } = await intruded();
    const { json } = await member.browser.get('/account');
    expect(brief(json.notices)).toEqual(['linked email', 'signed_in wechat']);
    expect(json.notices[0]).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      type: 'linked',
      isAttempt: false,
      provider: 'email',
      display: expect.stringMatching(/^p\*\*\*\d@example\.com$/),
      at: isoIn(world, -1),
      ip: '203.0.*.*',
      device: 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0',
    });
    expect(brief(await noticesOf(intruder))).toEqual(['signed_in qq']);
  });

  test('are those of 72 hours, twenty at most, the newest', async () => {
    const member = await newMember(world);
    for (let signIn = 0; signIn < 25; signIn += 1) {
      world.pass({ seconds: 1 });
      await signedIn(world, member);
    }
    const newest = (await member.browser.get('/account')).json.notices;
    expect(newest).toHaveLength(20);
    expect(newest[0].at).toBe(isoIn(world, 0));
    world.pass({ seconds: 72 * HOUR });
    const later = await signedIn(world, member);
    expect(await noticesOf(later)).toEqual([]);
  });

  test('a change is not buried by sign-ins', async () => {
    const { member } = await intruded();
    for (let signIn = 0; signIn < 22; signIn += 1) {
      world.pass({ seconds: 1 });
      await signedIn(world, member, 'wechat');
    }
    expect(brief(await noticesOf(member.browser))[0]).toBe('linked email');
  });
});

describe('“this was me”', () => {
  test('dismisses a notice for this session alone', async () => {
    const { member } = await intruded();
    const [notice] = await noticesOf(member.browser);
    expect((await member.browser.delete(`/account/notices/${notice?.id}`)).status).toBe(204);
    expect((await member.browser.delete(`/account/notices/${notice?.id}`)).status).toBe(204);
    expect(brief(await noticesOf(member.browser))).toEqual(['signed_in wechat']);
    const other = await signedIn(world, member);
    expect(brief(await noticesOf(other))).toContain('linked email');
  });

  test.each(['nonsense', `c0mfq0w7k8${'A'.repeat(12)}`])('of %s is not_found', async (id) => {
    const { browser } = await newMember(world);
    expectProblem(await browser.delete(`/account/notices/${id}`), 'not_found');
    expectProblem(await browser.post(`/account/notices/${id}/disown`), 'not_found');
  });

  test('of another account’s notice is not_found', async () => {
    const { member } = await intruded();
    const [notice] = await noticesOf(member.browser);
    const stranger = await newMember(world);
    expectProblem(await stranger.browser.delete(`/account/notices/${notice?.id}`), 'not_found');
    expectProblem(await stranger.browser.post(`/account/notices/${notice?.id}/disown`), 'not_found');
    expect((await member.browser.get('/account')).status).toBe(200);
  });
});

describe('“this wasn’t me”, said in a session', () => {
  test('does and answers what a link does', async () => {
    const { member, intruder } = await intruded();
    const signIn = (await noticesOf(member.browser)).find(({ type }) => type === 'signed_in');
    const reply = await member.browser.post(`/account/notices/${signIn?.id}/disown`, {});
    expect(reply.json).toMatchObject({
      type: 'signed_in',
      provider: 'wechat',
      confirmedAt: isoIn(world, 0),
      restore: 'clear',
      only: ['email', 'wechat', 'qq'],
      frozenUntil: isoIn(world, 24 * HOUR),
    });
    for (const browser of [intruder, member.browser])
      expectProblem(await browser.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('method_suspended');
    const owner = await signedIn(world, member);
    expect(await methodOf(owner, 'wechat')).toMatchObject({ state: 'suspended' });
    // Dealt with: no longer among what is to be looked at.
    expect(brief(await noticesOf(owner))).not.toContain('signed_in wechat');
  });

  test('is said once, by a link or in a session', async () => {
    const { member } = await intruded();
    const [notice] = await noticesOf(member.browser);
    const browsers = [member.browser, ...(await times(3, () => signedIn(world, member)))];
    const disowned = await Promise.all(
      browsers.map((browser) => browser.post(`/account/notices/${notice?.id}/disown`)),
    );
    const { 200: said, ...others } = tally(disowned);
    expect([
      said,
      Object.keys(others).every((code) => ['not_signed_in', 'undo_expired'].includes(code)),
    ]).toEqual([1, true]);
    const again = await signedIn(world, member);
    expectProblem(await again.post(`/account/notices/${notice?.id}/disown`), 'undo_expired');
  });

  test('is said ten times a day by sessions of one method, so that there is an end of the SMS it is told by', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    await member.browser.checkIdentity('only', member.phone);
    expect((await member.browser.post('/account/only')).status).toBe(200);
    // Each sign-in that is refused can be disowned, and suspends nothing.
    const disownOne = async (by: (browser: Browser) => Promise<unknown>) => {
      world.pass({ seconds: 1 });
      await world.browser().signInBy('wechat', member.who);
      const browser = world.browser();
      await by(browser);
      const [notice] = (await noticesOf(browser)).filter(({ type }) => type === 'suspended');
      return browser.post(`/account/notices/${notice?.id}/disown`);
    };
    const byQq = (browser: Browser) => browser.signInBy('qq', member.who);
    const told = await noticesDuring(world, async () => {
      for (let said = 0; said < 10; said += 1) expect((await disownOne(byQq)).status).toBe(200);
      expectProblem(await disownOne(byQq), 'quota_exceeded', { retryAfter: restOfDay() });
    });
    const frozen = told.filter(({ to, text }) => to === member.phone && text.includes('所有设备已退出登录'));
    expect(frozen).toHaveLength(10);
    // It is the same that signing out everywhere is counted by, and another for each method.
    const owner = await signedIn(world, member);
    expectProblem(await owner.delete('/sessions'), 'quota_exceeded', { retryAfter: restOfDay() });
    await owner.checkIdentity('clear_email', member.phone);
    expect((await owner.post('/links/email/clear')).status).toBe(204);
    const byEmail = (browser: Browser) => browser.signInByEmail(member.address);
    expect((await disownOne(byEmail)).status).toBe(200);
  });

  test('of an account that is a sub-account by now can’t be said, as by its link', async () => {
    const { member } = await intruded();
    const [notice] = await noticesOf(member.browser);
    await becomesSubAccount(world, member);
    expectProblem(await member.browser.post(`/account/notices/${notice?.id}/disown`), 'undo_expired');
    expect((await member.browser.get('/account')).json.frozenUntil).toBeNull();
  });

  test('of a freeze can’t be said, nor of what was said already', async () => {
    const { member } = await intruded();
    const signIn = (await noticesOf(member.browser)).find(({ type }) => type === 'signed_in');
    await member.browser.post(`/account/notices/${signIn?.id}/disown`);
    const owner = await signedIn(world, member);
    const frozen = (await noticesOf(owner)).find(({ type }) => type === 'frozen');
    expectProblem(await owner.post(`/account/notices/${frozen?.id}/disown`), 'undo_expired');
    expectProblem(await owner.post(`/account/notices/${signIn?.id}/disown`), 'undo_expired');
    expect((await owner.delete(`/account/notices/${frozen?.id}`)).status).toBe(204);
  });
});
