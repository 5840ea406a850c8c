import { describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../lib/contract/routes.ts';
import type { Browser, Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { asOperator, OPERATOR, REASON, withAuthorizer } from '../support/operator.ts';
import {
  newAddress,
  newMember,
  newPerson,
  type Person,
  recordOf,
  signedIn,
  times,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' });
const ask = (method: string, path: string, query: Record<string, string | undefined> = {}) =>
  asOperator(world, method, path, query);
const because = (more: Record<string, string> = {}) => ({ reason: REASON, ...more });

const isSignedIn = async (browser: Browser) => (await browser.get('/account')).status === 200;
const accountOf = async ({ accountId }: Person) => (await ask('GET', `/accounts/${accountId}`)).json;
const historyOf = async ({ accountId }: Person) => (await ask('GET', `/accounts/${accountId}/history`)).json;

/** The entries of the support desk, as operators see them. */
async function deedsOf(person: Person) {
  const { events } = await historyOf(person);
  return events.filter(({ type }: { type: string }) => type === 'operator');
}

/** Every request of the support desk that would do something for this person. */
const everyRequest = ({ accountId, address, phone }: Person): [string, string, Record<string, string>][] => [
  ['GET', `/accounts/${accountId}`, {}],
  ['GET', `/accounts/${accountId}/history`, {}],
  ['GET', '/identities/email', { subject: address }],
  ['GET', '/phones', { number: phone }],
  ['DELETE', `/accounts/${accountId}/sessions`, because()],
  ['DELETE', `/accounts/${accountId}/links/email`, because()],
  ['DELETE', '/identities/email', because({ subject: address })],
  ['POST', `/accounts/${accountId}/unfreeze`, because()],
];

describe('without an IAM identity', () => {
  test('the cases are all routes of the support desk', () => {
    const ofContract = ROUTES.filter(({ caller }) => caller === 'operator');
    expect(everyRequest({} as Person)).toHaveLength(ofContract.length);
  });

  test.each([
    ['none', undefined],
    ['that of another authorizer', { jwt: { claims: { sub: 'alice' } }, lambda: { userArn: OPERATOR } }],
    ['one without a name', { iam: { accountId: '123456789012', userArn: '' } }],
    ['one that is no text', { iam: { userArn: ['alice'] } }],
    ['an empty one', { iam: null }],
  ])('%s: 403 whatever else is sent, and nothing is read or written', async (_what, authorizer) => {
    const member = await newMember(world, { links: ['email'] });
    const before = await world.items();
    const options = { ...withAuthorizer(authorizer), cookies: member.browser.cookieLines };
    for (const [method, path, query] of [
      ...everyRequest(member),
      ['GET', '/accounts/nobody', {}],
      ['GET', '/identities/weibo', {}],
      ['DELETE', `/accounts/${member.accountId}/sessions`, {}],
    ] as [string, string, Record<string, string>][])
      expectProblem(await asOperator(world, method, path, query, options), 'operator_only');
    expect(await world.items()).toEqual(before);
  });
});

describe('an account', () => {
  test('is shown masked, as its owner sees it, with its state', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const own = (await member.browser.get('/account')).json;
    expect(await accountOf(member)).toEqual({
      accountId: member.accountId,
      name: member.who,
      phone: own.phone,
      status: 'active',
      frozenUntil: null,
      methods: own.methods,
    });
    expect(JSON.stringify(await accountOf(member))).not.toContain(member.address);
    await world.accountChanged(recordOf(member, { revision: 1, status: 'suspended', phone: null }));
    expect(await accountOf(member)).toMatchObject({ status: 'suspended', phone: null });
  });

  test('that there is not, or not any more, is unknown to every route', async () => {
    const closed = await newPerson(world, { links: ['email'] });
    await world.accountChanged(recordOf(closed, { revision: 1, status: 'closed' }));
    for (const accountId of [closed.accountId, 'nobody', 'x'.repeat(65), 'a.b'])
      for (const [method, path, query] of everyRequest({ ...closed, accountId }))
        if (path.includes('/accounts/')) expectProblem(await ask(method, path, query), 'account_unknown');
    expectProblem(await ask('GET', '/identities/email', { subject: closed.address }), 'identity_unknown');
    expect((await ask('GET', '/phones', { number: closed.phone })).json).toEqual({ accounts: [] });
  });
});

describe('an identity', () => {
  test('is found by its subject in whatever form an address is written, with since when it is whose', async () => {
    const member = await newMember(world);
    const address = newAddress();
    await member.browser.linkEmail(address, member.phone);
    const { since } = (await member.browser.get('/account')).json.methods[0];
    const subject = ` ${address.toUpperCase()} `;
    const found = { accountId: member.accountId, relation: 'linked', since };
    expect((await ask('GET', '/identities/email', { subject })).json).toEqual(found);
    for (const subject of member.subjects.qq)
      expect((await ask('GET', '/identities/qq', { subject })).json).toEqual({
        accountId: member.accountId,
        relation: 'registered',
        since: null,
      });
    expect((await ask('GET', '/identities/email', { subject: 'sub@example.com' })).json).toMatchObject({
      accountId: '200000001',
      relation: 'sub_account',
    });
    expectProblem(await ask('GET', '/identities/wechat', { subject: 'union-nobody' }), 'identity_unknown');
  });

  test('that is only reserved for an account is nobody’s', async () => {
    const cooling = await createWorld({ COOLING_OFF_SECONDS: '1000' });
    const member = await newMember(cooling, { links: ['email'] });
    await member.browser.checkIdentity('unlink_email', member.phone);
    await member.browser.delete('/links/email');
    const reply = await asOperator(cooling, 'GET', '/identities/email', { subject: member.address });
    expectProblem(reply, 'identity_unknown');
  });
});

describe('a phone', () => {
  test.each([
    ['+8610000', '+8610000'],
    ['+86 10000', '+8610000'],
    ['0086-10000', '+8610000'],
  ])('written %s… is found', async (written, stored) => {
    const person = await newPerson(world);
    const number = person.phone.replace(stored, written);
    expect((await ask('GET', '/phones', { number })).json).toEqual({ accounts: [person.accountId] });
  });

  test('of mainland China is found without +86, and one whose + a URL has lost', async () => {
    const accounts = ['100000001'];
    expect((await ask('GET', '/phones', { number: '138 0013 8001' })).json).toEqual({ accounts });
    const query = 'number=+8613800138001';
    expect((await asOperator(world, 'GET', '/phones', {}, { query })).json).toEqual({ accounts });
    expect((await ask('GET', '/phones', { number: '+8613800139990' })).json).toEqual({ accounts: [] });
  });

  test('of many accounts is read page by page', async () => {
    const phone = '+8613912340000';
    const people = await times(25, () => newPerson(world, { phone }));
    const first = (await ask('GET', '/phones', { number: phone })).json;
    expect(first.accounts).toHaveLength(20);
    const rest = (await ask('GET', '/phones', { number: phone, cursor: first.next })).json;
    expect(rest.next).toBeUndefined();
    expect([...first.accounts, ...rest.accounts]).toEqual(
      people.map(({ accountId }) => accountId).toSorted(),
    );
  });
});

describe('bad input', () => {
  const member = newMember(world, { links: ['email', 'wechat'] });
  const TOO_LONG = 'x'.repeat(300);

  async function expectInvalid(reply: Reply, path: string): Promise<void> {
    expectProblem(reply, 'invalid_request', { errors: [{ path, message: expect.stringMatching(/\S/) }] });
    expect(JSON.stringify(reply.json)).not.toContain(TOO_LONG);
  }

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['of 300 characters', TOO_LONG],
    ['of 201 characters', '客'.repeat(201)],
    ['of spaces', '   '],
    ['that can’t be seen', '\u200b\u0007'],
  ])(
    'a reason that is %s is refused wherever something is changed, and changes nothing',
    async (what, reason) => {
      const before = await world.items();
      for (const [method, path, query] of everyRequest(await member)) {
        if (method === 'GET' && what === 'missing') continue;
        await expectInvalid(await ask(method, path, { ...query, reason }), 'reason');
      }
      if (what !== 'missing') expect(await world.items()).toEqual(before);
    },
  );

  test('200 characters are a reason, of whatever script', async () => {
    const person = await newPerson(world);
    const reason = '🙂'.repeat(200);
    expect((await ask('POST', `/accounts/${person.accountId}/unfreeze`, { reason })).status).toBe(204);
    expect((await deedsOf(person))[0].operator).toEqual({ by: OPERATOR, reason });
  });

  test('a parameter that is there twice, a subject, number, cursor or provider that is none', async () => {
    const { accountId } = await member;
    const twice = { query: `reason=a&reason=b` };
    await expectInvalid(
      await asOperator(world, 'POST', `/accounts/${accountId}/unfreeze`, {}, twice),
      'reason',
    );
    await expectInvalid(await ask('GET', '/identities/email', { subject: 'no address' }), 'subject');
    await expectInvalid(await ask('GET', '/identities/wechat', { subject: 'a#b' }), 'subject');
    await expectInvalid(await ask('GET', '/identities/wechat', {}), 'subject');
    for (const number of ['', 'phone', '123', '+', '+0123456789', '1'.repeat(20), '١٢٣٤٥٦٧٨'])
      await expectInvalid(await ask('GET', '/phones', { number }), 'number');
    const cursors = { number: '+8613800138001', cursor: 'a.b' };
    await expectInvalid(await ask('GET', '/phones', cursors), 'cursor');
    await expectInvalid(await ask('GET', `/accounts/${accountId}/history`, { cursor: 'x' }), 'cursor');
    const unfreezing = because({ provider: 'weibo' });
    await expectInvalid(await ask('POST', `/accounts/${accountId}/unfreeze`, unfreezing), 'provider');
    expectProblem(await ask('GET', '/identities/weibo', { subject: 'x' }), 'not_found');
    expectProblem(await ask('DELETE', `/accounts/${accountId}/links/weibo`, because()), 'not_found');
    expectProblem(await ask('DELETE', `/accounts/${accountId}/links/assertion`, because()), 'not_found');
  });

  test('a body is refused, and a page of another origin', async () => {
    const { accountId } = await member;
    const path = `/accounts/${accountId}/unfreeze`;
    const reply = await asOperator(world, 'POST', path, because(), { body: { provider: 'email' } });
    await expectInvalid(reply, '');
    const foreign = { headers: { origin: 'https://evil.example' } };
    expectProblem(await asOperator(world, 'POST', path, because(), foreign), 'origin_not_allowed');
  });
});

