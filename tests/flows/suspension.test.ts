import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { type Member, methodOf, newMember, newPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const quiet = await createWorld({ NOTIFY: 'off' });
const DAY = 86_400;

const undo = (token: string, path = '', more: object = {}) =>
  world.browser().post(`/undo${path}`, { token, ...more });

/** The token of the latest link to the phone. */
const newestLink = (phone: string, of = world) =>
  tokenIn(of.outbox.sent.find(({ to, text }) => to === phone && text.includes('/not-me#')) ?? { text: '' });

/** A member keeps the method of their session alone. */
async function keepOnly({ browser, phone }: Member) {
  world.pass({ seconds: 61 });
  await browser.checkIdentity('only', phone);
  return browser.post('/account/only');
}

describe('a method that is suspended', () => {
  test('opens nothing, by OAuth or by email, and says so to its holder alone', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    expect((await keepOnly(member)).status).toBe(200);
    world.pass({ seconds: 1 });
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('method_suspended');
    world.pass({ seconds: 1 });

    const browser = world.browser();
    const sent = await browser.post('/sign-in/email/send', { email: member.address });
    expect(sent.status).toBe(202);
    await world.deliverStream();
    const code = world.outbox.codeFor(member.address);
    const { challengeId } = sent.json;
    const wrong = code === '123456' ? '654321' : '123456';
    expectProblem(await browser.post('/sign-in/email', { challengeId, code: wrong }), 'code_wrong', {
      attemptsLeft: 4,
    });
    expectProblem(await browser.post('/sign-in/email', { challengeId, code }), 'method_suspended');
    // The code is used up.
    expectProblem(await browser.post('/sign-in/email', { challengeId, code }), 'code_expired');
    expectProblem(await browser.get('/account'), 'not_signed_in');
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'refused', provider: 'email', reason: 'method_suspended' },
      { type: 'refused', provider: 'wechat', reason: 'method_suspended' },
    ]);
  });

  test('sends the phone a link with each sign-in that is refused, five a day', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await keepOnly(member);
    const refused = () => world.browser().signInBy('wechat', member.who);
    for (let told = 0; told < 5; told += 1) {
      const [notice, ...more] = await noticesDuring(world, refused);
      expect(more).toEqual([]);
      expect(notice).toMatchObject({ to: member.phone, text: expect.stringContaining('/not-me#') });
      const token = tokenIn(notice ?? { text: '' });
      expect((await undo(token, '/show')).json).toMatchObject({
        type: 'suspended',
        provider: 'wechat',
        restore: 'clear',
        expiresAt: isoIn(world, 3 * DAY),
      });
    }
    expect(await noticesDuring(world, refused)).toEqual([]);
    expect((await refused()).result).toBe('method_suspended');
    world.pass({ seconds: DAY });
    expect(await noticesDuring(world, refused)).toHaveLength(1);
  });

  test('is cleared by such a link and a code, and signs in again', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await keepOnly(member);
    await noticesDuring(world, () => world.browser().signInBy('wechat', member.who));
    const token = newestLink(member.phone);
    await undo(token, '/code');
    const code = world.outbox.codeFor(member.phone);
    const reply = await undo(token, '/restore', { code });
    expect(reply.json).toMatchObject({ restore: null, restoredAt: isoIn(world, 0) });
    const browser = await signedIn(world, member, 'wechat');
    expect(await methodOf(browser, 'wechat')).toMatchObject({ state: 'active' });
    const { events } = (await browser.get('/account/history')).json;
    expect(events.map(({ type }: { type: string }) => type)).toContain('cleared');
  });

  test('is cleared by a session of another method, with an identity check', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await keepOnly(member);
    const { browser, phone } = member;
    expectProblem(await browser.post('/links/wechat/clear'), 'identity_check_required');
    expectProblem(await browser.post('/otp/send', { purpose: 'clear_email' }), 'not_linked');
    expectProblem(await browser.post('/otp/send', { purpose: 'clear_qq' }), 'not_suspended');
    expectProblem(await browser.post('/links/weibo/clear'), 'not_found');
    await browser.checkIdentity('clear_wechat', phone);
    expect((await browser.post('/links/wechat/clear')).status).toBe(204);
    expectProblem(await browser.post('/links/wechat/clear'), 'not_suspended');
    expect((await signedIn(world, member, 'wechat')).cookies.size).toBeGreaterThan(0);
  });

  test('can be unlinked, and linked anew it is on probation', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await keepOnly(member);
    const { browser, phone, who } = member;
    await browser.checkIdentity('unlink_wechat', phone);
    expect((await browser.delete('/links/wechat')).status).toBe(204);
    expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
    await browser.checkIdentity('link_wechat', phone);
    expect((await browser.scan(who)).result).toBe('linked');
    expect(await methodOf(browser, 'wechat')).toMatchObject({ state: 'probation' });
  });

  test('is told to the phone whatever NOTIFY says', async () => {
    const member = await newMember(quiet, { links: ['wechat'] });
    quiet.pass({ seconds: 61 });
    await member.browser.checkIdentity('only', member.phone);
    const told = await noticesDuring(quiet, () => member.browser.post('/account/only'));
    expect(told.map(({ to }) => to)).toEqual([member.phone]);
    expect(newestLink(member.phone, quiet)).not.toBe('');
    const again = await noticesDuring(quiet, () => quiet.browser().signInBy('wechat', member.who));
    expect(again.map(({ to }) => to)).toEqual([member.phone]);
  });
});

