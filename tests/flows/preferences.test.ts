import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { type Member, newMember, recordOf, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SMS_COUNTRIES: '86,1' });
let numbers = 0;
const american = () => `+1202555${String(++numbers).padStart(4, '0')}`;

async function choose({ browser, phone }: Member, chosen: object) {
  expect((await browser.checkIdentity('preferences', phone)).status).toBe(200);
  return browser.put('/account/preferences', chosen);
}

/** Where the owner is told of a sign-in on a new device, and of an unlinking. */
async function toldBy(member: Member) {
  world.pass({ seconds: 61 });
  const signIn = await noticesDuring(world, () => signedIn(world, member));
  await member.browser.checkIdentity('unlink_wechat', member.phone);
  const unlinking = await noticesDuring(world, () => member.browser.delete('/links/wechat'));
  const channels = (told: typeof signIn) => told.map(({ channel }) => channel).toSorted();
  return { signIn: channels(signIn), unlinking: channels(unlinking) };
}

const linkedMember = (more = {}) => newMember(world, { links: ['email', 'wechat'], ...more });

describe('what an owner chooses', () => {
  test('is kept, member by member, and shown', async () => {
    const member = await linkedMember();
    expect((await choose(member, { notify: 'mail' })).json).toEqual({ language: null, notify: 'mail' });
    world.pass({ seconds: 61 });
    expect((await choose(member, { language: 'en' })).json).toEqual({ language: 'en', notify: 'mail' });
    const { json } = await member.browser.get('/account');
    expect(json.preferences).toEqual({ language: 'en', notify: 'mail' });
    expect(json.checks).toEqual([]);
    expectProblem(
      await member.browser.put('/account/preferences', { notify: 'all' }),
      'identity_check_required',
    );
  });

  test.each(['mail', 'sms'] as const)(
    'governs by what they hear of sign-ins, here by %s, and of nothing else',
    async (by) => {
      const member = await linkedMember();
      await choose(member, { notify: by });
      const channel = by === 'mail' ? 'email' : 'sms';
      expect(await toldBy(member)).toEqual({ signIn: [channel], unlinking: ['email', 'sms'] });
    },
  );

  test('leaves no sign-in untold where there is no address', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await choose(member, { notify: 'mail' });
    expect((await toldBy(member)).signIn).toEqual(['sms']);
  });

  test('is told by every channel in the language of before, and is in the history', async () => {
    const member = await linkedMember({ phone: american(), language: 'en' });
    world.pass({ seconds: 1 });
    const told = await noticesDuring(world, () => choose(member, { language: 'zh-CN', notify: 'sms' }));
    expect(told.map(({ to }) => to).toSorted()).toEqual([member.address, member.phone].toSorted());
    for (const { text } of told) {
      expect(text).toContain('changed its notification settings');
      expect(text).not.toMatch(/[\u4e00-\u9fff]{4}/);
    }
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events[0]).toMatchObject({ type: 'preferences_changed', provider: 'qq' });
    // What comes after it is in the language of now.
    const next = await noticesDuring(world, () => signedIn(world, member));
    expect(next[0]?.text).toContain('登录');
  });

  test('counts before the company’s word, until when nobody had said anything', async () => {
    const member = await linkedMember({ phone: american(), language: 'zh-CN' });
    expect((await member.browser.get('/account')).json.preferences).toEqual({
      language: 'zh-CN',
      notify: 'all',
    });
    await choose(member, { language: 'en' });
    const told = await noticesDuring(world, () => signedIn(world, member));
    expect(told[0]?.text).toContain('signed in');
  });

  test('stays through what the company says later', async () => {
    const member = await linkedMember({ phone: american() });
    const preferences = async () => (await member.browser.get('/account')).json.preferences;
    await world.accountChanged(recordOf(member, { revision: 1, language: 'zh-CN' }));
    expect(await preferences()).toEqual({ language: 'zh-CN', notify: 'all' });
    await choose(member, { notify: 'sms' });
    await world.accountChanged(recordOf(member, { revision: 2, language: 'en' }));
    expect(await preferences()).toEqual({ language: 'en', notify: 'sms' });
    world.pass({ seconds: 61 });
    await choose(member, { language: 'en' });
    await world.accountChanged(recordOf(member, { revision: 3, language: 'zh-CN' }));
    expect(await preferences()).toEqual({ language: 'en', notify: 'sms' });
  });

  test('is not allowed by a phone that the account has no more, however close they come', async () => {
    const member = await linkedMember();
    await member.browser.checkIdentity('preferences', member.phone);
    const next = recordOf(member, { revision: 1, phone: '+8613700137099' });
    const [reply] = await Promise.all([
      member.browser.put('/account/preferences', { notify: 'sms' }),
      world.accountChanged(next),
    ]);
    const { preferences } = (await member.browser.get('/account')).json;
    expect([reply.status, preferences.notify]).toEqual(reply.status === 200 ? [200, 'sms'] : [403, 'all']);
    const again = await member.browser.put('/account/preferences', { notify: 'mail' });
    expectProblem(again, 'identity_check_required');
  });

  test('that wasn’t them ends every session, and suspends what did it', async () => {
    const member = await linkedMember();
    const told = await noticesDuring(world, () => choose(member, { notify: 'mail' }));
    const token = tokenIn(told.find(({ to }) => to === member.phone) ?? { text: '' });
    const { json } = await world.browser().post('/undo', { token });
    expect(json).toMatchObject({ type: 'preferences_changed', restore: 'clear', provider: 'qq' });
    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
    const browser = await signedIn(world, member, 'wechat');
    const refused = await browser.post('/otp/send', { purpose: 'preferences' });
    expectProblem(refused, 'account_frozen', { retryAfter: expect.any(Number) });
  });

  test.each([
    [{}, ''],
    [{ language: 'fr' }, 'language'],
    [{ language: null }, 'language'],
    [{ notify: 'none' }, 'notify'],
    [{ notify: 'all', theme: 'dark' }, ''],
    [[], ''],
  ])('is not %j', async (chosen, path) => {
    const member = await linkedMember();
    const errors = [expect.objectContaining({ path })];
    expectProblem(await choose(member, chosen), 'invalid_request', { errors });
    expect((await member.browser.put('/account/preferences', { notify: 'sms' })).status).toBe(200);
  });

  test('takes a check of its own', async () => {
    const member = await linkedMember();
    await member.browser.checkIdentity('export', member.phone);
    const reply = await member.browser.put('/account/preferences', { notify: 'sms' });
    expectProblem(reply, 'identity_check_required');
    expectProblem(await world.browser().put('/account/preferences', { notify: 'sms' }), 'not_signed_in');
  });
});
