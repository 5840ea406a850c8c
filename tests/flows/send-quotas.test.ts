import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newAddress, newMember, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const DAY = 86_400;

describe('the resend interval', () => {
  test('is a minute, to the second', async () => {
    const { browser } = await newMember(world);
    const send = () => browser.post('/otp/send', { purpose: 'link_email' });
    expect((await send()).status).toBe(202);
    expectProblem(await send(), 'too_soon', { retryAfter: 60 });
    world.pass({ seconds: 59 });
    expectProblem(await send(), 'too_soon', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    expect((await send()).status).toBe(202);
  });

  test('is the account’s: another session waits too', async () => {
    const member = await newMember(world);
    await member.browser.post('/otp/send', { purpose: 'link_email' });
    const other = await signedIn(world, member);
    const reply = await other.post('/otp/send', { purpose: 'link_email' });
    expectProblem(reply, 'too_soon', { retryAfter: 60 });
  });

  test('is not forgotten with the check it was sent for', async () => {
    const { browser, phone } = await newMember(world);
    const begun = world.nowSeconds;
    expect((await browser.linkEmail(newAddress(), phone)).status).toBe(201);
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    const waits = 60 - (world.nowSeconds - begun);
    const reply = await browser.post('/otp/send', { purpose: 'link_email' });
    expectProblem(reply, 'too_soon', { retryAfter: waits });
  });

  test('is one purpose’s, step’s and address’s: no other waits for it', async () => {
    const { browser, phone } = await newMember(world);
    const resendAt = async () => (await browser.get('/account')).json.checks[0].resendAt;
    await browser.checkIdentity('link_email', phone);
    expect((await browser.post('/otp/send', { purpose: 'link_wechat' })).status).toBe(202);
    const [mistyped, meant] = [newAddress(), newAddress()];
    expect((await browser.post('/links/email/send', { email: mistyped })).status).toBe(202);
    world.pass({ seconds: 10 });
    expect((await browser.post('/links/email/send', { email: meant })).status).toBe(202);
    expect(await resendAt()).toBe(isoIn(world, 60));
    for (const [email, retryAfter] of [
      [mistyped.toUpperCase(), 50],
      [meant, 60],
    ] as const)
      expectProblem(await browser.post('/links/email/send', { email }), 'too_soon', { retryAfter });
  });

  test('sends nothing while it lasts, and leaves the code that waits as it is', async () => {
    const { browser, phone } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    const sent = world.outbox.sent.length;
    await browser.post('/otp/send', { purpose: 'link_email' });
    expect(world.outbox.sent).toHaveLength(sent);
    const code = world.outbox.codeFor(phone);
    expect((await browser.post('/otp/verify', { purpose: 'link_email', code })).status).toBe(200);
  });
});

describe('the codes to one phone', () => {
  test('are five in any ten minutes, to the second', async () => {
    const { browser } = await newMember(world);
    const send = () => browser.post('/otp/send', { purpose: 'link_email' });
    for (const pause of [60, 90, 60, 60, 60]) {
      expect((await send()).status).toBe(202);
      world.pass({ seconds: pause });
    }
    expectProblem(await send(), 'quota_exceeded', { retryAfter: 270 });
    world.pass({ seconds: 269 });
    expectProblem(await send(), 'quota_exceeded', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    expect((await send()).status).toBe(202);
    world.pass({ seconds: 59 });
    expectProblem(await send(), 'too_soon', { retryAfter: 1 });
  });

  test('are twenty in any 24 hours, to the second', async () => {
    const member = await newMember(world);
    const first = world.nowSeconds;
    for (let sends = 0; sends < 20; sends += 1) {
      expect((await member.browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
      world.pass({ seconds: 150 });
    }
    const wait = DAY - (world.nowSeconds - first);
    const full = await member.browser.post('/otp/send', { purpose: 'link_email' });
    expectProblem(full, 'quota_exceeded', { retryAfter: wait });
    world.pass({ seconds: wait - 1 });
    const browser = await signedIn(world, member);
    const send = () => browser.post('/otp/send', { purpose: 'link_email' });
    expectProblem(await send(), 'quota_exceeded', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    expect((await send()).status).toBe(202);
    world.pass({ seconds: 60 });
    expectProblem(await send(), 'quota_exceeded', { retryAfter: 90 });
  });

  test('are counted over all purposes', async () => {
    const { browser } = await newMember(world);
    for (const purpose of ['link_email', 'link_wechat', 'link_email', 'link_wechat', 'link_email']) {
      expect((await browser.post('/otp/send', { purpose })).status).toBe(202);
      world.pass({ seconds: 30 });
    }
    const reply = await browser.post('/otp/send', { purpose: 'link_wechat' });
    expectProblem(reply, 'quota_exceeded', { retryAfter: 450 });
  });

  test('are counted over all accounts that share it', async () => {
    const phone = '+8613800138097';
    for (let accounts = 0; accounts < 5; accounts += 1) {
      const { browser } = await newMember(world, { phone });
      expect((await browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
    }
    const { browser } = await newMember(world, { phone });
    const reply = await browser.post('/otp/send', { purpose: 'link_email' });
    expectProblem(reply, 'quota_exceeded', { retryAfter: 600 });
    expect((await browser.get('/account')).json.checks).toEqual([]);
  });

  test('are not counted if one was refused for another reason', async () => {
    const { browser } = await newMember(world);
    await browser.post('/otp/send', { purpose: 'link_email' });
    for (let tries = 0; tries < 6; tries += 1)
      expect((await browser.post('/otp/send', { purpose: 'link_email' })).json.code).toBe('too_soon');
    for (let sends = 0; sends < 4; sends += 1) {
      world.pass({ seconds: 60 });
      expect((await browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
    }
  });
});

describe('the codes to one address', () => {
  const sendTo = async (email: string) => {
    const { browser, phone } = await newMember(world);
    await browser.checkIdentity('link_email', phone);
    return browser.post('/links/email/send', { email });
  };

  test('are five in ten minutes over all accounts that would link it, in whatever form it is typed', async () => {
    const address = newAddress();
    const [local, domain] = address.split('@');
    const typed = [address, address.toUpperCase(), ` ${address} `, `${local}@EXAMPLE.com`, address];
    for (const email of typed) expect((await sendTo(email)).status).toBe(202);
    expectProblem(await sendTo(`${local?.toUpperCase()}@${domain}`), 'quota_exceeded', { retryAfter: 600 });
    world.pass({ seconds: 600 });
    expect((await sendTo(address)).status).toBe(202);
  });

  test('are counted apart for signing in and for all else', async () => {
    const address = newAddress();
    const signIn = () => world.browser().post('/sign-in/email/send', { email: address });
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await signIn()).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expectProblem(await signIn(), 'quota_exceeded', { retryAfter: 300 });
    for (let sends = 0; sends < 5; sends += 1) expect((await sendTo(address)).status).toBe(202);
    expectProblem(await sendTo(address), 'quota_exceeded', { retryAfter: 600 });
    world.pass({ seconds: 300 });
    expect((await signIn()).status).toBe(202);
    expectProblem(await sendTo(address), 'quota_exceeded', { retryAfter: 300 });
  });
});
