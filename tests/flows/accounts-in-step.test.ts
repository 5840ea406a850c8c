import { describe, expect, test } from '@jest/globals';
import { applyAccount } from '../../lib/flows/apply-account.ts';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import type { Browser } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { noticesDuring, sentDuring, tokenIn } from '../support/notices.ts';
import {
  methodOf,
  newAddress,
  newMember,
  newPerson,
  type Person,
  recordOf,
  signedIn,
  wrongCode,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' });

let revisions = 0;
/** An event of the company, newer than all before it. */
async function changed(person: Person, changes: object = {}): Promise<'taken' | 'parked'> {
  revisions += 1;
  return world.accountChanged(recordOf(person, { revision: revisions, ...changes }));
}

/** What applying a record as a line of an import comes to. */
async function imported(json: object) {
  const parsed = parseAccountRecord(json, world.nowSeconds);
  return 'rejected' in parsed ? parsed : applyAccount(world.dependencies, parsed.record);
}

const profile = async ({ accountId }: Person) =>
  (await world.itemsAt([{ pk: `ACCOUNT#${accountId}`, sk: 'PROFILE' }]))[0];

const claimOf = async (provider: string, subject: string) =>
  (await world.itemsAt([{ pk: `IDENTITY#${provider}#${subject}`, sk: 'CLAIM' }]))[0];

const isSignedIn = async (browser: Browser) => (await browser.get('/account')).status === 200;

const email = (subject: string) => ({ provider: 'email', subject, display: subject });
const wechat = (who: string) => ({ provider: 'wechat', subject: `union-${who}`, display: '微信' });

/** Asks for a code to an address, and signs in with it. */
async function signInByMail(address: string, guess = (code: string) => code) {
  const browser = world.browser();
  const { json } = await browser.post('/sign-in/email/send', { email: address });
  await world.deliverStream();
  const form = { challengeId: json.challengeId, code: guess(world.outbox.codeFor(address)) };
  return {
    again: () => browser.post('/sign-in/email', form),
    reply: await browser.post('/sign-in/email', form),
  };
}

describe('a revision', () => {
  test('that is newer updates, one that is older or equal changes nothing, and none counts as 0', async () => {
    const person = await newPerson(world);
    expect((await profile(person))?.['revision']).toBeUndefined();
    const named = (name: string, revision?: number) => recordOf(person, { name, revision });
    expect(await imported(named('fifth', 5))).toBe('updated');
    expect(await imported(named('fourth', 4))).toBe('unchanged');
    expect(await imported(named('none'))).toBe('unchanged');
    expect(await imported(named('fifth', 5))).toBe('unchanged');
    expect(await imported(named('sixth', 6))).toBe('updated');
    expect(await profile(person)).toMatchObject({ name: 'sixth', revision: 6 });
  });

  test('that is equal with other data is rejected in an import, and no change for an event', async () => {
    const person = await newPerson(world);
    const other = recordOf(person, { name: 'other' });
    expect(await imported(other)).toEqual({
      rejected: 'the account is there already, with other data',
      because: 'same_revision',
    });
    expect(await world.accountChanged(other)).toBe('taken');
    expect((await profile(person))?.['name']).toBe(person.who);
  });

  test.each([-1, 1.5, '7', 2 ** 60])('is not %j', async (revision) => {
    const person = await newPerson(world);
    expect(await world.accountChanged(recordOf(person, { revision }))).toBe('parked');
  });
});

describe('an event', () => {
  test('changes name, phone, language and date, takes away what it no longer says, and leaves what is the owner’s', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const { browser, address } = member;
    await browser.linkEmail(address, member.phone);
    await changed(member, {
      name: '新名字',
      phone: '+8613800139999',
      language: 'en',
      registeredAt: '2020-02-03T04:05:06Z',
    });
    const shown = (await browser.get('/account')).json;
    expect(shown).toMatchObject({ name: '新名字', phone: '138****9999' });
    expect(shown.methods.map(({ relation }: { relation: string }) => relation)).toEqual([
      'linked',
      'linked',
      'registered',
    ]);
    expect(await methodOf(browser, 'qq')).toMatchObject({ since: '2020-02-03T04:05:06.000Z' });
    expect(await profile(member)).toMatchObject({ language: 'en' });
    await changed(member, { phone: null });
    expect((await browser.get('/account')).json.phone).toBeNull();
    expect(await profile(member)).not.toHaveProperty('language');
    expect((await methodOf(browser, 'qq')).since).toBeNull();
  });

  test('adds an account that there is none of, links and all, and links of a known one are ignored', async () => {
    const person = await newPerson(world);
    const accountId = `${person.accountId}-new`;
    const links = [email(newAddress())];
    const added = { accountId, name: 'n', registered: wechat(person.who), links, revision: 1 };
    expect(await world.accountChanged(added)).toBe('taken');
    expect(await claimOf('email', links[0]?.subject ?? '')).toMatchObject({ accountId, relation: 'linked' });
    const other = email(newAddress());
    expect(await world.accountChanged({ ...added, links: [other], revision: 2 })).toBe('taken');
    expect(await claimOf('email', other.subject)).toBeUndefined();
    expect(await claimOf('email', links[0]?.subject ?? '')).toMatchObject({ accountId });
  });

  test.each<[string, object, RegExp]>([
    ['a member that there is not', { password: 'secret-value' }, /^password: is not known$/],
    ['a phone that is none', { phone: '13800138777' }, /^phone: must be a number/],
    ['a parent that is nobody', { parentId: '900000009' }, /^parentId: there is no such account/],
    ['a parent that is a sub-account', { parentId: '200000001' }, /^parentId: is a sub-account/],
    ['a status that there is not', { status: 'banned' }, /^status: must be/],
    ['a language that there is not', { language: 'fr' }, /^language: must be/],
    ['no account id', { accountId: undefined }, /^accountId: /],
  ])(
    'with %s is parked, for a reason that says the member and no value, and changes nothing',
    async (...given) => {
      const [, changes, reason] = given;
      const person = await newPerson(world);
      const before = await world.items();
      expect(await changed(person, changes)).toBe('parked');
      expect(await world.items()).toEqual(before);
      const lines = world.observer.lines.filter(({ message }) => message === 'an account event was rejected');
      const { reason: logged } = (lines.at(-1) ?? { fields: {} }).fields as { reason: string };
      expect(logged).toMatch(reason);
      expect(logged).not.toMatch(/secret-value|13800138777|900000009|banned/);
    },
  );

  test.each([[null], ['text'], [[]], [7]])('whose detail is %j is parked', async (detail) => {
    expect(await world.accountChanged(detail as object)).toBe('parked');
  });
});

