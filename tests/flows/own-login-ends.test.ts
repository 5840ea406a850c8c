import { describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { ownLoginWorld } from '../support/own-login.ts';
import {
  type Member,
  newMember,
  newPerson,
  recordOf,
  signedIn,
  tally,
  wrongCode,
} from '../support/people.ts';

const { world, company, signInOwn } = await ownLoginWorld();
const DAY = 86_400;

const undo = (token: string, path = '', more: object = {}) =>
  world.browser().post(`/undo${path}`, { token, ...more });

/** A member, and a browser of theirs that the company's login has signed in. */
async function newOwn(options: Parameters<typeof newMember>[1] = {}): Promise<Member & { own: Browser }> {
  const member = await newMember(world, options);
  const { browser: own, reply } = await signInOwn(member);
  expect(reply.status).toBe(201);
  return { ...member, own };
}

const isOpen = async (browser: Browser) => (await browser.get('/account')).status === 200;
const ownState = async (browser: Browser) => (await browser.get('/account')).json.ownLogin.state;

/** Whether the company's login still opens the account. */
async function reopens(member: Pick<Member, 'accountId'>): Promise<boolean> {
  const { reply } = await signInOwn(member);
  if (reply.status === 201) return true;
  expectProblem(reply, 'method_suspended');
  return false;
}

async function keepOnly(browser: Browser, phone: string) {
  await browser.checkIdentity('only', phone);
  return browser.post('/account/only');
}

describe('a session of the company’s login ends', () => {
  test('by DELETE /session, and others of it go on', async () => {
    const { own, ...member } = await newOwn();
    const { browser: other } = await signInOwn(member);
    const copy = own.copy();
    expect((await own.delete('/session')).status).toBe(204);
    expect(await isOpen(copy)).toBe(false);
    expect(await isOpen(other)).toBe(true);
  });

  test('by DELETE /sessions, said in it or in another', async () => {
    const { own, ...member } = await newOwn();
    const { browser: other } = await signInOwn(member);
    const copy = own.copy();
    expect((await own.delete('/sessions')).status).toBe(204);
    for (const ended of [copy, other, member.browser]) expect(await isOpen(ended)).toBe(false);
    expect(await reopens(member)).toBe(true);

    const { browser: next } = await signInOwn(member);
    expect((await (await signedIn(world, member)).delete('/sessions')).status).toBe(204);
    expect(await isOpen(next)).toBe(false);
    expect(await reopens(member)).toBe(true);
  });

  test('by “this wasn’t me” of a link, which suspends the login until the phone’s holder clears it', async () => {
    const member = await newMember(world);
    let own = world.browser();
    const [sms] = await noticesDuring(world, async () => {
      own = (await signInOwn(member)).browser;
    });
    const token = tokenIn(sms ?? { text: '' });
    expect((await undo(token, '/show')).json).toMatchObject({
      type: 'signed_in',
      provider: 'assertion',
      display: member.accountId,
      restore: 'clear',
      only: ['qq', 'assertion'],
    });
    expect((await undo(token)).json).toMatchObject({ confirmedAt: isoIn(world, 0) });
    expect(await isOpen(own)).toBe(false);
    expect(await reopens(member)).toBe(false);

    world.pass({ seconds: 61 });
    await undo(token, '/code');
    expect((await undo(token, '/restore', { code: world.outbox.codeFor(member.phone) })).status).toBe(200);
    expect(await reopens(member)).toBe(true);
    expect(await isOpen(own)).toBe(false);
  });

  test('by “this wasn’t me” in another session, which suspends the login until it is cleared there', async () => {
    const { own, ...member } = await newOwn();
    const [notice] = (await member.browser.get('/account')).json.notices;
    expect(notice).toMatchObject({ type: 'signed_in', provider: 'assertion' });
    expect((await member.browser.post(`/account/notices/${notice.id}/disown`)).json).toMatchObject({
      restore: 'clear',
      frozenUntil: isoIn(world, DAY),
    });
    expect(await isOpen(own)).toBe(false);
    expect(await reopens(member)).toBe(false);

    const browser = await signedIn(world, member);
    expect(await ownState(browser)).toBe('suspended');
    expectProblem(await browser.post('/links/assertion/clear'), 'identity_check_required');
    await browser.checkIdentity('clear_assertion', member.phone);
    expect((await browser.post('/links/assertion/clear')).status).toBe(204);
    expect(await ownState(browser)).toBe('active');
    expect(await reopens(member)).toBe(true);
    const { events } = (await browser.get('/account/history')).json;
    expect(events.map(({ type, provider }: Record<string, string>) => `${type} ${provider}`)).toEqual(
      expect.arrayContaining(['suspended assertion', 'refused assertion', 'cleared assertion']),
    );
  });

  test('where another method is kept alone, and where it is suspended by a link', async () => {
    const { own, ...member } = await newOwn({ links: ['wechat'] });
    expect((await keepOnly(member.browser, member.phone)).status).toBe(200);
    expect(await isOpen(own)).toBe(false);
    expect(await reopens(member)).toBe(false);

    const other = await newMember(world, { links: ['wechat'] });
    let owns = world.browser();
    const [sms] = await noticesDuring(world, async () => {
      owns = (await signInOwn(other)).browser;
    });
    const token = tokenIn(sms ?? { text: '' });
    await undo(token, '/code');
    const code = world.outbox.codeFor(other.phone);
    expect((await undo(token, '/restore', { code, only: 'wechat' })).status).toBe(200);
    expect(await isOpen(owns)).toBe(false);
    expect(await reopens(other)).toBe(false);
    expect(await isOpen(await signedIn(world, other, 'wechat'))).toBe(true);
  });

  test('where the company suspends the account, and it is opened again when that is over', async () => {
    const { own, ...member } = await newOwn();
    expect(await world.accountChanged(recordOf(member, { revision: 1, status: 'suspended' }))).toBe('taken');
    expect(await isOpen(own)).toBe(false);
    const assertion = await company.assert(member.accountId);
    expectProblem(await world.browser().post('/sessions', { assertion }), 'account_suspended');
    expectProblem(await world.browser().post('/sessions', { assertion }), 'assertion_invalid');
    await world.accountChanged(recordOf(member, { revision: 2 }));
    expect(await isOpen(own)).toBe(false);
    expect(await reopens(member)).toBe(true);
  });

  test('where the company closes the account, of which nothing is left, the login’s neither', async () => {
    const { own, ...member } = await newOwn();
    await world.accountChanged({ accountId: member.accountId, revision: 1, status: 'closed' });
    expect(await isOpen(own)).toBe(false);
    const assertion = await company.assert(member.accountId);
    expectProblem(await world.browser().post('/sessions', { assertion }), 'account_unknown');
    expectProblem(await world.browser().post('/sessions', { assertion }), 'assertion_invalid');
    const left = [...(await world.items()).keys()].filter((key) => key.includes(member.accountId));
    expect(left).toEqual([`ACCOUNT#${member.accountId}/PROFILE`]);
    await world.accountChanged(recordOf(member, { revision: 2 }));
    expect(await isOpen(own)).toBe(false);
    expect(await reopens(member)).toBe(true);
  });

  test('where the account becomes a sub-account', async () => {
    const { own, ...member } = await newOwn();
    await world.accountChanged(recordOf(member, { revision: 1, parentId: '100000002' }));
    expect(await isOpen(own)).toBe(false);
  });

  test('with its time, as any does', async () => {
    const { own } = await newOwn();
    world.pass({ seconds: 3600 });
    expect(await isOpen(own)).toBe(false);
  });

  test('not where another method is unlinked or suspended', async () => {
    const { own, ...member } = await newOwn({ links: ['email'] });
    await member.browser.checkIdentity('unlink_email', member.phone);
    expect((await member.browser.delete('/links/email')).status).toBe(204);
    expect(await isOpen(own)).toBe(true);
  });
});

describe('the company’s login', () => {
  test('is kept alone by a session of its own: every other method is suspended, and its other sessions end', async () => {
    const { own, ...member } = await newOwn({ links: ['wechat'] });
    const { browser: other } = await signInOwn(member);
    const reply = await keepOnly(own, member.phone);
    expect(reply.status).toBe(200);
    const states = reply.json.methods.map(({ provider, state }: Record<string, string>) => [provider, state]);
    expect(states).toEqual([
      ['email', null],
      ['wechat', 'suspended'],
      ['qq', 'suspended'],
    ]);
    expect(await isOpen(own)).toBe(true);
    for (const ended of [other, member.browser]) expect(await isOpen(ended)).toBe(false);
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
    expect(await reopens(member)).toBe(true);
    // What was suspended comes back in that session.
    await own.checkIdentity('clear_qq', member.phone);
    expect((await own.post('/links/qq/clear')).status).toBe(204);
    expect(await isOpen(await signedIn(world, member))).toBe(true);
  });

  test('is kept alone by a link', async () => {
    const member = await newMember(world);
    const [sms] = await noticesDuring(world, () => signInOwn(member));
    const token = tokenIn(sms ?? { text: '' });
    await undo(token, '/code');
    const code = world.outbox.codeFor(member.phone);
    expect((await undo(token, '/restore', { code, only: 'assertion' })).status).toBe(200);
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('method_suspended');
    expect(await reopens(member)).toBe(true);
  });

  test('is suspended with the others even if nobody has used it yet', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    expect((await keepOnly(member.browser, member.phone)).status).toBe(200);
    expect(await ownState(member.browser)).toBe('suspended');
    expect(await reopens(member)).toBe(false);
    await member.browser.checkIdentity('clear_assertion', member.phone);
    expect((await member.browser.post('/links/assertion/clear')).status).toBe(204);
    expect(await reopens(member)).toBe(true);
  });

  test('sends the phone a link with each sign-in that is refused, five a day, by which it is cleared', async () => {
    const member = await newMember(world);
    await keepOnly(member.browser, member.phone);
    const refused = () => signInOwn(member);
    let token = '';
    for (let told = 0; told < 5; told += 1) {
      const [sms, ...more] = await noticesDuring(world, refused);
      expect(more).toEqual([]);
      expect(sms).toMatchObject({ to: member.phone });
      token = tokenIn(sms ?? { text: '' });
    }
    expect(await noticesDuring(world, refused)).toEqual([]);
    world.pass({ seconds: 61 });
    await undo(token, '/code');
    expect((await undo(token, '/restore', { code: world.outbox.codeFor(member.phone) })).status).toBe(200);
    expect(await reopens(member)).toBe(true);
  });

  test('uses up the assertion that it is refused with', async () => {
    const member = await newMember(world);
    await keepOnly(member.browser, member.phone);
    const assertion = await company.assert(member.accountId);
    expectProblem(await world.browser().post('/sessions', { assertion }), 'method_suspended');
    expectProblem(await world.browser().post('/sessions', { assertion }), 'assertion_invalid');
  });

  test('is not suspended where no code could bring it back', async () => {
    const person = await newPerson(world, { phone: null, links: ['email'] });
    const [mail] = await noticesDuring(world, () => signInOwn(person));
    await undo(tokenIn(mail ?? { text: '' }));
    expect(await reopens(person)).toBe(true);
  });

  test('can’t be linked, unlinked, or cleared of nothing', async () => {
    const { own } = await newOwn();
    for (const purpose of ['link_assertion', 'unlink_assertion'])
      expectProblem(await own.post('/otp/send', { purpose }), 'invalid_request', {
        errors: [{ path: 'purpose', message: expect.any(String) }],
      });
    expectProblem(await own.delete('/links/assertion'), 'not_found');
    expectProblem(await own.post('/links/assertion'), 'not_found');
    expectProblem(await own.post('/otp/send', { purpose: 'clear_assertion' }), 'not_suspended');
    const { browser } = await newMember(world);
    expectProblem(await browser.post('/otp/send', { purpose: 'clear_assertion' }), 'not_linked');
  });

  test('has budgets of its own: what its sessions spend or replace is not lacking to others', async () => {
    const { own, ...member } = await newOwn({ links: ['email'] });
    const { browser, phone } = member;
    await browser.post('/otp/send', { purpose: 'unlink_email' });
    const code = world.outbox.codeFor(phone);
    for (let codes = 0; codes < 2; codes += 1) {
      await own.post('/otp/send', { purpose: 'unlink_email' });
      const wrong = wrongCode(world.outbox.codeFor(phone));
      for (let guess = 0; guess < 5; guess += 1)
        await own.post('/otp/verify', { purpose: 'unlink_email', code: wrong });
      world.pass({ seconds: 61 });
    }
    expect((await own.post('/otp/send', { purpose: 'unlink_email' })).json.code).toBe('too_many_attempts');
    expect((await browser.post('/otp/verify', { purpose: 'unlink_email', code })).status).toBe(200);
  });

  test('spends the guesses of its sessions, which is told to the phone', async () => {
    const { own, phone } = await newOwn({ links: ['email'] });
    const notices = await noticesDuring(world, async () => {
      for (let codes = 0; codes < 2; codes += 1) {
        await own.post('/otp/send', { purpose: 'unlink_email' });
        const wrong = wrongCode(world.outbox.codeFor(phone));
        for (let guess = 0; guess < 5; guess += 1)
          await own.post('/otp/verify', { purpose: 'unlink_email', code: wrong });
        world.pass({ seconds: 61 });
      }
    });
    const [sms] = notices;
    expect(sms?.text).toContain('官网登录');
    const token = tokenIn(sms ?? { text: '' });
    expect((await undo(token, '/show')).json).toMatchObject({ type: 'locked', provider: 'assertion' });
  });
});

