import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { becomesSubAccount, guessWrong, newAddress, newMember, wrongCode } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

// QQ stays unlinkable, and email and WeChat are linkable: as in the contract's defaults.
const world = await createWorld();

/** Every route that changes something for a signed-in user, with a form it accepts and one it does not. */
const ACCOUNT_ROUTES = [
  { method: 'POST', path: '/otp/send', good: { purpose: 'link_email' }, bad: { purpose: 1 } },
  {
    method: 'POST',
    path: '/otp/verify',
    good: { purpose: 'link_email', code: '123456' },
    bad: { purpose: 'link_email', code: '12345' },
  },
  { method: 'POST', path: '/links/email/send', good: { email: 'a@example.com' }, bad: { email: 'a' } },
  { method: 'POST', path: '/links/email', good: { email: 'a@example.com', code: '123456' }, bad: {} },
  { method: 'POST', path: '/links/wechat', good: {}, bad: { provider: 'wechat' } },
] as const;

const FOREIGN = { headers: { origin: 'https://evil.example' } };

describe('origin, then session, then form', () => {
  test.each(ACCOUNT_ROUTES)('$method $path', async ({ method, path, bad, good }) => {
    const { browser } = await newMember(world);
    const nobody = world.browser();
    expectProblem(await nobody.send(method, path, { body: bad, ...FOREIGN }), 'origin_not_allowed');
    expectProblem(await nobody.send(method, path, { body: good, ...FOREIGN }), 'origin_not_allowed');
    expectProblem(await browser.send(method, path, { body: bad, ...FOREIGN }), 'origin_not_allowed');
    expectProblem(await nobody.send(method, path, { body: bad }), 'not_signed_in');
    expectProblem(await nobody.send(method, path, { rawBody: '{' }), 'not_signed_in');
    expect((await browser.send(method, path, { body: bad })).json.code).toBe('invalid_request');
  });

  test('DELETE /links/{provider} and DELETE /session', async () => {
    const nobody = world.browser();
    for (const path of ['/links/email', '/links/weibo', '/session']) {
      expectProblem(await nobody.delete(path, FOREIGN), 'origin_not_allowed');
      expectProblem(await nobody.delete(path), 'not_signed_in');
    }
    const { browser } = await newMember(world);
    expectProblem(await browser.delete('/session', FOREIGN), 'origin_not_allowed');
    expect((await browser.get('/account')).status).toBe(200);
  });

  test('a provider there is not is told to the signed-in only', async () => {
    const { browser } = await newMember(world);
    expectProblem(await world.browser().post('/links/weibo'), 'not_signed_in');
    expectProblem(await browser.post('/links/weibo'), 'not_found');
    expectProblem(await browser.delete('/links/weibo'), 'not_found');
  });

  test('signing in: origin, then form', async () => {
    for (const path of ['/sign-in/email/send', '/sign-in/email']) {
      const nobody = world.browser();
      expectProblem(await nobody.post(path, {}, FOREIGN), 'origin_not_allowed');
      expect((await nobody.post(path, {})).json.code).toBe('invalid_request');
    }
  });
});

describe('form before whether the action is possible', () => {
  test.each(ACCOUNT_ROUTES)('$method $path', async ({ method, path, good, bad }) => {
    const { browser } = await newMember(world, { phone: null });
    expect((await browser.send(method, path, { body: bad })).json.code).toBe('invalid_request');
    expectProblem(await browser.send(method, path, { body: good }), 'phone_missing');
  });
});

