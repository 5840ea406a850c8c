import { afterEach, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { type Member, newAddress, newMember, wrongCode } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const purpose = 'link_email';

afterEach(() => {
  expect(world.outbox.fates).toEqual([]);
  world.outbox.beforeSending = () => undefined;
});

const send = ({ browser }: Member) => browser.post('/otp/send', { purpose });
const verify = ({ browser }: Member, code: string) => browser.post('/otp/verify', { purpose, code });

async function refused(member: Member) {
  world.outbox.fates.push('refused');
  expectProblem(await send(member), 'delivery_failed');
}

test('an SMS to a number that has opted out gives back all that a refused one does', async () => {
  const member = await newMember(world);
  for (let tries = 0; tries < 6; tries += 1) {
    world.outbox.fates.push('opted out');
    expectProblem(await send(member), 'recipient_opted_out');
  }
  expect((await member.browser.get('/account')).json.checks).toEqual([]);
  expect((await send(member)).status).toBe(202);
});

describe('an SMS that was refused', () => {
  test('gives back the interval: another can be asked for at once', async () => {
    const member = await newMember(world);
    await refused(member);
    expect((await member.browser.get('/account')).json.checks).toEqual([]);
    expect((await send(member)).status).toBe(202);
    expect((await verify(member, world.outbox.codeFor(member.phone))).status).toBe(200);
  });

  test('gives back the quota: after any number of them five can be sent', async () => {
    const member = await newMember(world);
    for (let tries = 0; tries < 6; tries += 1) await refused(member);
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await send(member)).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expectProblem(await send(member), 'quota_exceeded', { retryAfter: 300 });
  });

  test('gives back one send and no more if two accounts share the phone', async () => {
    const phone = '+8613800138096';
    const [one, two] = [await newMember(world, { phone }), await newMember(world, { phone })];
    for (let sends = 0; sends < 4; sends += 1) {
      expect((await send(one)).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    await refused(two);
    expect((await send(one)).status).toBe(202);
    expectProblem(await send(two), 'quota_exceeded', { retryAfter: 360 });
  });

  test('gives back the code before it, which works until it expires', async () => {
    const member = await newMember(world);
    await send(member);
    const code = world.outbox.codeFor(member.phone);
    await verify(member, wrongCode(code));
    world.pass({ seconds: 60 });
    const before = (await member.browser.get('/account')).json.checks;
    await refused(member);
    expect((await member.browser.get('/account')).json.checks).toEqual(before);
    expect(before).toMatchObject([{ step: 'phone', attemptsLeft: 4 }]);
    expect((await verify(member, code)).status).toBe(200);
  });

  test('gives back the verified check before it', async () => {
    const member = await newMember(world);
    const { browser, phone } = member;
    await browser.checkIdentity('link_wechat', phone);
    world.pass({ seconds: 60 });
    world.outbox.fates.push('refused');
    expectProblem(await browser.post('/otp/send', { purpose: 'link_wechat' }), 'delivery_failed');
    expect((await browser.post('/links/wechat')).status).toBe(200);
  });

  test('gives back no guess that was made in between', async () => {
    const member = await newMember(world);
    await send(member);
    const code = world.outbox.codeFor(member.phone);
    for (let guess = 0; guess < 4; guess += 1) await verify(member, wrongCode(code));
    world.pass({ seconds: 60 });
    world.outbox.beforeSending = async () => {
      world.outbox.beforeSending = () => undefined;
      for (let guess = 0; guess < 5; guess += 1) await verify(member, wrongCode(code));
    };
    await refused(member);
    await send(member);
    const wrong = await verify(member, wrongCode(world.outbox.codeFor(member.phone)));
    expect(wrong.json).toMatchObject({ code: 'code_wrong', attemptsLeft: 0 });
  });
});

describe.each(['lost', 'never sent'] as const)('an SMS that may or may not have gone out (%s)', (fate) => {
  test('keeps the interval and the quota spent', async () => {
    const member = await newMember(world);
    for (let sends = 0; sends < 5; sends += 1) {
      world.outbox.fates.push(fate);
      expectProblem(await send(member), 'delivery_failed');
      if (sends === 0) expectProblem(await send(member), 'too_soon', { retryAfter: 60 });
      world.pass({ seconds: 60 });
    }
    expectProblem(await send(member), 'quota_exceeded', { retryAfter: 300 });
  });

  test('keeps its check under way', async () => {
    const member = await newMember(world);
    world.outbox.fates.push(fate);
    await send(member);
    const { json } = await member.browser.get('/account');
    expect(json.checks).toMatchObject([{ purpose, step: 'phone', attemptsLeft: 5 }]);
  });
});

test('the code of an SMS that went out unknown to us is good, and the one before it no longer', async () => {
  const member = await newMember(world);
  await send(member);
  const first = world.outbox.codeFor(member.phone);
  world.pass({ seconds: 60 });
  world.outbox.fates.push('lost');
  await send(member);
  const second = world.outbox.codeFor(member.phone);
  if (first !== second) expect((await verify(member, first)).json.code).toBe('code_wrong');
  expect((await verify(member, second)).status).toBe(200);
});

describe('a mail to a new address', () => {
  async function verified(): Promise<Member> {
    const member = await newMember(world);
    await member.browser.checkIdentity(purpose, member.phone);
    return member;
  }
  const mail = ({ browser }: Member, email: string) => browser.post('/links/email/send', { email });
  const link = ({ browser }: Member, email: string, code: string) =>
    browser.post('/links/email', { email, code });

  test('that was refused gives back interval and quota, and keeps the check', async () => {
    const member = await verified();
    const email = newAddress();
    for (let tries = 0; tries < 6; tries += 1) {
      world.outbox.fates.push('refused');
      expectProblem(await mail(member, email), 'delivery_failed');
    }
    expect((await member.browser.get('/account')).json.checks).toMatchObject([{ step: 'verified' }]);
    expect((await mail(member, email)).status).toBe(202);
    expect((await link(member, email, world.outbox.codeFor(email))).status).toBe(201);
  });

  test('that was refused gives back the code before it, to another address even', async () => {
    const member = await verified();
    const [first, second] = [newAddress(), newAddress()];
    await mail(member, first);
    world.pass({ seconds: 60 });
    world.outbox.fates.push('refused');
    expectProblem(await mail(member, second), 'delivery_failed');
    expect((await link(member, first, world.outbox.codeFor(first))).status).toBe(201);
  });

  test('that may or may not have gone out keeps its code valid, and interval and quota spent', async () => {
    const member = await verified();
    const email = newAddress();
    world.outbox.fates.push('lost');
    expectProblem(await mail(member, email), 'delivery_failed');
    expectProblem(await mail(member, email), 'too_soon', { retryAfter: 60 });
    expect((await link(member, email, world.outbox.codeFor(email))).status).toBe(201);
  });

  test('that was refused leaves the SMS quota and interval as they were', async () => {
    const member = await verified();
    world.outbox.fates.push('refused');
    await mail(member, newAddress());
    expectProblem(await send(member), 'too_soon', { retryAfter: 60 });
  });
});

describe('a sign-in mail that was refused', () => {
  test('shows in no answer, and gives nothing back', async () => {
    const browser = world.browser();
    const email = 'registered@example.com';
    const reply = await browser.post('/sign-in/email/send', { email });
    expect(reply.status).toBe(202);
    world.outbox.fates.push('refused');
    expect(await world.deliverStream()).toBe(1);
    const again = await browser.post('/sign-in/email/send', { email });
    expectProblem(again, 'too_soon', { retryAfter: 60 });
    const guess = { challengeId: reply.json.challengeId, code: '123456' };
    expect((await browser.post('/sign-in/email', guess)).json.code).toBe('code_wrong');
  });
});
