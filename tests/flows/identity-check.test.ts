import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newAddress, newMember, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

describe('sending', () => {
  test('goes to the registered phone; the answer shows it masked, with when the code expires and when to ask again', async () => {
    const { browser, phone } = await newMember(world, { phone: '+8613800138099' });
    const reply = await browser.post('/otp/send', { purpose: 'link_email' });
    expect(reply.status).toBe(202);
    expect(reply.json).toEqual({
      purpose: 'link_email',
      sentTo: '138****8099',
      expiresAt: isoIn(world, 300),
      resendAt: isoIn(world, 60),
    });
    expect(world.outbox.sent[0]).toMatchObject({ channel: 'sms', to: phone });
  });

  test('takes no phone from the request', async () => {
    const { browser } = await newMember(world);
    const sent = world.outbox.sent.length;
    const reply = await browser.post('/otp/send', { purpose: 'link_email', phone: '+8613800138999' });
    expect(reply.json.code).toBe('invalid_request');
    expect(world.outbox.sent).toHaveLength(sent);
  });

  test.each(['replace', 'link', 'LINK_EMAIL', 'sign_in', '', null])(
    'takes no purpose %j',
    async (purpose) => {
      const { browser } = await newMember(world);
      expect((await browser.post('/otp/send', { purpose })).json.code).toBe('invalid_request');
    },
  );
});

describe('verifying', () => {
  test('says until when the action is open', async () => {
    const { browser, phone } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(phone);
    const reply = await browser.post('/otp/verify', { purpose: 'link_email', code });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ purpose: 'link_email', verifiedUntil: isoIn(world, 600) });
  });

  const fullWidth = (code: string) =>
    code.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  test.each<[string, (code: string) => string]>([
    ['full-width digits', fullWidth],
    ['spaces around and between', (code) => ` ${code.slice(0, 3)} ${code.slice(3)}\n`],
    ['ideographic and no-break spaces', (code) => `\u3000${code.slice(0, 2)}\u00a0${code.slice(2)}`],
    ['some digits full-width, and a tab', (code) => `${fullWidth(code.slice(0, 1))}\t${code.slice(1)}`],
  ])('accepts a code with %s', async (_name, typed) => {
    const { browser, phone } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = typed(world.outbox.codeFor(phone));
    expect((await browser.post('/otp/verify', { purpose: 'link_email', code })).status).toBe(200);
  });

  test('works once', async () => {
    const { browser, phone } = await newMember(world);
    await browser.checkIdentity('link_email', phone);
    const code = world.outbox.codeFor(phone);
    expectProblem(await browser.post('/otp/verify', { purpose: 'link_email', code }), 'code_expired');
  });

  test('works until the code expires, to the second', async () => {
    const [early, late] = [await newMember(world), await newMember(world)];
    await early.browser.post('/otp/send', { purpose: 'link_email' });
    await late.browser.post('/otp/send', { purpose: 'link_email' });
    const verify = ({ browser, phone }: typeof early) =>
      browser.post('/otp/verify', { purpose: 'link_email', code: world.outbox.codeFor(phone) });
    world.pass({ seconds: 299 });
    expect((await verify(early)).status).toBe(200);
    world.pass({ seconds: 1 });
    expectProblem(await verify(late), 'code_expired');
  });

  test('takes the newest code only', async () => {
    const { browser, phone } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const first = world.outbox.codeFor(phone);
    world.pass({ seconds: 60 });
    await browser.post('/otp/send', { purpose: 'link_email' });
    const second = world.outbox.codeFor(phone);
    // Once in a million times the two are the same.
    if (first !== second)
      expectProblem(await browser.post('/otp/verify', { purpose: 'link_email', code: first }), 'code_wrong', {
        attemptsLeft: 4,
      });
    expect((await browser.post('/otp/verify', { purpose: 'link_email', code: second })).status).toBe(200);
  });

  test('takes a code for the purpose it was sent for only', async () => {
    const { browser, phone } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(phone);
    expectProblem(await browser.post('/otp/verify', { purpose: 'link_wechat', code }), 'code_expired');
    expect((await browser.post('/otp/verify', { purpose: 'link_email', code })).status).toBe(200);
  });

  test('takes a code in the session it was sent for only, and another session does not spend its guesses', async () => {
    const member = await newMember(world);
    const { browser, phone } = member;
    const other = await signedIn(world, member);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(phone);
    for (let guess = 0; guess < 6; guess += 1)
      expectProblem(await other.post('/otp/verify', { purpose: 'link_email', code }), 'code_expired');
    expect((await browser.post('/otp/verify', { purpose: 'link_email', code })).status).toBe(200);
  });

  test('takes a code of the account it was sent for only, shared phone or not', async () => {
    const [one, two] = [await newMember(world), await newMember(world, { phone: '+8613800138098' })];
    await one.browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(one.phone);
    expectProblem(await two.browser.post('/otp/verify', { purpose: 'link_email', code }), 'code_expired');
  });

  test('a code sent in another session takes the place of the one before', async () => {
    const member = await newMember(world);
    const other = await signedIn(world, member);
    await member.browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(member.phone);
    world.pass({ seconds: 60 });
    expect((await other.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
    expectProblem(await member.browser.post('/otp/verify', { purpose: 'link_email', code }), 'code_expired');
  });
});

describe('a proof opens one action, for one session, once', () => {
  test('not another action', async () => {
    const { browser, phone } = await newMember(world, { links: ['email'] });
    await browser.checkIdentity('link_wechat', phone);
    expectProblem(await browser.delete('/links/email'), 'identity_check_required');
    await browser.checkIdentity('unlink_email', phone);
    expect((await browser.delete('/links/email')).status).toBe(204);
    const send = await browser.post('/links/email/send', { email: newAddress() });
    expectProblem(send, 'identity_check_required');
  });

  test('not another provider', async () => {
    const { browser, phone } = await newMember(world, { links: ['email', 'wechat'] });
    await browser.checkIdentity('unlink_email', phone);
    expectProblem(await browser.delete('/links/wechat'), 'identity_check_required');
  });

  test('not in another session', async () => {
    const member = await newMember(world);
    const other = await signedIn(world, member);
    await member.browser.checkIdentity('link_wechat', member.phone);
    expectProblem(await other.post('/links/wechat'), 'identity_check_required');
    expect((await member.browser.post('/links/wechat')).status).toBe(200);
  });

  test('not a second time: linking again after unlinking takes a new one', async () => {
    const { browser, phone } = await newMember(world);
    expect((await browser.linkEmail(newAddress(), phone)).status).toBe(201);
    await browser.checkIdentity('unlink_email', phone);
    expect((await browser.delete('/links/email')).status).toBe(204);
    const send = await browser.post('/links/email/send', { email: newAddress() });
    expectProblem(send, 'identity_check_required');
    expectProblem(await browser.delete('/links/email'), 'not_linked');
  });

  test('not once it has expired, to the second', async () => {
    const [early, late] = [await newMember(world), await newMember(world)];
    await early.browser.checkIdentity('link_wechat', early.phone);
    await late.browser.checkIdentity('link_wechat', late.phone);
    world.pass({ seconds: 599 });
    expect((await early.browser.post('/links/wechat')).status).toBe(200);
    world.pass({ seconds: 1 });
    expectProblem(await late.browser.post('/links/wechat'), 'identity_check_required');
  });

  test('not while the code that was sent is unverified', async () => {
    const { browser } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_wechat' });
    expectProblem(await browser.post('/links/wechat'), 'identity_check_required');
  });
});
