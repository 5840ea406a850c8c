import { describe, expect, test } from '@jest/globals';
import { formatChallengeId } from '../../lib/linking/sign-in.ts';
import { expectProblem } from '../support/contract.ts';
import { newAddress, newPerson } from '../support/people.ts';
import { DAY, SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, enter, challengeFor, wrongFor } = new SignInScenes(world);

describe.each(['known', 'unknown'])('an address that is %s', (kind) => {
  const address = async () =>
    kind === 'known' ? (await newPerson(world, { links: ['email'] })).address : newAddress();

  test('has five guesses a code', async () => {
    const email = await address();
    const challengeId = await challengeFor(email);
    const left = [];
    for (let guess = 0; guess < 5; guess += 1)
      left.push((await enter(challengeId, wrongFor(email))).json.attemptsLeft);
    expect(left).toEqual([4, 3, 2, 1, 0]);
    world.pass({ seconds: 15 });
    expectProblem(await enter(challengeId, wrongFor(email)), 'too_many_attempts', { retryAfter: 45 });
  });

  test('has ten wrong guesses in 24 hours over all its challenges, in turn or side by side, to the second', async () => {
    const email = await address();
    const first = await challengeFor(email);
    for (let guess = 0; guess < 4; guess += 1) await enter(first, wrongFor(email));
    world.pass({ seconds: 60 });
    const second = await challengeFor(email);
    for (let guess = 0; guess < 4; guess += 1) await enter(second, wrongFor(email));
    expectProblem(await enter(first, '000000'), 'code_wrong', { attemptsLeft: 0 });
    expectProblem(await enter(second, wrongFor(email)), 'code_wrong', { attemptsLeft: 0 });

    const retryAfter = DAY - 60;
    const right = world.outbox.sent.find(({ to }) => to === email)?.code ?? '123456';
    expectProblem(await enter(second, right), 'too_many_attempts', { retryAfter });
    expectProblem(await ask(email), 'too_many_attempts', { retryAfter });
    world.pass({ seconds: retryAfter - 1 });
    expectProblem(await ask(email), 'too_many_attempts', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    const third = await challengeFor(email);
    expectProblem(await enter(third, wrongFor(email)), 'code_wrong', { attemptsLeft: 3 });
  });

  test('has a resend interval of a minute, for all who ask together, and five codes in ten minutes', async () => {
    const email = await address();
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await ask(email)).status).toBe(202);
      expectProblem(await ask(email.toUpperCase()), 'too_soon', { retryAfter: 60 });
      world.pass({ seconds: 59 });
      expectProblem(await ask(email), 'too_soon', { retryAfter: 1 });
      world.pass({ seconds: 1 });
    }
    expectProblem(await ask(email), 'quota_exceeded', { retryAfter: 300 });
    world.pass({ seconds: 300 });
    expect((await ask(email)).status).toBe(202);
  });

  test('has twenty codes in 24 hours', async () => {
    const email = await address();
    for (let sends = 0; sends < 20; sends += 1) {
      expect((await ask(email)).status).toBe(202);
      world.pass({ seconds: 200 });
    }
    expectProblem(await ask(email), 'quota_exceeded', { retryAfter: DAY - 4000 });
  });
});

test('a code that came late spends no more guesses than were made before it', async () => {
  const { address: email } = await newPerson(world, { links: ['email'] });
  const { challengeId } = (await ask(email)).json;
  expectProblem(await enter(challengeId, '123456'), 'code_wrong', { attemptsLeft: 4 });
  await world.deliverStream();
  expectProblem(await enter(challengeId, wrongFor(email)), 'code_wrong', { attemptsLeft: 3 });
  expect((await enter(challengeId, world.outbox.codeFor(email))).status).toBe(200);
});

test('a right code does not give back the day’s wrong guesses', async () => {
  const { address: email } = await newPerson(world, { links: ['email'] });
  for (let codes = 0; codes < 2; codes += 1) {
    const challengeId = await challengeFor(email);
    for (let guess = 0; guess < 4; guess += 1) await enter(challengeId, wrongFor(email));
    expect((await enter(challengeId, world.outbox.codeFor(email))).status).toBe(200);
    world.pass({ seconds: 60 });
  }
  const challengeId = await challengeFor(email);
  expectProblem(await enter(challengeId, wrongFor(email)), 'code_wrong', { attemptsLeft: 1 });
});

test('the budgets of one address are not those of another', async () => {
  const [one, two] = [newAddress(), newAddress()];
  const challengeId = await challengeFor(one);
  for (let guess = 0; guess < 5; guess += 1) await enter(challengeId, '123456');
  const other = await challengeFor(two);
  expectProblem(await enter(other, '123456'), 'code_wrong', { attemptsLeft: 4 });
});

test('a challenge there is not, or that has expired, spends nothing', async () => {
  const email = newAddress();
  const challengeId = await challengeFor(email);
  const ref = { addressKey: challengeId.slice(0, 22), id: 'A'.repeat(22) };
  const unknown = formatChallengeId(world.dependencies.keys, ref);
  for (let guess = 0; guess < 12; guess += 1) expectProblem(await enter(unknown, '123456'), 'code_expired');
  expectProblem(await enter(challengeId, '123456'), 'code_wrong', { attemptsLeft: 4 });
  world.pass({ seconds: 600 });
  for (let guess = 0; guess < 12; guess += 1)
    expectProblem(await enter(challengeId, '123456'), 'code_expired');
  expect((await ask(email)).status).toBe(202);
});
