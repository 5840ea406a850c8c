import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { itemsOf, methodsIn } from '../support/inspect.ts';
import { bounce, complaint, delivered } from '../support/mail-events.ts';
import { type Member, methodOf, newAddress, newMember, newPerson, recordOf } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

const world = await createWorld();
const DAY = 86_400;

/** A second later SES says what came of a mail, by default of one that was sent just then. */
async function takes(
  { address }: { address: string },
  make: typeof bounce = bounce,
  { in: of = world, age = 0, ...more }: { in?: World; age?: number; subType?: string } = {},
) {
  of.pass({ seconds: 1 });
  return of.busEvent('takeMailEvent', make(address, { sentAt: of.nowSeconds + age, ...more }));
}

/** What is kept of the address of an account. */
async function emailOf({ accountId }: { accountId: string }) {
  return methodsIn(await itemsOf(world, `ACCOUNT#${accountId}`)).get('email');
}

/** Everything that goes out of what was written by now, to whom. */
async function sentTo(of = world): Promise<string[]> {
  of.outbox.sent.length = 0;
  await of.deliverStream();
  await of.notifyOwners();
  return of.outbox.sent.map(({ to }) => to);
}

const asksToSignIn = (address: string, browser = world.browser()) =>
  browser.post('/sign-in/email/send', { email: address });

describe('an address whose mail comes back', () => {
  test('gets no more, which its owner is told by SMS and on the page', async () => {
    const member = await newMember(world, { links: ['email'] });
    await sentTo();
    expect(await takes(member)).toBe('taken');
    expect(await sentTo()).toEqual([member.phone]);
    const [{ text } = { text: '' }] = world.outbox.sent;
    expect(text).toContain('停止发送');
    expect(text).not.toContain('http');
    expect(text).not.toContain(member.address);
    const at = new Date(world.nowSeconds * 1000).toISOString();
    expect(await methodOf(member.browser, 'email')).toMatchObject({ mailStopped: { reason: 'bounced', at } });
    const { json } = await member.browser.get('/account');
    expect(json.notices.filter(({ type }: { type: string }) => type === 'mail_stopped')).toEqual([]);
    const { json: history } = await member.browser.get('/account/history');
    expect(history.events[0]).toMatchObject({ type: 'mail_stopped', provider: 'email', ip: '*' });

    // Neither notices nor codes go there, and nobody sees a difference.
    expect((await asksToSignIn(member.address)).status).toBe(202);
    await member.browser.linkWeChat(member.who, member.phone);
    expect(await sentTo()).toEqual([member.phone]);
  });

  test.each([
    ['complained', complaint, undefined],
    ['suppressed', bounce, 'OnAccountSuppressionList'],
    ['suppressed', bounce, 'Suppressed'],
    ['suppressed', complaint, 'OnAccountSuppressionList'],
  ] as const)('is one that %s, too', async (reason, make, subType) => {
    const person = await newPerson(world, { links: ['email'] });
    await takes(person, make, { ...(subType && { subType }) });
    const item = await emailOf(person);
    expect(item).toMatchObject({ mailStopped: { reason } });
  });

  test('that is told twice, late or by several mails is told of once', async () => {
    const member = await newMember(world, { links: ['email'] });
    await sentTo();
    await takes(member);
    await takes(member, complaint);
    await takes(member);
    expect(await sentTo()).toEqual([member.phone]);
    expect((await methodOf(member.browser, 'email')).mailStopped.reason).toBe('bounced');
  });

  test('for a while only, or that nobody has here, or whose mail arrives, stays as it is', async () => {
    const member = await newMember(world, { links: ['email'] });
    const soft = (address: string, options: Parameters<typeof bounce>[1]) =>
      bounce(address, { ...options, type: 'Transient' });
    await takes(member, soft);
    await takes(member, delivered);
    await takes({ address: newAddress() });
    expect(await methodOf(member.browser, 'email')).not.toHaveProperty('mailStopped');
  });

  test('of an account without a phone is marked all the same', async () => {
    const member = await newMember(world, { links: ['email'], phone: null });
    await sentTo();
    await takes(member);
    expect(await sentTo()).toEqual([]);
    expect(await methodOf(member.browser, 'email')).toHaveProperty('mailStopped');
  });

  test('is told though notices are off', async () => {
    const quiet = await createWorld({ NOTIFY: 'off' });
    const member = await newMember(quiet, { links: ['email'] });
    await sentTo(quiet);
    await takes(member, bounce, { in: quiet });
    expect(await sentTo(quiet)).toEqual([member.phone]);
  });

  test('is exported with what is known of it', async () => {
    const member = await newMember(world, { links: ['email'] });
    await takes(member);
    await member.browser.checkIdentity('export', member.phone);
    const { json } = await member.browser.get('/account/export');
    expect(json.methods).toContainEqual(
      expect.objectContaining({
        provider: 'email',
        mailStopped: { reason: 'bounced', at: expect.any(String) },
      }),
    );
  });
});