describe('the history', () => {
  test('has every look and every change; who and why are for operators only', async () => {
    const member = await newMember(world, { links: ['email'] });
    const { accountId, phone, address, browser } = member;
    await ask('GET', `/accounts/${accountId}`, { reason: ' who\tis this ' });
    await ask('GET', '/phones', { number: phone });
    await ask('GET', '/identities/email', { subject: address });
    await ask('GET', `/accounts/${accountId}/history`);
    await ask('DELETE', `/accounts/${accountId}/links/email`, because());
    const { events } = await historyOf(member);
    const deeds = events.filter(({ type }: { type: string }) => type === 'operator');
    const byAlice = (reason: string | null) => ({ by: OPERATOR, reason });
    expect(deeds.map(({ action, operator }: Record<string, unknown>) => [action, operator])).toEqual(
      expect.arrayContaining([
        ['looked_up', byAlice('who is this')],
        ['looked_up', byAlice(null)],
        ['read_history', byAlice(null)],
        ['unlinked', byAlice(REASON)],
      ]),
    );
    expect(deeds).toHaveLength(5);
    const own = (await browser.get('/account/history')).json.events;
    const ownDeeds = own.filter(({ type }: { type: string }) => type === 'operator');
    expect(ownDeeds).toHaveLength(6);
    for (const deed of ownDeeds)
      expect(deed).toEqual({
        type: 'operator',
        action: expect.any(String),
        provider: expect.any(String),
        display: expect.any(String),
        at: expect.any(String),
        ip: '*',
        device: '',
        reason: null,
      });
    await browser.checkIdentity('export', phone);
    const exported = JSON.stringify((await browser.get('/account/export')).json);
    for (const text of [JSON.stringify(own), exported]) {
      expect(text).not.toContain(OPERATOR);
      expect(text).not.toContain(REASON);
    }
  });

  test('is shown 20 a page to operators, too', async () => {
    const person = await newPerson(world);
    for (let looks = 0; looks < 25; looks += 1) {
      await ask('GET', `/accounts/${person.accountId}`);
      world.pass({ seconds: 1 });
    }
    const first = await historyOf(person);
    expect(first.events).toHaveLength(20);
    const path = `/accounts/${person.accountId}/history`;
    const second = (await ask('GET', path, { cursor: first.next })).json;
    expect([second.events.length, second.next]).toEqual([5, null]);
  });

  test('says nothing in any log of who, why, or whom', async () => {
    const lines = JSON.stringify(world.observer.lines);
    expect(lines).not.toContain('SupportDesk');
    expect(lines).not.toContain('4711');
  });
});