describe('another registered identity', () => {
  test('takes the old one’s place: that is free, its sessions end, and others go on', async () => {
    const person = await newPerson(world, { links: ['wechat'] });
    const [byOld, byLinked] = [await signedIn(world, person), await signedIn(world, person, 'wechat')];
    const address = newAddress();
    expect(await changed(person, { registered: email(address) })).toBe('taken');
    expect([await isSignedIn(byOld), await isSignedIn(byLinked)]).toEqual([false, true]);
    expect((await world.browser().signInBy('qq', person.who)).result).toBe('identity_unknown');
    expect((await world.browser().signInByEmail(address)).status).toBe(200);
    expect(await methodOf(byLinked, 'email')).toMatchObject({ relation: 'registered', state: 'active' });
    expect(await methodOf(byLinked, 'qq')).toMatchObject({ relation: 'none' });
    const { events } = (await byLinked.get('/account/history')).json;
    expect(events).toContainEqual(expect.objectContaining({ type: 'replaced', provider: 'email' }));
    // Whoever it belongs to may register by it.
    const other = { accountId: `${person.accountId}-b`, name: 'n', registered: recordOf(person).registered };
    expect(await world.accountChanged(other)).toBe('taken');
  });

  test('that is linked to this account becomes the registered one, and its sessions go on', async () => {
    const person = await newPerson(world, { links: ['wechat'] });
    const [byOld, byLinked] = [await signedIn(world, person), await signedIn(world, person, 'wechat')];
    expect(await changed(person, { registered: wechat(person.who) })).toBe('taken');
    expect([await isSignedIn(byOld), await isSignedIn(byLinked)]).toEqual([false, true]);
    expect(await methodOf(byLinked, 'wechat')).toMatchObject({
      relation: 'registered',
      display: person.nickname,
    });
    // Every subject of it: the openid was claimed by the sign-in.
    for (const subject of person.subjects.wechat)
      expect(await claimOf('wechat', subject)).toMatchObject({ relation: 'registered' });
    const unlinking = await byLinked.post('/otp/send', { purpose: 'unlink_wechat' });
    expectProblem(unlinking, 'registered_method');
  });

  test('takes the place of what is linked at its provider, whose sessions end', async () => {
    const person = await newPerson(world, { links: ['wechat'] });
    const other = await newPerson(world);
    const byLinked = await signedIn(world, person, 'wechat');
    expect(await changed(person, { registered: wechat(other.who) })).toBe('taken');
    expect(await isSignedIn(byLinked)).toBe(false);
    expect((await world.browser().signInBy('wechat', person.who)).result).toBe('identity_unknown');
    expect((await world.browser().signInBy('wechat', other.who)).result).toBe('signed_in');
  });

  test('that another account owns changes nothing, is told on the bus, and the event is parked', async () => {
    const owner = await newPerson(world, { links: ['email'] });
    const person = await newPerson(world);
    const before = await world.items();
    const event = recordOf(person, { name: 'other', revision: 77, registered: email(owner.address) });
    for (const _time of [1, 2]) expect(await world.accountChanged(event)).toBe('parked');
    expect(await world.items()).toEqual(before);
    const told = world.bus.published.slice(-2);
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toEqual({
      type: 'identity.conflict',
      detail: {
        version: 1,
        id: expect.any(String),
        accountId: person.accountId,
        at: expect.any(String),
        provider: 'email',
        revision: 77,
        ownerId: owner.accountId,
      },
    });
    const line = await imported(event);
    expect(line).toMatchObject({ because: { provider: 'email', ownerId: owner.accountId } });
    // Once the owner has let go of it, the parked event is right.
    const browser = await signedIn(world, owner);
    await browser.checkIdentity('unlink_email', owner.phone);
    await browser.delete('/links/email');
    expect(await world.accountChanged(event)).toBe('taken');
  });
});

