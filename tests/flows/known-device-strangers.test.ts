import { describe, expect, test } from '@jest/globals';
import { sealDevice } from '../../lib/linking/device.ts';
import { deriveKeys } from '../../lib/linking/secrets.ts';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { tally, wrongCode } from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const {
  ask,
  enter,
  challengeFor,
  wrongFor,
  guessWrong,
  owned,
  spendGuesses,
  withCookie,
  cookieOf,
  deviceOf,
} = new SignInScenes(world);

describe('strangers', () => {
  test('get ten guesses a day between them, however many the owner’s browser makes of its own', async () => {
    const { email, known } = await owned();
    const own = await challengeFor(email, known);
    expect(tally(await guessWrong(email, own, 4, known))).toEqual({ code_wrong: 4 });
    world.pass({ seconds: 60 });
    const theirs = await challengeFor(email);
    expect(tally(await guessWrong(email, theirs, 4))).toEqual({ code_wrong: 4 });
    world.pass({ seconds: 60 });
    const second = await challengeFor(email);
    const replies = await guessWrong(email, second, 3);
    expect(tally(replies)).toEqual({ code_wrong: 2, too_many_attempts: 1 });
    expect(replies.map(({ json }) => json.attemptsLeft)).toEqual([1, 0, undefined]);
    expect(tally(await guessWrong(email, own, 2, known))).toEqual({ code_wrong: 1, too_many_attempts: 1 });
  });

  test('have none left once the owner’s browser has made ten', async () => {
    const { email, known } = await owned();
    const theirs = await challengeFor(email);
    for (let codes = 0; codes < 2; codes += 1) {
      const own = await challengeFor(email, known);
      expect(tally(await guessWrong(email, own, 5, known))).toEqual({ code_wrong: 5 });
      world.pass({ seconds: 60 });
    }
    expect(tally(await guessWrong(email, theirs, 1))).toEqual({ too_many_attempts: 1 });
  });

  test('get the codes of the address less those the owner’s browser asked for', async () => {
    const { email, known } = await owned();
    for (let sends = 0; sends < 3; sends += 1) {
      expect((await ask(email, known)).status).toBe(202);
      expectProblem(await ask(email), 'too_soon', { retryAfter: 60 });
      world.pass({ seconds: 60 });
    }
    for (let sends = 0; sends < 2; sends += 1) {
      expect((await ask(email)).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expectProblem(await ask(email), 'quota_exceeded', { retryAfter: 300 });
  });

  test('guess at the code of a known browser by their own budget, which does not spend its', async () => {
    const { email, known } = await owned();
    const challengeId = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    expect(tally(await guessWrong(email, challengeId, 2))).toEqual({ code_wrong: 2 });
    world.pass({ seconds: 60 });
    const theirs = await challengeFor(email);
    await guessWrong(email, theirs, 5);
    world.pass({ seconds: 60 });
    const second = await challengeFor(email);
    await guessWrong(email, second, 3);
    expect(tally([await enter(challengeId, code)])).toEqual({ too_many_attempts: 1 });
    expect((await enter(challengeId, wrongCode(code), known)).json).toMatchObject({ attemptsLeft: 2 });
    expect((await enter(challengeId, code, known)).status).toBe(200);
  });

  test('who asked for a code have it judged by their budget, whoever guesses', async () => {
    const { email, known } = await owned();
    const theirs = await challengeFor(email);
    world.pass({ seconds: 60 });
    await spendGuesses(email);
    expect(tally([await enter(theirs, wrongFor(email), known)])).toEqual({ too_many_attempts: 1 });
  });
});

describe('what is no cookie of a browser known to the address', () => {
  /** A locked address is entered by known browsers alone; everybody else is told the same. */
  async function expectNothingFrom(email: string, values: readonly string[]): Promise<void> {
    await spendGuesses(email);
    const stranger = await ask(email);
    for (const value of values) {
      const reply = await ask(email, withCookie(value));
      expectProblem(reply, 'too_many_attempts', { retryAfter: stranger.json.retryAfter });
      expect(reply.headers).toEqual(stranger.headers);
      expect(reply.setCookies).toEqual([]);
    }
  }

  test('gives nothing: tampered with, sealed by another key, made up, or empty', async () => {
    const { email, known } = await owned();
    const real = cookieOf(known);
    const device = deviceOf(known);
    const resealed = sealDevice(device, deriveKeys('another-key-of-at-least-32-characters-too'));
    const [id = '', ...rest] = real.split('.');
    const flipped = (real.startsWith('A') ? 'B' : 'A') + real.slice(1);
    await expectNothingFrom(email, [
      '',
      '.',
      id,
      `${id}.${rest.at(-1)}`,
      flipped,
      real.slice(0, -1),
      `${real}A`,
      `${real}.${real}`,
      real.toUpperCase(),
      [id, ...rest.slice(0, -1)].join('.'),
      [id, ...rest.slice(0, -1).toReversed(), rest.at(-1)].join('.'),
      real.replace(/~\d+/, '~9999999999'),
      resealed,
      '%E0%A4%A',
      '中文',
      '\u0000',
      'A'.repeat(8000),
    ]);
    expect((await known.signInByEmail(email)).status).toBe(200);
  });

  test('gives nothing: of another address, or of the same account by another way in', async () => {
    const { email, member, known } = await owned();
    const { known: another } = await owned();
    expect(deviceOf(member.browser).signIns).toHaveLength(1);
    await expectNothingFrom(email, [cookieOf(another), cookieOf(member.browser)]);
    expect((await known.signInByEmail(email)).status).toBe(200);
  });

  test('gives a thief no more than its browser has: they share one budget', async () => {
    const { email, known } = await owned();
    await spendGuesses(email);
    const thief = withCookie(cookieOf(known));
    const [first, second] = [await challengeFor(email, thief), await ask(email, known)];
    expectProblem(second, 'too_soon', { retryAfter: 60 });
    expect(tally(await guessWrong(email, first, 5, thief))).toEqual({ code_wrong: 5 });
    world.pass({ seconds: 60 });
    const own = await challengeFor(email, known);
    expect(tally(await guessWrong(email, own, 5, known))).toEqual({ code_wrong: 5 });
    world.pass({ seconds: 60 });
    for (const browser of [thief, known])
      expectProblem(await ask(email, browser), 'too_many_attempts', { retryAfter: expect.any(Number) });
  });

  test('gives no other browser the code that was asked for with it', async () => {
    const { known: another } = await owned();
    const { email, known } = await owned();
    const challengeId = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    world.pass({ seconds: 60 });
    await spendGuesses(email);
    expect(tally([await enter(challengeId, code, another)])).toEqual({ too_many_attempts: 1 });
    expect((await enter(challengeId, code, known)).status).toBe(200);
  });
});

describe('an address that has no account any more', () => {
  /** What can be seen from outside, and what is stored of it, less what is random and with times as they are from now. */
  async function seen(action: () => Promise<Reply>) {
    const before = await world.items();
    const { status, json, headers, setCookies } = await action();
    const stored = [...(await world.items())]
      .filter(([key, item]) => JSON.stringify(before.get(key)) !== JSON.stringify(item))
      .map(([key, item]) => [key.replace(/[A-Za-z0-9_-]{22}/g, '*'), Object.keys(item).sort()]);
    const { challengeId = '', sentTo: _masked, expiresAt, resendAt, ...said } = json;
    const times = [expiresAt, resendAt].map((at) => at && Date.parse(at) / 1000 - world.nowSeconds);
    return { status, said, times, idLength: challengeId.length, headers, setCookies, stored: stored.sort() };
  }

  test('is the same to a browser that knows it as one that opens an account: answers, headers, and what is stored', async () => {
    const [there, gone] = [await owned(), await owned()];
    await gone.member.browser.signInBy('qq', gone.member.who);
    await gone.member.browser.checkIdentity('unlink_email', gone.member.phone);
    expect((await gone.member.browser.delete('/links/email')).status).toBe(204);

    const shapes: unknown[][] = [];
    for (const { email, known } of [there, gone]) {
      const shape: unknown[] = [];
      for (let codes = 0; codes < 3; codes += 1) {
        let challengeId = '';
        shape.push(
          await seen(async () => {
            const reply = await ask(email, known);
            challengeId = reply.json.challengeId ?? challengeId;
            return reply;
          }),
        );
        shape.push(await seen(() => ask(email, known)));
        for (let guess = 0; guess < 6; guess += 1)
          shape.push(await seen(() => enter(challengeId, '000000', known)));
        world.pass({ seconds: 60 });
      }
      shapes.push(shape);
    }
    expect(shapes[1]).toEqual(shapes[0]);
  });
});