describe('keeping one method alone', () => {
  test('suspends every other, a registered one too, and ends every other session', async () => {
    const person = await newPerson(world, { links: ['email', 'wechat'] });
    const browser = world.browser();
    await browser.signInByEmail(person.address);
    const others = [await signedIn(world, person), await signedIn(world, person, 'wechat'), world.browser()];
    await others[2]?.signInByEmail(person.address);
    const member = { ...person, browser };
    const reply = await keepOnly(member);
    expect(reply.status).toBe(200);
    const states = (methods: { provider: string; state: string }[]) =>
      methods.map(({ provider, state }) => [provider, state]);
    expect(states(reply.json.methods)).toEqual([
      ['email', 'active'],
      ['wechat', 'suspended'],
      ['qq', 'suspended'],
    ]);
    expect(states((await browser.get('/account')).json.methods)).toEqual(states(reply.json.methods));
    for (const other of others) expectProblem(await other.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('qq', person.who)).result).toBe('method_suspended');
    // Used up: a second time takes another check.
    expectProblem(await browser.post('/account/only'), 'identity_check_required');
  });

  test('tells the phone of each, with a link to clear it', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    world.pass({ seconds: 61 });
    await member.browser.checkIdentity('only', member.phone);
    const told = await noticesDuring(world, () => member.browser.post('/account/only'));
    const links = told.filter(({ text }) => text.includes('/not-me#'));
    expect(links.map(({ to }) => to)).toEqual([member.phone, member.phone]);
    const shown = await Promise.all(links.map(async (one) => (await undo(tokenIn(one), '/show')).json));
    expect(shown.map(({ provider, restore }) => [provider, restore]).toSorted()).toEqual([
      ['email', 'clear'],
      ['wechat', 'clear'],
    ]);
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events.slice(0, 2).map(({ type }: { type: string }) => type)).toEqual(['suspended', 'suspended']);
  });

  test('makes every browser new, for the purpose of being told', async () => {
    const member = await newMember(world);
    const known = await signedIn(world, member);
    expect(await noticesDuring(world, () => known.signInBy('qq', member.who))).toEqual([]);
    const owner = await signedIn(world, member);
    world.pass({ seconds: 1 });
    await keepOnly({ ...member, browser: owner });
    world.pass({ seconds: 1 });
    const told = await noticesDuring(world, () => known.signInBy('qq', member.who));
    expect(told.map(({ to }) => to)).toEqual([member.phone]);
    world.pass({ seconds: 1 });
    expect(await noticesDuring(world, () => known.signInBy('qq', member.who))).toEqual([]);
  });

  test('is possible while nothing can be linked', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await noticesDuring(world, () => signedIn(world, member, 'wechat'));
    await undo(newestLink(member.phone));
    const owner = await signedIn(world, member);
    expect((await keepOnly({ ...member, browser: owner })).status).toBe(200);
  });

  test('is not for accounts without a phone', async () => {
    const { browser } = await newMember(world, { phone: null });
    expectProblem(await browser.post('/otp/send', { purpose: 'only' }), 'phone_missing');
    expectProblem(await browser.post('/account/only'), 'phone_missing');
  });
});

describe('signing out everywhere', () => {
  test('tells the phone, with a link that keeps one method alone, and makes every browser new', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const thief = await signedIn(world, member, 'wechat');
    world.pass({ seconds: 1 });
    const [told, ...more] = await noticesDuring(world, () => thief.delete('/sessions'));
    expect(more).toEqual([]);
    expect(told?.to).toBe(member.phone);
    const token = tokenIn(told ?? { text: '' });
    expect((await undo(token, '/show')).json).toMatchObject({ type: 'signed_out', provider: 'wechat' });
    expect(await noticesDuring(world, () => member.browser.signInBy('qq', member.who))).toHaveLength(1);
    await undo(token, '/code');
    const code = world.outbox.codeFor(member.phone);
    expect((await undo(token, '/restore', { code, only: 'qq' })).status).toBe(200);
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('method_suspended');
  });

  test('happens ten times a day with one method, so that none is missed', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    for (let times = 0; times < 10; times += 1) {
      const thief = await signedIn(world, member, 'wechat');
      expect((await thief.delete('/sessions')).status).toBe(204);
    }
    const thief = await signedIn(world, member, 'wechat');
    expect((await thief.delete('/sessions')).json).toMatchObject({ code: 'quota_exceeded' });
    const owner = await signedIn(world, member);
    expect((await owner.delete('/sessions')).status).toBe(204);
    expectProblem(await thief.get('/account'), 'not_signed_in');
  });
});

test.each([
  ['without a phone', null],
  ['whose phone gets no SMS', '+447000000001'],
])('nothing is suspended of an account %s, by which alone it could be cleared', async (_name, phone) => {
  const member = await newMember(world, { phone, links: ['email', 'wechat'] });
  const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
  expect(told.map(({ to }) => to)).toEqual([member.address]);
  expect((await undo(tokenIn(told[0] ?? { text: '' }))).status).toBe(200);
  expect((await world.browser().signInBy('wechat', member.who)).result).toBe('signed_in');
});
