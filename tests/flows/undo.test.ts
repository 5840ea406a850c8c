import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import type { SentMessage } from '../support/doubles.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import {
  type Member,
  methodOf,
  newAddress,
  newMember,
  signedIn,
  tally,
  times,
  wrongCode,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const HOUR = 3_600;

/** Somebody with a stolen session, and the SMS that go with it, takes the owner's address off and puts their own on. */
async function robbed() {
  const thiefs = newAddress();
  const member = await newMember(world, { links: ['email'] });
  const { address } = member;
  const thief = await signedIn(world, member);
  await thief.checkIdentity('unlink_email', member.phone);
  const unlinked = tokenTo(address, await noticesDuring(world, () => thief.delete('/links/email')));
  const linked = tokenTo(
    member.phone,
    await noticesDuring(world, () => thief.linkEmail(thiefs, member.phone)),
  );
  return { member, thief, address, thiefs, unlinked, linked };
}

function tokenTo(to: string, told: readonly SentMessage[]): string {
  const message = told.find((one) => one.to === to);
  if (message === undefined) throw new Error('they were not told');
  return tokenIn(message);
}

const shown = (address: string) => address.replace(/^(.).*(.)@/, '$1***$2@');

const say = (token: string, path = '') => world.browser().post(`/undo${path}`, { token });

/** Proves to be the owner by the phone. */
async function restoreSaid(member: Member, token: string, only?: string) {
  expect((await say(token, '/code')).status).toBe(202);
  const code = world.outbox.codeFor(member.phone);
  return world.browser().post('/undo/restore', { token, code, only });
}

/** Confirms, and proves to be the owner by the phone. */
async function restore(member: Member, token: string) {
  expect((await say(token)).status).toBe(200);
  return restoreSaid(member, token);
}