/** What the owner was sent while support did something. */
async function toldOf(path: string, method: string, query: Record<string, string>) {
  const told = await noticesDuring(world, async () =>
    expect((await ask(method, path, query)).status).toBe(204),
  );
  world.pass({ seconds: 61 });
  return told;
}

/** What opening a link shows. */
const shownBy = async (token: string) => (await world.browser().post('/undo/show', { token })).json;

describe('ending sessions', () => {
  test('signs out every browser, and tells the owner, who can undo what follows by every channel', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const other = await signedIn(world, member, 'wechat');
    const path = `/accounts/${member.accountId}/sessions`;
    world.pass({ seconds: 5 });
    const told = await toldOf(path, 'DELETE', because());
    expect([await isSignedIn(member.browser), await isSignedIn(other)]).toEqual([false, false]);
    expect(told.map(({ channel }) => channel).toSorted()).toEqual(['email', 'sms']);
    for (const message of told) {
      expect(message.text).toMatch(/客服/);
      expect(message.text).not.toMatch(/SupportDesk|4711/);
      expect(await shownBy(tokenIn(message))).toMatchObject({
        type: 'signed_out',
        byOperator: true,
        restore: null,
      });
    }
    expect(await deedsOf(member)).toMatchObject([{ action: 'ended_sessions', operator: { reason: REASON } }]);
    // Nobody's method is to blame: none is suspended by "this wasn't me", and the account is frozen.
    await world.browser().post('/undo', { token: tokenIn(told[0] ?? { text: '' }) });
    const account = await accountOf(member);
    expect(account.frozenUntil).not.toBeNull();
    for (const { state } of account.methods) expect(state).not.toBe('suspended');
    expect(await isSignedIn(await signedIn(world, member))).toBe(true);
  });

  test('of an account that the company has suspended works, as often as it is asked for', async () => {
    const person = await newPerson(world);
    await world.accountChanged(recordOf(person, { revision: 1, status: 'suspended' }));
    const path = `/accounts/${person.accountId}/sessions`;
    const replies = await times(3, () => ask('DELETE', path, because()));
    expect(replies.map(({ status }) => status)).toEqual([204, 204, 204]);
  });
});