describe('whether the action is possible before the identity check', () => {
  test.each(ACCOUNT_ROUTES)('$method $path, with no check under way', async ({ method, path, good }) => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    // What is linked is replaced by the same requests, after a check to replace.
    const refusal = path.startsWith('/links') ? 'identity_check_required' : 'already_linked';
    expectProblem(await member.browser.send(method, path, { body: good }), refusal);
    await becomesSubAccount(world, member);
    expectProblem(await member.browser.send(method, path, { body: good }), 'sub_account');
  });

  test('DELETE /links/{provider}, with no check under way', async () => {
    const { browser } = await newMember(world, { links: ['email'] });
    expectProblem(await browser.delete('/links/wechat'), 'not_linked');
    expectProblem(await browser.delete('/links/qq'), 'registered_method');
    expectProblem(await browser.delete('/links/email'), 'identity_check_required');
  });
});

describe('of several reasons why an action is not possible, the one further up the table', () => {
  test('a sub-account that tries what nobody can', async () => {
    const member = await newMember(world, { phone: null });
    await becomesSubAccount(world, member);
    for (const purpose of ['link_qq', 'unlink_qq', 'unlink_email', 'link_email'])
      expectProblem(await member.browser.post('/otp/send', { purpose }), 'sub_account');
  });

  test('no phone comes last', async () => {
    const { browser } = await newMember(world, { phone: null, links: ['email'] });
    expectProblem(await browser.post('/otp/send', { purpose: 'link_email' }), 'already_linked');
    expectProblem(await browser.post('/otp/send', { purpose: 'unlink_wechat' }), 'not_linked');
    expectProblem(await browser.post('/otp/send', { purpose: 'unlink_qq' }), 'registered_method');
    expectProblem(await browser.post('/otp/send', { purpose: 'unlink_email' }), 'phone_missing');
  });
});

describe('whether the action is possible before quotas and budgets', () => {
  test('an identity check that could lead nowhere does not say how many codes are left', async () => {
    const member = await newMember(world);
    await member.browser.post('/otp/send', { purpose: 'link_wechat' });
    await guessWrong(world, member, 'link_wechat', 5);
    await becomesSubAccount(world, member);
    expectProblem(await member.browser.post('/otp/send', { purpose: 'link_wechat' }), 'sub_account');
    const guess = { purpose: 'link_wechat', code: '123456' };
    expectProblem(await member.browser.post('/otp/verify', guess), 'sub_account');
  });
});

describe('the identity check before quotas and budgets', () => {
  test('a mail within the interval, asked for by a session that has no check', async () => {
    const { browser, phone, who } = await newMember(world);
    const email = newAddress();
    await browser.checkIdentity('link_email', phone);
    await browser.post('/links/email/send', { email });
    const other = world.browser();
    await other.signInBy('qq', who);
    expectProblem(await other.post('/links/email/send', { email }), 'identity_check_required');
    expectProblem(await browser.post('/links/email/send', { email }), 'too_soon', { retryAfter: 60 });
  });

  test('a mail to an address whose quota is spent', async () => {
    const email = newAddress();
    for (let sends = 0; sends < 5; sends += 1) {
      const { browser, phone } = await newMember(world);
      await browser.checkIdentity('link_email', phone);
      expect((await browser.post('/links/email/send', { email })).status).toBe(202);
    }
    const { browser, phone } = await newMember(world);
    expectProblem(await browser.post('/links/email/send', { email }), 'identity_check_required');
    await browser.checkIdentity('link_email', phone);
    const spent = await browser.post('/links/email/send', { email });
    expectProblem(spent, 'quota_exceeded', { retryAfter: 600 });
  });

  test('a guess at a mail code whose budget is spent, once the check is over', async () => {
    const { browser, phone } = await newMember(world);
    const email = newAddress();
    await browser.checkIdentity('link_email', phone);
    await browser.post('/links/email/send', { email });
    const right = world.outbox.codeFor(email);
    for (let guess = 0; guess < 5; guess += 1)
      await browser.post('/links/email', { email, code: wrongCode(right) });
    expectProblem(await browser.post('/links/email', { email, code: right }), 'too_many_attempts', {
      retryAfter: 60,
    });
    world.pass({ seconds: 600 });
    expectProblem(await browser.post('/links/email', { email, code: right }), 'identity_check_required');
  });
});