describe('“this wasn’t me”', () => {
  test('shows what happened, and what it would do, and changes nothing by being opened', async () => {
    const { member, unlinked } = await robbed();
    const items = JSON.stringify([...(await world.items())]);
    const shown = await say(unlinked, '/show');
    expect(shown.status).toBe(200);
    expect(shown.json).toEqual({
      type: 'unlinked',
      isAttempt: false,
      provider: 'email',
      display: expect.stringMatching(/^p\*\*\*\d@example\.com$/),
      at: isoIn(world, 0),
      ip: '203.0.*.*',
      device: 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0',
      expiresAt: isoIn(world, 72 * HOUR),
      confirmedAt: null,
      restoredAt: null,
      restore: 'link',
      only: ['email', 'qq'],
      frozenUntil: null,
      language: null,
    });
    expect(JSON.stringify([...(await world.items())])).toBe(items);
    expect((await member.browser.get('/account')).status).toBe(200);
  });

  test('ends every session, suspends what was linked, lets nothing be linked for 24 hours, and puts nothing back', async () => {
    const { member, thief, linked, thiefs } = await robbed();
    const { status, json } = await say(linked);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      confirmedAt: isoIn(world, 0),
      frozenUntil: isoIn(world, 24 * HOUR),
      restore: 'unlink',
    });
    expectProblem(await thief.get('/account'), 'not_signed_in');
    expectProblem(await member.browser.get('/account'), 'not_signed_in');

    const owner = await signedIn(world, member);
    expect((await owner.get('/account')).json.frozenUntil).toBe(isoIn(world, 24 * HOUR));
    expect(await methodOf(owner, 'email')).toMatchObject({ relation: 'linked', state: 'suspended' });
    expectProblem(await world.browser().signInByEmail(thiefs), 'method_suspended');
    const frozen = { retryAfter: 24 * HOUR };
    expectProblem(await owner.post('/otp/send', { purpose: 'link_wechat' }), 'account_frozen', frozen);
    expectProblem(await owner.post('/links/wechat'), 'account_frozen', frozen);
    // What takes a way in away from a thief is no link.
    world.pass({ seconds: 61 });
    await owner.checkIdentity('unlink_email', member.phone);
    expect((await owner.delete('/links/email')).status).toBe(204);

    world.pass({ seconds: 24 * HOUR });
    const later = await signedIn(world, member);
    expect((await later.get('/account')).json.frozenUntil).toBeNull();
    expect((await later.post('/otp/send', { purpose: 'link_wechat' })).status).toBe(202);
  });

  test('can be said once by all who have the link, at once or one after the other', async () => {
    const { linked } = await robbed();
    const answers = tally(await times(20, () => say(linked)));
    expect(answers).toEqual({ 200: 1, undo_expired: 19 });
    world.pass({ seconds: 24 * HOUR });
    expectProblem(await say(linked), 'undo_expired');
  });

  test('sends a notice to every channel of the account, and an event to the bus', async () => {
    const { member, linked, thiefs } = await robbed();
    const told = await noticesDuring(world, () => say(linked));
    // Of the freeze, and of the suspension; by links that the phone alone gets.
    expect(told.map(({ to }) => to).toSorted()).toEqual(
      [member.phone, member.phone, thiefs, thiefs].toSorted(),
    );
    for (const { to, text } of told)
      expect([to, text.includes('/not-me#')]).toEqual([to, to === member.phone]);
    expect(world.bus.published.at(-1)).toMatchObject({
      type: 'account.frozen',
      detail: { version: 1, accountId: member.accountId, frozenUntil: isoIn(world, 24 * HOUR) },
    });
    const owner = await signedIn(world, member);
    const { events } = (await owner.get('/account/history')).json;
    expect(events.map(({ type }: { type: string }) => type)).toContain('frozen');
  });

  test('of a sign-in suspends the method it was made with, which can be cleared', async () => {
    const member = await newMember(world);
    const token = tokenTo(member.phone, await noticesDuring(world, () => signedIn(world, member)));
    expect((await say(token)).json).toMatchObject({ type: 'signed_in', restore: 'clear' });
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
    expect((await restoreSaid(member, token)).json).toMatchObject({ restore: null });
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
  });

  test('is possible for 72 hours', async () => {
    const { linked } = await robbed();
    world.pass({ seconds: 72 * HOUR - 1 });
    expect((await say(linked, '/show')).status).toBe(200);
    world.pass({ seconds: 1 });
    for (const path of ['/show', '', '/code']) expectProblem(await say(linked, path), 'undo_expired');
  });

  test.each([
    ['nothing', ''],
    ['nonsense', 'nonsense'],
    ['another account', (token: string) => token.replace(/^[^.]+/, '100000001')],
    ['another notice', (token: string) => token.replace(/\.[^.]+\./, `.${'A'.repeat(22)}.`)],
    ['another signature', (token: string) => token.replace(/[^.]+$/, 'A'.repeat(22))],
    ['a signature of another length', (token: string) => `${token}A`],
  ])('a link with %s opens nothing', async (_name, forge) => {
    const { linked, member } = await robbed();
    const token = typeof forge === 'string' ? forge : forge(linked);
    for (const path of ['/show', '', '/code']) expectProblem(await say(token, path), 'undo_expired');
    expectProblem(await world.browser().post('/undo/restore', { token, code: '123456' }), 'undo_expired');
    expect((await member.browser.get('/account')).status).toBe(200);
  });
});