test.each([{}, { eventType: 'Bounce' }, { eventType: 'Open', mail: {} }, 'text'])(
  'an event of no form that is known is parked: %j',
  async (detail) => {
    expect(await world.busEvent('takeMailEvent', detail as object)).toBe('parked');
    expect(world.observer.counted).toContain('MailEventRejected');
  },
);

/** Proves the address that the account has: a check by SMS, a code by mail, and the code typed. */
async function prove({ browser, phone, address }: Member) {
  await browser.checkIdentity('replace_email', phone);
  const sent = await browser.post('/links/email/send', { email: address });
  if (sent.status !== 202) return sent;
  return browser.post('/links/email', { email: address, code: world.outbox.codeFor(address) });
}

describe('an address is proved anew', () => {
  test('by a code that its signed-in owner asks for, and what comes back of older mail says nothing from then on', async () => {
    const member = await newMember(world, { links: ['email'] });
    await takes(member);
    const before = await methodOf(member.browser, 'email');
    const linked = await prove(member);
    expect(linked.status).toBe(201);
    const { mailStopped: _over, ...row } = before;
    expect(linked.json.method).toEqual(row);
    await sentTo();
    await takes(member, bounce, { age: -60 });
    // The second that the code was typed in is the proof's.
    await takes(member, complaint, { age: -2 });
    expect(await methodOf(member.browser, 'email')).toEqual(row);
    await asksToSignIn(member.address);
    expect(await sentTo()).toEqual([member.address]);
    world.pass({ seconds: 1 });
    await takes(member);
    expect(await methodOf(member.browser, 'email')).toHaveProperty('mailStopped');
  });

  test('at the very moment that an older mail comes back', async () => {
    const member = await newMember(world, { links: ['email'] });
    const { browser, phone, address } = member;
    await takes(member);
    await browser.checkIdentity('replace_email', phone);
    await browser.post('/links/email/send', { email: address });
    const code = world.outbox.codeFor(address);
    const late = bounce(address, { sentAt: world.nowSeconds - 60 });
    const [proved] = await Promise.all([
      browser.post('/links/email', { email: address, code }),
      ...[1, 2, 3].map(() => world.busEvent('takeMailEvent', late)),
    ]);
    expect(proved.status).toBe(201);
    expect(await methodOf(browser, 'email')).not.toHaveProperty('mailStopped');
  });

  test('though it is what the account is registered by, which stays so: no other takes its place', async () => {
    const person = await newPerson(world, { links: ['wechat'] });
    await world.accountChanged(
      recordOf(person, {
        revision: 1,
        registered: { provider: 'email', subject: person.address, display: person.address },
      }),
    );
    const browser = world.browser();
    expect((await browser.signInBy('wechat', person.who)).result).toBe('signed_in');
    const member = { ...person, browser };
    expectProblem(await browser.post('/otp/send', { purpose: 'replace_email' }), 'registered_method');
    await takes(member);
    await browser.checkIdentity('replace_email', person.phone);
    expectProblem(await browser.post('/links/email/send', { email: newAddress() }), 'registered_method');
    world.pass({ seconds: 60 });
    expect((await prove(member)).status).toBe(201);
    expect(await methodOf(browser, 'email')).toMatchObject({ relation: 'registered', actions: [] });
    expectProblem(await browser.post('/otp/send', { purpose: 'replace_email' }), 'registered_method');
  });

  test('by signing in on a browser that is known to it, which gets one code a day', async () => {
    const member = await newMember(world, { links: ['email'] });
    const known = world.browser();
    await known.signInByEmail(member.address);
    world.pass({ seconds: 60 });
    await takes(member);
    await sentTo();

    // To anybody else the answer is the same, and nothing comes.
    const stranger = await asksToSignIn(member.address);
    expect(stranger.status).toBe(202);
    expect((await sentTo()).filter((to) => to === member.address)).toEqual([]);
    const own = await asksToSignIn(member.address, known);
    expect(Object.keys(own.json).toSorted()).toEqual(Object.keys(stranger.json).toSorted());
    expect(await sentTo()).toEqual([member.address]);
    world.pass({ seconds: 60 });
    await asksToSignIn(member.address, known);
    expect(await sentTo()).toEqual([]);

    world.pass({ seconds: DAY });
    const again = await asksToSignIn(member.address, known);
    expect(await sentTo()).toEqual([member.address]);
    const code = world.outbox.codeFor(member.address);
    expect((await known.post('/sign-in/email', { challengeId: again.json.challengeId, code })).status).toBe(
      200,
    );
    expect(await methodOf(known, 'email')).not.toHaveProperty('mailStopped');
  });

  test('by any sign-in with a code: a mail that was sent before it says nothing, one after it does', async () => {
    const member = await newMember(world, { links: ['email'] });
    await world.browser().signInByEmail(member.address);
    await takes(member, bounce, { age: -60 });
    expect(await methodOf(member.browser, 'email')).not.toHaveProperty('mailStopped');
    world.pass({ seconds: 1 });
    await takes(member);
    expect(await methodOf(member.browser, 'email')).toHaveProperty('mailStopped');
  });

  test('by another in its place, or by the support desk', async () => {
    const member = await newMember(world, { links: ['email'] });
    await takes(member);
    const other = newAddress();
    await member.browser.checkIdentity('replace_email', member.phone);
    expect((await member.browser.post('/links/email/send', { email: other })).status).toBe(202);
    const code = world.outbox.codeFor(other);
    expect((await member.browser.post('/links/email', { email: other, code })).status).toBe(201);
    expect(await methodOf(member.browser, 'email')).not.toHaveProperty('mailStopped');

    const another = await newMember(world, { links: ['email'] });
    await takes(another);
    const path = `/operator/accounts/${another.accountId}/unfreeze`;
    const cleared = await world.request('POST', path, { query: 'provider=email&reason=asked' });
    expect(cleared.statusCode).toBe(204);
    await takes(another, bounce, { age: -60 });
    expect(await methodOf(another.browser, 'email')).not.toHaveProperty('mailStopped');
  });

  test.each([
    ['the same address', (address: string) => address, true],
    ['another', () => newAddress(), false],
  ])('or not, where the company registers %s', async (_which, choose, stays) => {
    const member = await newMember(world, { links: ['email'] });
    await takes(member);
    const subject = choose(member.address);
    const registered = { provider: 'email', subject, display: subject };
    expect(await world.accountChanged(recordOf(member, { revision: 1, registered }))).toBe('taken');
    const item = await emailOf(member);
    expect(item?.mailStopped !== undefined).toBe(stays);
  });

  test('and is forgotten with its account', async () => {
    const person = await newPerson(world, { links: ['email'] });
    await takes(person);
    await world.accountChanged({ accountId: person.accountId, revision: 2, status: 'closed' });
    await takes(person);
    const left = [...(await world.items()).entries()].filter(([key]) =>
      key.startsWith(`ACCOUNT#${person.accountId}/`),
    );
    expect(left.map(([key]) => key)).toEqual([`ACCOUNT#${person.accountId}/PROFILE`]);
  });
});

