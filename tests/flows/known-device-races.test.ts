import { describe, expect, test } from '@jest/globals';
import { sealDevice, withSignIn } from '../../lib/linking/device.ts';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { tally, times, wrongCode } from '../support/people.ts';
import { DAY, SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, enter, challengeFor, wrongFor, guessWrong, owned, spendGuesses, withCookie, deviceOf } =
  new SignInScenes(world);

describe('side by side', () => {
  test('100 guesses of a known browser: at most five are judged', async () => {
    const { email, known } = await owned();
    await spendGuesses(email);
    const challengeId = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    const replies = await times(100, (index) =>
      enter(challengeId, String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'), known),
    );
    expect(tally(replies)).toEqual({ code_wrong: 5, too_many_attempts: 95 });
    expect(tally([await enter(challengeId, code, known)])).toEqual({ too_many_attempts: 1 });
  });

  test('guesses at three codes of a known browser: no more than the ten of its day are judged', async () => {
    const { email, known } = await owned();
    const challenges: string[] = [];
    for (let codes = 0; codes < 3; codes += 1) {
      challenges.push(await challengeFor(email, known));
      world.pass({ seconds: 60 });
    }
    const wrong = wrongFor(email);
    const replies = await times(60, (index) => enter(challenges[index % 3] ?? '', wrong, known));
    expect(tally(replies)).toEqual({ code_wrong: 10, too_many_attempts: 50 });
  });

  test('100 right ones of a known browser: exactly one session', async () => {
    const { email, known } = await owned();
    await spendGuesses(email);
    const challengeId = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    const replies = await times(100, () => enter(challengeId, code, known));
    expect(tally(replies)).toEqual({ 200: 1, code_expired: 99 });
  });

  test('strangers and the owner: strangers get ten less what the owner guessed, and the owner gets in', async () => {
    const { email, known } = await owned();
    const theirs: string[] = [];
    for (let codes = 0; codes < 3; codes += 1) {
      theirs.push(await challengeFor(email));
      world.pass({ seconds: 60 });
    }
    const own = await challengeFor(email, known);
    const code = world.outbox.codeFor(email);
    const [strangers, owners] = await Promise.all([
      times(60, (index) => enter(theirs[index % 3] ?? '', wrongCode(code))),
      times(4, () => enter(own, wrongCode(code), known)),
    ]);
    expect(tally(owners)).toEqual({ code_wrong: 4 });
    const judged = tally(strangers)['code_wrong'] ?? 0;
    expect(judged).toBeGreaterThanOrEqual(6);
    expect(judged).toBeLessThanOrEqual(10);
    expect((await enter(own, code, known)).status).toBe(200);
  });

  test('codes asked for by strangers and the owner: each gets its own, and no more', async () => {
    const { email, known } = await owned();
    const [strangers, owners] = await Promise.all([
      times(20, () => ask(email)),
      times(20, () => ask(email, known)),
    ]);
    expect(tally(owners)).toEqual({ 202: 1, too_soon: 19 });
    expect(tally(strangers)[202] ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('very many browsers that are known to one address', () => {
  /** Somebody who had the address for a while, and signed in with all the browsers they could. */
  async function hoard(count: number) {
    const { email, known } = await owned();
    const device = deviceOf(known);
    const { keys } = world.dependencies;
    const marks = device.signIns.map(({ mark }) => [mark] as const);
    const browsers = Array.from({ length: count }, (_, index) => {
      const id = String(index).padStart(22, 'A') as typeof device.id;
      return withCookie(sealDevice(withSignIn({ id, signIns: [] }, marks, world.nowSeconds), keys));
    });
    return { email, browsers };
  }

  test('make fifty guesses in 24 hours between them', async () => {
    const { email, browsers } = await hoard(6);
    const judged: Record<string, number>[] = [];
    for (const browser of browsers) {
      const replies: Reply[] = [];
      for (let codes = 0; codes < 2; codes += 1) {
        const sent = await ask(email, browser);
        if (sent.status !== 202) replies.push(sent);
        else replies.push(...(await guessWrong(email, sent.json.challengeId, 5, browser)));
        world.pass({ seconds: 60 });
      }
      judged.push(tally(replies));
    }
    expect(judged).toEqual([...Array(5).fill({ code_wrong: 10 }), { too_many_attempts: 2 }]);
  });

  test('are sent a hundred codes in 24 hours between them', async () => {
    const { email, browsers } = await hoard(21);
    let sent = 0;
    let last: Reply | undefined;
    for (const browser of browsers) {
      for (let codes = 0; codes < 5; codes += 1) {
        last = await ask(email, browser);
        if (last.status === 202) sent += 1;
        world.pass({ seconds: 60 });
      }
    }
    expect(sent).toBe(100);
    expectProblem(last as Reply, 'quota_exceeded', { retryAfter: DAY - 104 * 60 });
    world.pass({ seconds: DAY - 105 * 60 });
    expect((await ask(email, browsers[0])).status).toBe(202);
  });
});
