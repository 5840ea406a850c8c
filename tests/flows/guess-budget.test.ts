import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { guessWrong, type Member, newAddress, newMember, signedIn, wrongCode } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const purpose = 'link_email';
const DAY = 86_400;

async function send(member: Member) {
  const reply = await member.browser.post('/otp/send', { purpose });
  expect(reply.status).toBe(202);
}

const verify = ({ browser }: Member, code: string) => browser.post('/otp/verify', { purpose, code });

async function attemptsLeftAfterOneMore(member: Member): Promise<number> {
  return (await guessWrong(world, member, purpose, 1)).json.attemptsLeft;
}

describe('the guesses at one code', () => {
  test('are five; then even the right code is refused until another can be sent', async () => {
    const member = await newMember(world);
    await send(member);
    const left = [];
    for (let guess = 0; guess < 5; guess += 1) left.push(await attemptsLeftAfterOneMore(member));
    expect(left).toEqual([4, 3, 2, 1, 0]);

    world.pass({ seconds: 20 });
    const right = world.outbox.codeFor(member.phone);
    expectProblem(await verify(member, right), 'too_many_attempts', { retryAfter: 40 });
    world.pass({ seconds: 40 });
    expectProblem(await verify(member, right), 'too_many_attempts', { retryAfter: 1 });
    await send(member);
    expect((await verify(member, world.outbox.codeFor(member.phone))).status).toBe(200);
  });

  test('include the fifth, if it is right', async () => {
    const member = await newMember(world);
    await send(member);
    await guessWrong(world, member, purpose, 4);
    expect((await verify(member, world.outbox.codeFor(member.phone))).status).toBe(200);
  });

  test('are not spent by what is no code, nor once the code has expired', async () => {
    const member = await newMember(world);
    await send(member);
    for (const typed of ['', '12345', '1234567', 'abcdef', '12345a', '１２３４５', '-12345', '+12345'])
      expect((await verify(member, typed)).json.code).toBe('invalid_request');
    expect(await attemptsLeftAfterOneMore(member)).toBe(4);

    world.pass({ seconds: 300 });
    for (let guess = 0; guess < 12; guess += 1) expectProblem(await verify(member, '123456'), 'code_expired');
    await send(member);
    expect(await attemptsLeftAfterOneMore(member)).toBe(4);
  });
});

describe('the wrong guesses of a day, for an account and purpose', () => {
  test('are ten whatever is resent; the oldest makes room again after 24 hours, to the second', async () => {
    const member = await newMember(world);
    await send(member);
    await guessWrong(world, member, purpose, 5);
    world.pass({ seconds: 60 });
    await send(member);
    expect(await attemptsLeftAfterOneMore(member)).toBe(4);
    await guessWrong(world, member, purpose, 4);

    world.pass({ seconds: 60 });
    const retryAfter = DAY - 120;
    const again = await member.browser.post('/otp/send', { purpose });
    expectProblem(again, 'too_many_attempts', { retryAfter });
    expectProblem(await verify(member, world.outbox.codeFor(member.phone)), 'too_many_attempts', {
      retryAfter,
    });

    world.pass({ seconds: retryAfter - 1 });
    const tomorrow = { ...member, browser: await signedIn(world, member) };
    expectProblem(await tomorrow.browser.post('/otp/send', { purpose }), 'too_many_attempts', {
      retryAfter: 1,
    });
    world.pass({ seconds: 1 });
    await send(tomorrow);
    // Five of the day before count for one minute more.
    await guessWrong(world, tomorrow, purpose, 2);
    world.pass({ seconds: 59 });
    expect(await attemptsLeftAfterOneMore(tomorrow)).toBe(2);
    await guessWrong(world, tomorrow, purpose, 2);
    expectProblem(await tomorrow.browser.post('/otp/send', { purpose }), 'too_many_attempts', {
      retryAfter: 1,
    });
    world.pass({ seconds: 1 });
    await send(tomorrow);
    expect(await attemptsLeftAfterOneMore(tomorrow)).toBe(4);
  });

  test('are what is left of the day if that is less than the code allows', async () => {
    const member = await newMember(world);
    for (const expected of [2, 1, 0]) {
      await send(member);
      const { json } = await guessWrong(world, member, purpose, 3);
      expect(json.attemptsLeft).toBe(Math.min(2, 10 - 3 * (3 - expected)));
      world.pass({ seconds: 60 });
    }
    await send(member);
    expect((await member.browser.get('/account')).json.checks[0].attemptsLeft).toBe(1);
    expect(await attemptsLeftAfterOneMore(member)).toBe(0);
    expect((await verify(member, world.outbox.codeFor(member.phone))).json.code).toBe('too_many_attempts');
  });

  test('are not forgotten by a right code, by signing in again, or by using the check up', async () => {
    const member = await newMember(world);
    await send(member);
    await guessWrong(world, member, purpose, 4);
    await verify(member, world.outbox.codeFor(member.phone));
    const email = newAddress();
    await member.browser.post('/links/email/send', { email });
    const code = world.outbox.codeFor(email);
    const wrong = await member.browser.post('/links/email', { email, code: wrongCode(code) });
    expectProblem(wrong, 'code_wrong', { attemptsLeft: 4 });
    expect((await member.browser.post('/links/email', { email, code })).status).toBe(201);
    await member.browser.checkIdentity('unlink_email', member.phone);
    await member.browser.delete('/links/email');

    world.pass({ seconds: 60 });
    const again = { ...member, browser: await signedIn(world, member) };
    await send(again);
    await guessWrong(world, again, purpose, 3);
    expect(await attemptsLeftAfterOneMore(again)).toBe(1);
    expect(await attemptsLeftAfterOneMore(again)).toBe(0);
  });

  test('are of both steps together: SMS and mail', async () => {
    const member = await newMember(world);
    await send(member);
    await guessWrong(world, member, purpose, 4);
    world.pass({ seconds: 60 });
    await send(member);
    await guessWrong(world, member, purpose, 4);
    await verify(member, world.outbox.codeFor(member.phone));
    const email = newAddress();
    await member.browser.post('/links/email/send', { email });
    const right = world.outbox.codeFor(email);
    const guess = (code: string) => member.browser.post('/links/email', { email, code });
    expectProblem(await guess(wrongCode(right)), 'code_wrong', { attemptsLeft: 1 });
    expectProblem(await guess(wrongCode(right)), 'code_wrong', { attemptsLeft: 0 });
    expectProblem(await guess(right), 'too_many_attempts', { retryAfter: DAY - 60 });
    world.pass({ seconds: 60 });
    const mail = await member.browser.post('/links/email/send', { email });
    expectProblem(mail, 'too_many_attempts', { retryAfter: DAY - 120 });
  });

  test('are of one purpose: another has its own', async () => {
    const member = await newMember(world);
    for (let codes = 0; codes < 2; codes += 1) {
      await send(member);
      await guessWrong(world, member, purpose, 5);
      world.pass({ seconds: 60 });
    }
    expect((await member.browser.post('/otp/send', { purpose })).json.code).toBe('too_many_attempts');
    expect((await member.browser.checkIdentity('link_wechat', member.phone)).status).toBe(200);
  });

  test('send no SMS once they are spent', async () => {
    const member = await newMember(world);
    for (let codes = 0; codes < 2; codes += 1) {
      await send(member);
      await guessWrong(world, member, purpose, 5);
      world.pass({ seconds: 60 });
    }
    const sent = world.outbox.sent.length;
    await member.browser.post('/otp/send', { purpose });
    expect(world.outbox.sent).toHaveLength(sent);
  });
});