describe('who asks for mail to new addresses', () => {
  async function mails({ browser }: Member, of: World, email = newAddress()) {
    of.pass({ seconds: 60 });
    return browser.post('/links/email/send', { email });
  }
  const settings = { MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY: '3' };

  test('chooses a few a day; the same one again is none', async () => {
    const small = await createWorld(settings);
    const member = await newMember(small);
    await member.browser.checkIdentity('link_email', member.phone);
    const first = newAddress();
    for (const email of [first, newAddress(), first, newAddress(), first])
      expect((await mails(member, small, email)).status).toBe(202);
    const { nowSeconds } = small;
    expectProblem(await mails(member, small), 'quota_exceeded', {
      retryAfter: DAY - ((nowSeconds + 60) % DAY),
    });
    const other = await newMember(small);
    await other.browser.checkIdentity('link_email', other.phone);
    expect((await mails(other, small)).status).toBe(202);
  });

  test('has what comes back counted, once an address, and mails it no more that day', async () => {
    const small = await createWorld(settings);
    const member = await newMember(small);
    await member.browser.checkIdentity('link_email', member.phone);
    const wrong = newAddress();
    await mails(member, small, wrong);
    const tags = { account: [member.accountId], opened_by: ['qq'] };
    for (let times = 0; times < 2; times += 1)
      await small.busEvent('takeMailEvent', bounce(wrong, { sentAt: small.nowSeconds, tags }));
    expectProblem(await mails(member, small, wrong), 'quota_exceeded', { retryAfter: expect.any(Number) });
    expect((await mails(member, small)).status).toBe(202);
    expectProblem(await mails(member, small), 'quota_exceeded', { retryAfter: expect.any(Number) });
  });

  test('has nothing counted any more once the account is closed', async () => {
    const member = await newMember(world);
    const { accountId, browser, phone } = member;
    await browser.checkIdentity('link_email', phone);
    const wrong = newAddress();
    await mails(member, world, wrong);
    await world.accountChanged({ accountId, revision: 2, status: 'closed' });
    const tags = { account: [accountId], opened_by: ['qq'] };
    const event = bounce(wrong, { sentAt: world.nowSeconds, tags });
    expect(await world.busEvent('takeMailEvent', event)).toBe('taken');
    const left = [...(await world.items()).keys()].filter((key) => key.includes(`#${accountId}`));
    expect(left).toEqual([`ACCOUNT#${accountId}/PROFILE`]);
  });
});