describe('unlinking', () => {
  test('ends the sessions of the method, and its owner can put it back with a code to the phone', async () => {
    const person = await newPerson(world, { links: ['email', 'wechat'] });
    const [byWeChat, byQQ] = [await signedIn(world, person, 'wechat'), await signedIn(world, person)];
    world.pass({ seconds: 1 });
    const told = await toldOf(`/accounts/${person.accountId}/links/wechat`, 'DELETE', because());
    expect([await isSignedIn(byWeChat), await isSignedIn(byQQ)]).toEqual([false, true]);
    expect((await world.browser().signInBy('wechat', person.who)).result).toBe('identity_unknown');
    expect((await byQQ.get('/account')).json.notices).toContainEqual(
      expect.objectContaining({
        type: 'unlinked',
        provider: 'wechat',
        byOperator: true,
        ip: '*',
        device: '',
      }),
    );
    const types = (await byQQ.get('/account/history')).json.events.map(({ type }: { type: string }) => type);
    expect(types.slice(0, 2).toSorted()).toEqual(['operator', 'unlinked']);
    const sms = told.find(({ channel }) => channel === 'sms');
    const token = tokenIn(sms ?? { text: '' });
    expect(await shownBy(token)).toMatchObject({ type: 'unlinked', restore: 'link', byOperator: true });
    await world.browser().post('/undo/code', { token });
    const code = world.outbox.codeFor(person.phone);
    expect((await world.browser().post('/undo/restore', { token, code })).status).toBe(200);
    expect((await world.browser().signInBy('wechat', person.who)).result).toBe('signed_in');
  });

  test('refuses what is registered, what is not linked, and what is a sub-account’s', async () => {
    const person = await newPerson(world);
    const unlink = (id: string, provider: string) =>
      ask('DELETE', `/accounts/${id}/links/${provider}`, because());
    expectProblem(await unlink(person.accountId, 'qq'), 'registered_method');
    expectProblem(await unlink(person.accountId, 'wechat'), 'not_linked');
    expectProblem(await unlink('200000001', 'wechat'), 'sub_account');
  });

  test('at the same moment as its owner does comes to one unlinking', async () => {
    const member = await newMember(world, { links: ['email'] });
    await member.browser.checkIdentity('unlink_email', member.phone);
    const path = `/accounts/${member.accountId}/links/email`;
    const [byOwner, byOperator] = await Promise.all([
      member.browser.delete('/links/email'),
      ask('DELETE', path, because()),
    ]);
    expect([byOwner.status, byOperator.status].toSorted()).toEqual([204, 404]);
    expect((await accountOf(member)).methods[0]).toMatchObject({ relation: 'none' });
  });
});