describe('restoring what was before', () => {
  test('takes off what a thief has linked', async () => {
    const { member, linked, thiefs } = await robbed();
    const reply = await restore(member, linked);
    expect(reply.json).toMatchObject({ restoredAt: isoIn(world, 0), restore: null });
    const owner = await signedIn(world, member);
    expect(await methodOf(owner, 'email')).toMatchObject({ relation: 'none' });
    // Free for whoever holds it.
    const other = await newMember(world);
    world.pass({ seconds: 61 });
    expect((await other.browser.linkEmail(thiefs, other.phone)).status).toBe(201);
  });

  test('links again what a thief has unlinked, in place of what they linked instead, while changes are frozen', async () => {
    const { member, unlinked, address, thiefs } = await robbed();
    const reply = await restore(member, unlinked);
    expect(reply.status).toBe(200);
    const owner = await signedIn(world, member);
    expect(await methodOf(owner, 'email')).toMatchObject({ relation: 'linked' });
    expect((await world.browser().signInByEmail(address)).status).toBe(200);
    const sent = await world.browser().post('/sign-in/email/send', { email: thiefs });
    await world.deliverStream();
    const code = world.outbox.sent.find(({ to }) => to === thiefs)?.code ?? '123456';
    expectProblem(
      await world.browser().post('/sign-in/email', { challengeId: sent.json.challengeId, code }),
      'code_wrong',
      { attemptsLeft: 4 },
    );
    const { events } = (await owner.get('/account/history')).json;
    expect(events).toContainEqual(expect.objectContaining({ type: 'replaced', provider: 'email' }));
  });

  test('with every subject of a WeChat, and their claims', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const { who } = member;
    // Signing in claims the openid as well.
    await world.browser().signInBy('wechat', who);
    const thief = await signedIn(world, member);
    await thief.checkIdentity('unlink_wechat', member.phone);
    const token = tokenTo(member.phone, await noticesDuring(world, () => thief.delete('/links/wechat')));
    expect((await restore(member, token)).status).toBe(200);
    const browser = world.browser();
    expect((await browser.signInBy('wechat', who)).result).toBe('signed_in');
    await browser.get('/account');
    world.pass({ seconds: 24 * HOUR });
    const owner = await signedIn(world, member);
    await owner.checkIdentity('unlink_wechat', member.phone);
    expect((await owner.delete('/links/wechat')).status).toBe(204);
    expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
  });

  test('takes a code from the registered phone: the link alone restores nothing', async () => {
    const { member, linked } = await robbed();
    const guess = (code: string) => world.browser().post('/undo/restore', { token: linked, code });
    expectProblem(await guess('123456'), 'code_expired');
    const sent = await say(linked, '/code');
    expect(sent.json).toEqual({
      sentTo: `${member.phone.slice(3, 6)}****${member.phone.slice(-4)}`,
      expiresAt: isoIn(world, 300),
      resendAt: isoIn(world, 60),
    });
    const code = world.outbox.codeFor(member.phone);
    for (let left = 4; left >= 0; left -= 1)
      expectProblem(await guess(wrongCode(code)), 'code_wrong', { attemptsLeft: left });
    expectProblem(await guess(code), 'too_many_attempts', { retryAfter: 60 });
    const owner = await signedIn(world, member);
    expect(await methodOf(owner, 'email')).toMatchObject({ relation: 'linked' });
  });

  test('a code that was sent for one link is of no use behind another', async () => {
    const { member, linked, unlinked } = await robbed();
    await say(linked, '/code');
    const code = world.outbox.codeFor(member.phone);
    expectProblem(await world.browser().post('/undo/restore', { token: unlinked, code }), 'code_expired');
  });

  test('happens once, of any number of right codes at once', async () => {
    const { member, linked } = await robbed();
    await say(linked, '/code');
    const code = world.outbox.codeFor(member.phone);
    const answers = tally(
      await times(20, () => world.browser().post('/undo/restore', { token: linked, code })),
    );
    // A read by keys is no snapshot: who sees the link still open and its code used up is told of the code.
    const { 200: restored, undo_expired = 0, code_expired = 0, ...others } = answers;
    expect({ restored, others }).toEqual({ restored: 1, others: {} });
    expect(undo_expired + code_expired).toBe(19);
  });

  test('an identity that another account has by now stays there, and nothing else is changed', async () => {
    const { member, unlinked, address, thiefs } = await robbed();
    const other = await newMember(world);
    world.pass({ seconds: 61 });
    expect((await other.browser.linkEmail(address, other.phone)).status).toBe(201);
    expectProblem(await restore(member, unlinked), 'identity_linked');
    const owner = await signedIn(world, member);
    expect((await methodOf(owner, 'email')).display).toBe(shown(thiefs));
    const { events } = (await owner.get('/account/history')).json;
    expect(events.find(({ type }: { type: string }) => type === 'refused')).toMatchObject({
      reason: 'identity_linked',
    });
    // The code is used up: nothing can be tried with it again.
    const code = world.outbox.codeFor(member.phone);
    expectProblem(await world.browser().post('/undo/restore', { token: unlinked, code }), 'code_expired');
  });

  test('what its owner has put right already needs no restoring', async () => {
    const { member, linked, thief } = await robbed();
    world.pass({ seconds: 61 });
    await thief.checkIdentity('unlink_email', member.phone);
    await thief.delete('/links/email');
    expect((await say(linked)).json).toMatchObject({ restore: null, only: ['qq'] });
    await say(linked, '/code');
    const code = world.outbox.codeFor(member.phone);
    expectProblem(await world.browser().post('/undo/restore', { token: linked, code }), 'undo_expired');
    // It can still keep one method alone.
    const kept = await world.browser().post('/undo/restore', { token: linked, code, only: 'qq' });
    expect(kept.json).toMatchObject({ restore: null, restoredAt: isoIn(world, 0) });
  });

  test('sends a notice as well, and can be undone in its turn', async () => {
    const { member, unlinked, address, thiefs } = await robbed();
    const told = await noticesDuring(world, () => restore(member, unlinked));
    const ofRestoring = told.filter(({ text }) => text.includes('另一个邮箱'));
    expect(ofRestoring.map(({ to }) => to).toSorted()).toEqual([member.phone, thiefs].toSorted());
    // Records of one batch are handled side by side, so the event of the freeze may come after it.
    expect(world.bus.published.findLast(({ type }) => type === 'identity.replaced')).toMatchObject({
      detail: { display: shown(address), previousDisplay: shown(thiefs) },
    });
    // A thief's address that was linked a moment ago gets no link.
    expect(() => tokenTo(thiefs, ofRestoring)).toThrow('has no link');
    const token = tokenTo(member.phone, ofRestoring);
    expect((await say(token, '/show')).json).toMatchObject({ type: 'replaced', restore: 'link' });
    expect((await restore(member, token)).status).toBe(200);
    const owner = await signedIn(world, member);
    expect((await methodOf(owner, 'email')).display).toBe(shown(thiefs));
  });

  test('says with it that it was not the owner, where nobody has', async () => {
    const { member, thief, linked } = await robbed();
    const { json } = await restoreSaid(member, linked);
    expect(json).toMatchObject({
      confirmedAt: isoIn(world, 0),
      restoredAt: isoIn(world, 0),
      frozenUntil: isoIn(world, 24 * HOUR),
    });
    expectProblem(await thief.get('/account'), 'not_signed_in');
    expect(await methodOf(await signedIn(world, member), 'email')).toMatchObject({ relation: 'none' });
  });

  test('puts back with the time and the state that it had', async () => {
    const member = await newMember(world);
    expect((await member.browser.linkEmail(member.address, member.phone)).status).toBe(201);
    const before = await methodOf(member.browser, 'email');
    world.pass({ seconds: HOUR });
    const owner = await signedIn(world, member);
    await owner.checkIdentity('unlink_email', member.phone);
    const token = tokenTo(member.phone, await noticesDuring(world, () => owner.delete('/links/email')));
    expect((await restore(member, token)).status).toBe(200);
    const after = await methodOf(await signedIn(world, member), 'email');
    expect(after).toEqual(before);
    expect(after).toMatchObject({ state: 'probation', stateUntil: isoIn(world, 71 * HOUR) });
  });

  describe('and keeping one method alone', () => {
    test('clears it, suspends every other, and ends every session', async () => {
      const { member, thief, unlinked, address, thiefs } = await robbed();
      const reply = await restoreSaid(member, unlinked, 'email');
      expect(reply.json).toMatchObject({ restore: null, only: [] });
      expectProblem(await say(unlinked, '/code'), 'undo_expired');
      for (const browser of [thief, member.browser])
        expectProblem(await browser.get('/account'), 'not_signed_in');
      expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
      expect((await world.browser().signInByEmail(thiefs)).status).toBe(422);
      const owner = world.browser();
      expect((await owner.signInByEmail(address)).status).toBe(200);
      expect(await methodOf(owner, 'email')).toMatchObject({ display: shown(address), state: 'active' });
    });

    test('keeps what was linked, where that is what is named', async () => {
      const { member, linked, thiefs } = await robbed();
      expect((await restoreSaid(member, linked, 'email')).status).toBe(200);
      const browser = world.browser();
      expect((await browser.signInByEmail(thiefs)).status).toBe(200);
      expect(await methodOf(browser, 'qq')).toMatchObject({ relation: 'registered', state: 'suspended' });
    });

    test('puts nothing back that would only be suspended: whose it is by now is in nobody’s way', async () => {
      const { member, unlinked, address } = await robbed();
      const other = await newMember(world);
      expect((await other.browser.linkEmail(address, other.phone)).status).toBe(201);
      expect((await restoreSaid(member, unlinked, 'qq')).status).toBe(200);
      expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
    });

    test('leaves the link as it is where it puts nothing back: its owner still can', async () => {
      const { member, unlinked, address } = await robbed();
      expect((await restoreSaid(member, unlinked, 'qq')).status).toBe(200);
      world.pass({ seconds: 61 });
      expect((await restoreSaid(member, unlinked, 'email')).status).toBe(200);
      expect((await world.browser().signInByEmail(address)).status).toBe(200);
      expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
    });

    test('of two codes the one that was sent later wins', async () => {
      const { member, linked, unlinked } = await robbed();
      await say(unlinked, '/code');
      const early = world.outbox.codeFor(member.phone);
      world.pass({ seconds: 1 });
      await say(linked, '/code');
      const late = world.outbox.codeFor(member.phone);
      const restoreBy = (token: string, code: string, only: string) =>
        world.browser().post('/undo/restore', { token, code, only });
      expect((await restoreBy(unlinked, early, 'email')).status).toBe(200);
      expect((await restoreBy(linked, late, 'qq')).status).toBe(200);
      expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
    });

    test('of a method that is not there is refused, and uses no code up', async () => {
      const { member, linked } = await robbed();
      expectProblem(await restoreSaid(member, linked, 'wechat'), 'not_linked');
      const code = world.outbox.codeFor(member.phone);
      const again = await world.browser().post('/undo/restore', { token: linked, code, only: 'qq' });
      expect(again.status).toBe(200);
    });

    test('settles what came before: links from then say “not me” no more, and their codes are void', async () => {
      const { member, linked, unlinked } = await robbed();
      await say(unlinked, '/code');
      const code = world.outbox.codeFor(member.phone);
      world.pass({ seconds: 1 });
      expect((await restoreSaid(member, linked, 'qq')).status).toBe(200);
      expectProblem(await say(unlinked), 'undo_expired');
      const early = await world.browser().post('/undo/restore', { token: unlinked, code, only: 'email' });
      expectProblem(early, 'code_expired');
      // What was unlinked can still be put back: that takes the phone.
      world.pass({ seconds: 61 });
      expect((await say(unlinked, '/show')).json).toMatchObject({ restore: 'link' });
      expect((await restoreSaid(member, unlinked)).status).toBe(200);
    });
  });
});