describe('a new phone', () => {
  const newPhone = () => {
    revisions += 1;
    return `+861390013${String(revisions).padStart(4, '0')}`;
  };

  test('voids checks that are open, begun or verified, and codes are sent to it from then on', async () => {
    const member = await newMember(world);
    const { browser } = member;
    await browser.checkIdentity('link_email', member.phone);
    await browser.post('/links/email/send', { email: member.address });
    const mailed = world.outbox.codeFor(member.address);
    await browser.post('/otp/send', { purpose: 'link_wechat' });
    const code = world.outbox.codeFor(member.phone);
    const phone = newPhone();
    await changed(member, { phone });
    expectProblem(await browser.post('/otp/verify', { purpose: 'link_wechat', code }), 'code_expired');
    const linking = { email: member.address, code: mailed };
    expectProblem(await browser.post('/links/email', linking), 'identity_check_required');
    expect((await browser.get('/account')).json.checks).toEqual([]);
    world.pass({ seconds: 60 });
    expect((await browser.checkIdentity('link_email', phone)).status).toBe(200);
  });

  test('voids links and codes to restore that the old phone has; a mailed link stays good', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
    const linkTo = (to: string) => tokenIn(told.find((one) => one.to === to) ?? { text: '' });
    const [byPhone, byMail] = [linkTo(member.phone), linkTo(member.address)];
    const undo = (token: string, path = '', more = {}) =>
      world.browser().post(`/undo${path}`, { token, ...more });
    await undo(byMail, '/code');
    const code = world.outbox.codeFor(member.phone);
    const phone = newPhone();
    await changed(member, { phone });
    for (const path of ['/show', '', '/code']) expectProblem(await undo(byPhone, path), 'undo_expired');
    expectProblem(await undo(byMail, '/restore', { code, only: 'qq' }), 'code_expired');
    world.pass({ seconds: 60 });
    expect((await undo(byMail, '/code')).status).toBe(202);
    const restored = await undo(byMail, '/restore', { code: world.outbox.codeFor(phone), only: 'qq' });
    expect(restored.status).toBe(200);
    // And what is sent to the new phone is good.
    const later = await noticesDuring(world, () => signedIn(world, member));
    expect(await undo(tokenIn(later.find(({ to }) => to === phone) ?? { text: '' }), '/show')).toMatchObject({
      status: 200,
    });
  });

  test('gets no link about what happened before, nor does the old one', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await member.browser.checkIdentity('unlink_wechat', member.phone);
    const phone = newPhone();
    const told = await noticesDuring(world, async () => {
      await member.browser.delete('/links/wechat');
      await changed(member, { phone });
    });
    expect(told.map(({ to }) => to)).toEqual([member.phone, member.phone]);
    for (const { text } of told) expect(text).not.toContain('/not-me#');
  });

  test('is told to the old phone without a link, to the address, on the page, and in the history', async () => {
    const member = await newMember(world, { links: ['email'] });
    const phone = newPhone();
    const told = await noticesDuring(world, () => changed(member, { phone }));
    expect(told.map(({ to }) => to).toSorted()).toEqual([member.phone, member.address].toSorted());
    for (const { text } of told) {
      expect(text).toMatch(/登记的手机(已于.*变更|已变更)/);
      expect(text).not.toContain('/not-me#');
    }
    const masked = `139****${phone.slice(-4)}`;
    const row = { type: 'phone_changed', provider: 'qq', display: masked, ip: '*', device: '' };
    expect((await member.browser.get('/account')).json.notices).toContainEqual(expect.objectContaining(row));
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events).toContainEqual(expect.objectContaining({ ...row, reason: null }));
    // The same phone once more is no change.
    expect(await noticesDuring(world, () => changed(member, { phone }))).toEqual([]);
  });

  test('of an account that had none is told to its address, and lets it be linked', async () => {
    const member = await newMember(world, { phone: null, links: ['email'] });
    expectProblem(await member.browser.post('/otp/send', { purpose: 'unlink_email' }), 'phone_missing');
    const phone = newPhone();
    const told = await noticesDuring(world, () => changed(member, { phone }));
    expect(told.map(({ to }) => to)).toEqual([member.address]);
    expect((await member.browser.checkIdentity('unlink_email', phone)).status).toBe(200);
  });

  test('can be said to be not the owner’s doing: sessions end and nothing can be linked, but no method is suspended', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await changed(member, { phone: newPhone() });
    const { notices } = (await member.browser.get('/account')).json;
    const { id } = notices.find(({ type }: { type: string }) => type === 'phone_changed');
    expect((await member.browser.post(`/account/notices/${id}/disown`)).json).toMatchObject({
      restore: null,
      frozenUntil: expect.any(String),
    });
    const again = await signedIn(world, member);
    expect((await again.get('/account')).json.methods.map(({ state }: { state: string }) => state)).toEqual([
      null,
      'active',
      'active',
    ]);
  });
});