describe('unfreezing', () => {
  /** The owner has said of the sign-in by WeChat that it wasn't them. */
  async function frozen() {
    const member = await newMember(world, { links: ['wechat'] });
    world.pass({ seconds: 1 });
    await signedIn(world, member, 'wechat');
    const { notices } = (await member.browser.get('/account')).json;
    expect((await member.browser.post(`/account/notices/${notices[0].id}/disown`)).status).toBe(200);
    return member;
  }

  test('lets things be linked again, and tells the owner, who can freeze it again', async () => {
    const member = await frozen();
    const account = await accountOf(member);
    expect(account.frozenUntil).not.toBeNull();
    const told = await toldOf(`/accounts/${member.accountId}/unfreeze`, 'POST', because());
    expect(await accountOf(member)).toMatchObject({ frozenUntil: null });
    const [message = { text: '' }] = told;
    expect(message.text).toMatch(/客服/);
    expect(await shownBy(tokenIn(message))).toMatchObject({
      type: 'unfrozen',
      restore: null,
      byOperator: true,
    });
    const browser = await signedIn(world, member);
    expect((await browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
    expect((await world.browser().post('/undo', { token: tokenIn(message) })).status).toBe(200);
    expect((await accountOf(member)).frozenUntil).not.toBeNull();
    // The method stayed as it was all the while.
    expect((await accountOf(member)).methods[1]).toMatchObject({ state: 'suspended' });
  });

  test('an account that is not frozen changes and tells nothing, and is in the history', async () => {
    const person = await newPerson(world);
    expect(await toldOf(`/accounts/${person.accountId}/unfreeze`, 'POST', because())).toEqual([]);
    expect(await deedsOf(person)).toMatchObject([{ action: 'unfroze' }]);
  });

  test('with a provider lifts the suspension of that method and leaves the freeze', async () => {
    const member = await frozen();
    const path = `/accounts/${member.accountId}/unfreeze`;
    const told = await toldOf(path, 'POST', because({ provider: 'wechat' }));
    const account = await accountOf(member);
    expect(account.methods[1]).toMatchObject({ state: 'active' });
    expect(account.frozenUntil).not.toBeNull();
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('signed_in');
    const sms = told.find(({ channel }) => channel === 'sms');
    expect(await shownBy(tokenIn(sms ?? { text: '' }))).toMatchObject({ type: 'cleared', byOperator: true });
    expectProblem(await ask('POST', path, because({ provider: 'wechat' })), 'not_suspended');
    expectProblem(await ask('POST', path, because({ provider: 'email' })), 'not_linked');
    expectProblem(await ask('POST', path, because({ provider: 'assertion' })), 'not_linked');
    expect(await deedsOf(member)).toContainEqual(
      expect.objectContaining({ action: 'cleared', provider: 'wechat' }),
    );
  });
});

describe('a split person', () => {
  /** One whose openid one account has, and whose unionid another. */
  async function split({ registered = false } = {}) {
    const byUnionid = await newPerson(world, { links: ['wechat'] });
    const [openid = '', unionid = ''] = byUnionid.subjects.wechat;
    const linked = { provider: 'wechat', subject: openid };
    const byOpenid = await newPerson(world, registered ? {} : { links: [linked] });
    if (registered)
      await world.accountChanged(
        recordOf(byOpenid, { revision: 1, registered: { ...linked, display: 'W' } }),
      );
    const comes = async () => (await world.browser().signInBy('wechat', byUnionid.who)).result;
    expect(await comes()).toBe('identity_unknown');
    return { byUnionid, byOpenid, openid, unionid, comes };
  }

  test('is shown with each of its accounts and identities, once they came', async () => {
    const { byUnionid, byOpenid, openid, unionid } = await split();
    const shown = {
      provider: 'wechat',
      seenAt: expect.any(String),
      claims: expect.arrayContaining([
        { subject: openid, accountId: byOpenid.accountId, relation: 'linked' },
        { subject: unionid, accountId: byUnionid.accountId, relation: 'linked' },
      ]),
    };
    for (const person of [byUnionid, byOpenid])
      expect(await accountOf(person)).toMatchObject({ splits: [shown] });
    for (const subject of [openid, unionid])
      expect((await ask('GET', '/identities/wechat', { subject })).json.split).toEqual(shown);
    // Neither account keeps what is the other's.
    const items = JSON.stringify(
      [...(await world.items())].filter(([key]) => key.includes(byOpenid.accountId)),
    );
    expect(items).not.toContain(`"${unionid}"`);
  });

  test('is whole again once one claim is released, and can sign in to the account that is left', async () => {
    const { byUnionid, byOpenid, openid, comes } = await split();
    const told = await noticesDuring(world, () =>
      ask('DELETE', '/identities/wechat', because({ subject: openid })),
    );
    expect(told.map(({ to }) => to)).toEqual([byOpenid.phone]);
    for (const person of [byUnionid, byOpenid]) expect(await accountOf(person)).not.toHaveProperty('splits');
    expect((await accountOf(byOpenid)).methods[1]).toMatchObject({ relation: 'none' });
    expect(await comes()).toBe('signed_in');
    const owner = (await ask('GET', '/identities/wechat', { subject: openid })).json;
    expect(owner).toMatchObject({ accountId: byUnionid.accountId });
    expect(await deedsOf(byOpenid)).toContainEqual(expect.objectContaining({ action: 'released' }));
  });

  test('keeps a method that has another subject; the sessions it opened end', async () => {
    const member = await newPerson(world, { links: ['wechat'] });
    const browser = await signedIn(world, member, 'wechat');
    const [openid = '', unionid = ''] = member.subjects.wechat;
    world.bus.published.length = 0;
    const told = await noticesDuring(world, () =>
      ask('DELETE', '/identities/wechat', because({ subject: openid })),
    );
    expect(await isSignedIn(browser)).toBe(false);
    expect((await accountOf(member)).methods[1]).toMatchObject({ relation: 'linked' });
    expectProblem(await ask('GET', '/identities/wechat', { subject: openid }), 'identity_unknown');
    expect((await ask('GET', '/identities/wechat', { subject: unionid })).status).toBe(200);
    expect(told).toHaveLength(1);
    // For the company nothing was unlinked.
    expect(world.bus.published).toEqual([]);
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('signed_in');
  });

  test('can’t be released from what an account is registered by, from a sub-account, or from nobody', async () => {
    const { openid, unionid, comes } = await split({ registered: true });
    const release = (provider: string, subject: string) =>
      ask('DELETE', `/identities/${provider}`, because({ subject }));
    expectProblem(await release('wechat', openid), 'registered_method');
    expectProblem(await release('wechat', 'union-xiaozi'), 'sub_account');
    expectProblem(await release('wechat', 'union-nobody'), 'identity_unknown');
    expect((await release('wechat', unionid)).status).toBe(204);
    expect(await comes()).toBe('signed_in');
  });

  test('is no longer shown where one of the accounts is gone, and nothing of it is kept', async () => {
    const { byUnionid, byOpenid, openid } = await split();
    await world.accountChanged(recordOf(byOpenid, { revision: 1, status: 'closed' }));
    expect(await accountOf(byUnionid)).not.toHaveProperty('splits');
    expect(JSON.stringify([...(await world.items())])).not.toContain(openid);
  });
});

describe('a look at an account while it closes', () => {
  test('leaves nothing behind', async () => {
    const person = await newPerson(world);
    const closing = world.accountChanged(recordOf(person, { revision: 1, status: 'closed' }));
    const looks = times(8, () => ask('GET', `/accounts/${person.accountId}`));
    await Promise.all([closing, looks]);
    const left = [...(await world.items()).keys()].filter((key) => key.includes(person.accountId));
    expect(left).toEqual([`ACCOUNT#${person.accountId}/PROFILE`]);
  });
});