describe('at the same time', () => {
  test('a first sign-in of the login and keeping another method alone come one after the other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const member = await newMember(world);
      await member.browser.checkIdentity('only', member.phone);
      const [{ browser: own, reply }, kept] = await Promise.all([
        signInOwn(member),
        member.browser.post('/account/only'),
      ]);
      expect(kept.status).toBe(200);
      // Whichever was first: nobody is left in whom the owner has just shut out.
      if (reply.status === 201) expect(await isOpen(own)).toBe(false);
      else expectProblem(reply, 'method_suspended');
      expect(await reopens(member)).toBe(false);
    }
  });

  test('sign-ins of the login and a suspension of the account leave nobody in', async () => {
    for (let round = 0; round < 5; round += 1) {
      const member = await newMember(world);
      const [{ browser: own, reply }] = await Promise.all([
        signInOwn(member),
        world.accountChanged(recordOf(member, { revision: 1, status: 'suspended' })),
      ]);
      if (reply.status !== 201) expectProblem(reply, 'account_suspended');
      expect(await isOpen(own)).toBe(false);
    }
  });

  test('sign-ins of the login and signing out everywhere leave each session whole, or none', async () => {
    const { own, ...member } = await newOwn();
    const all = await Promise.all([
      own.delete('/sessions'),
      ...Array.from({ length: 10 }, async () => (await signInOwn(member)).reply),
    ]);
    expect(tally(all)).toEqual({ 204: 1, 201: 10 });
    expect(await isOpen(member.browser)).toBe(false);
  });
});
