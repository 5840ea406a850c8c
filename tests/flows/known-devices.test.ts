import { describe, expect, test } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { newMember, tally } from '../support/people.ts';
import { DAY, DEVICE_COOKIE, SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, enter, challengeFor, wrongFor, guessWrong, owned, spendGuesses, cookieOf, deviceOf } =
  new SignInScenes(world);

describe('the cookie of a device', () => {
  const given = ({ setCookies }: Reply) =>
    setCookies.map((line) => parseSetCookie(line)).find(({ name }) => name === DEVICE_COOKIE);

  test('comes with each sign-in, by every way in: __Host-, Secure, HttpOnly, Lax, for 180 days', async () => {
    const { address, who } = await newMember(world, { links: ['email'] });
    const replies = [
      await world.browser().signInByEmail(address),
      await world.browser().signInBy('qq', who),
      await world.browser().signInBy('wechat', 'hua'),
    ];
    for (const reply of replies)
      expect(given(reply)).toEqual({
        name: DEVICE_COOKIE,
        value: expect.stringMatching(/^[A-Za-z0-9._~-]+$/),
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
        maxAge: 15_552_000,
      });
  });

  test('is renewed by the next sign-in, and stays the same device’s', async () => {
    const { email, known } = await owned();
    const before = deviceOf(known);
    const renewed = await known.signInByEmail(email);
    expect(given(renewed)?.maxAge).toBe(15_552_000);
    expect(deviceOf(known).id).toBe(before.id);
    expect(deviceOf(known).signIns).toEqual(
      before.signIns.map((signIn) => ({ ...signIn, at: world.nowSeconds })),
    );
    await known.signInBy('wechat', 'hua');
    expect(deviceOf(known).id).toBe(before.id);
    expect(deviceOf(known).signIns).toHaveLength(3);
  });

  test('comes with nothing else: not with a code that is sent, a wrong guess, or a refusal', async () => {
    const { email, known } = await owned();
    for (const browser of [known, world.browser()]) {
      const sent = await ask(email, browser);
      await world.deliverStream();
      const wrong = await enter(sent.json.challengeId, wrongFor(email), browser);
      const refused = await browser.signInBy('wechat', 'lin');
      for (const reply of [sent, wrong, refused]) expect(given(reply)).toBeUndefined();
    }
  });

  test('stays when its session is signed out', async () => {
    const { email, known } = await owned();
    await known.signInByEmail(email);
    const before = cookieOf(known);
    const out = await known.delete('/session');
    expect(given(out)).toBeUndefined();
    expect(cookieOf(known)).toBe(before);
  });

  test('is not stored, and opens no account by itself', async () => {
    const { email, known } = await owned();
    await ask(email, known);
    const stored = JSON.stringify([...(await world.items())]);
    for (const part of cookieOf(known)
      .split(/[.~]/)
      .slice(1)
      .filter((text) => text.length > 20))
      expect(stored).not.toContain(part);
    expectProblem(await known.get('/account'), 'not_signed_in');
  });
});

describe('a browser that has signed in to an address before', () => {
  test('signs in when strangers have spent the guesses of the address', async () => {
    const { email, known } = await owned();
    await spendGuesses(email);
    const challengeId = await challengeFor(email, known);
    expect((await enter(challengeId, world.outbox.codeFor(email), known)).status).toBe(200);
  });

  test('signs in when strangers guess while its own code waits', async () => {
    const { email, known } = await owned();
    const challengeId = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    world.pass({ seconds: 60 });
    await spendGuesses(email);
    expect((await enter(challengeId, code, known)).status).toBe(200);
  });

  test('signs in when strangers have spent the codes of the address, and waits for none of their intervals', async () => {
    const { email, known } = await owned();
    for (let sends = 0; sends < 20; sends += 1) {
      expect((await ask(email)).status).toBe(202);
      world.pass({ seconds: 200 });
    }
    expectProblem(await ask(email), 'quota_exceeded', { retryAfter: expect.any(Number) });
    // The strangers' mail comes first, so that the newest code is the owner's.
    await world.deliverStream();
    expect((await known.signInByEmail(email)).status).toBe(200);

    const { email: another, known: theirs } = await owned();
    expect((await ask(another)).status).toBe(202);
    expectProblem(await ask(another), 'too_soon', { retryAfter: 60 });
    await world.deliverStream();
    expect((await theirs.signInByEmail(another)).status).toBe(200);
  });

  test('has five guesses a code and ten a day of its own, to the second', async () => {
    const { email, known } = await owned();
    await spendGuesses(email);
    const first = await challengeFor(email, known);
    const begun = world.nowSeconds;
    const replies = await guessWrong(email, first, 6, known);
    expect(replies.map(({ json }) => json.attemptsLeft)).toEqual([4, 3, 2, 1, 0, undefined]);
    expect(tally(replies)).toEqual({ code_wrong: 5, too_many_attempts: 1 });
    world.pass({ seconds: 60 });
    const second = await challengeFor(email, known);
    expect(tally(await guessWrong(email, second, 5, known))).toEqual({ code_wrong: 5 });
    world.pass({ seconds: 60 });

    const retryAfter = begun + DAY - world.nowSeconds;
    expectProblem(await ask(email, known), 'too_many_attempts', { retryAfter });
    const right = world.outbox.codeFor(email);
    expectProblem(await enter(second, right, known), 'too_many_attempts', { retryAfter });
    world.pass({ seconds: retryAfter - 1 });
    expectProblem(await ask(email, known), 'too_many_attempts', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    expect((await known.signInByEmail(email)).status).toBe(200);
  });

  test('has a resend interval, five codes in ten minutes and twenty a day of its own', async () => {
    const { email, known } = await owned();
    for (let sends = 0; sends < 5; sends += 1) {
      expect((await ask(email, known)).status).toBe(202);
      expectProblem(await ask(email, known), 'too_soon', { retryAfter: 60 });
      world.pass({ seconds: 60 });
    }
    expectProblem(await ask(email, known), 'quota_exceeded', { retryAfter: 300 });
    world.pass({ seconds: 300 });
    for (let sends = 0; sends < 15; sends += 1) {
      expect((await ask(email, known)).status).toBe(202);
      world.pass({ seconds: 200 });
    }
    expectProblem(await ask(email, known), 'quota_exceeded', { retryAfter: DAY - 600 - 3000 });
  });

  test('is one of several, each with a budget of its own', async () => {
    const { email, known } = await owned();
    const other = world.browser();
    expect((await other.signInByEmail(email)).status).toBe(200);
    world.pass({ seconds: DAY });
    for (let codes = 0; codes < 2; codes += 1) {
      const challengeId = await challengeFor(email, other);
      await guessWrong(email, challengeId, 5, other);
      world.pass({ seconds: 60 });
    }
    expectProblem(await ask(email, other), 'too_many_attempts', { retryAfter: expect.any(Number) });
    expect((await known.signInByEmail(email)).status).toBe(200);
  });

  test('is forgotten 180 days after it last signed in, to the second', async () => {
    const { email, known } = await owned();
    world.pass({ seconds: 179 * DAY - 200 });
    await spendGuesses(email);
    world.pass({ seconds: 79 });
    expect((await ask(email, known)).status).toBe(202);
    world.pass({ seconds: 1 });
    expectProblem(await ask(email, known), 'too_many_attempts', { retryAfter: expect.any(Number) });
  });
});