describe('a suspended account', () => {
  test('ends its sessions, and takes sign-ins again, not those sessions, once it is active', async () => {
    const member = await newMember(world, { links: ['email'] });
    await changed(member, { status: 'suspended' });
    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('account_suspended');
    // Suspended still, with another name.
    await changed(member, { status: 'suspended', name: 'other' });
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('account_suspended');
    await changed(member);
    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
  });

  test('says so by email after a right code only, which is used up by it', async () => {
    const person = await newPerson(world, { links: ['email'] });
    await changed(person, { status: 'suspended' });
    const { reply: wrong } = await signInByMail(person.address, wrongCode);
    expectProblem(wrong, 'code_wrong', { attemptsLeft: 4 });
    world.pass({ seconds: 60 });
    const { reply, again } = await signInByMail(person.address);
    expectProblem(reply, 'account_suspended');
    await changed(person);
    expectProblem(await again(), 'code_expired');
    const browser = await signedIn(world, person);
    const { events } = (await browser.get('/account/history')).json;
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'refused', provider: 'email', reason: 'account_suspended' }),
    );
  });

  test('is that before a suspended method is', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    await member.browser.checkIdentity('only', member.phone);
    await member.browser.post('/account/only');
    await changed(member, { status: 'suspended' });
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('account_suspended');
    expectProblem((await signInByMail(member.address)).reply, 'account_suspended');
  });

  test('undoes nothing, by whatever link', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
    await changed(member, { status: 'suspended' });
    for (const message of told)
      for (const [path, more] of [
        ['/show', {}],
        ['', {}],
        ['/code', {}],
        ['/restore', { code: '123456', only: 'qq' }],
      ] as const) {
        const reply = await world.browser().post(`/undo${path}`, { token: tokenIn(message), ...more });
        expectProblem(reply, 'account_suspended');
      }
    expectProblem(await world.browser().post('/undo/show', { token: 'nonsense' }), 'undo_expired');
    await changed(member);
    const [first = { text: '' }] = told;
    expect((await world.browser().post('/undo/show', { token: tokenIn(first) })).status).toBe(200);
  });

  test('may be added as one', async () => {
    const person = await newPerson(world);
    const accountId = `${person.accountId}-s`;
    const added = { accountId, name: 'n', registered: wechat(person.who), status: 'suspended', revision: 3 };
    expect(await imported(added)).toBe('added');
    expect((await world.browser().signInBy('wechat', person.who)).result).toBe('account_suspended');
  });
});

describe('a sub-account', () => {
  test('is what an account becomes, and is no more: nobody is signed in to it in between', async () => {
    const member = await newMember(world, { links: ['email'] });
    await changed(member, { parentId: '100000001' });
    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('identity_unknown');
    const sent = await sentDuring(world, async () => {
      await world.browser().post('/sign-in/email/send', { email: member.address });
      await world.deliverStream();
    });
    expect(sent).toEqual([]);
    for (const provider of ['email', 'qq'] as const)
      for (const subject of member.subjects[provider])
        expect(await claimOf(provider, subject)).toMatchObject({ relation: 'sub_account' });
    await changed(member);
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
    expect(await claimOf('email', member.address)).toMatchObject({ relation: 'linked' });
    expect(await claimOf('qq', member.subjects.qq[1] ?? '')).toMatchObject({ relation: 'registered' });
  });

  test('may have a parent that is suspended, and none that is closed', async () => {
    const [parent, other] = [await newPerson(world), await newPerson(world)];
    await changed(parent, { status: 'suspended' });
    expect(await changed(other, { parentId: parent.accountId })).toBe('taken');
    const third = await newPerson(world);
    await changed(parent, { status: 'closed' });
    expect(await changed(third, { parentId: parent.accountId })).toBe('parked');
  });
});
