import { afterAll, describe, expect, test } from '@jest/globals';
import { pseudonym } from '../../lib/linking/secrets.ts';
import { expectProblem } from '../support/contract.ts';
import { newAddress, newMember, newPerson, tally, times } from '../support/people.ts';
import { DAY, SignInScenes } from '../support/sign-in-scenes.ts';
import { TableStream } from '../support/stream.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, challengeFor, enter, guessWrong, owned, spendGuesses, wrongFor } = new SignInScenes(world);
const stream = new TableStream(world.client, world.table.name, world.endpoint);
afterAll(() => stream.close());

const keyOf = (email: string) =>
  `SIGNIN#${pseudonym(world.dependencies.keys.current.pseudonyms, 'email', email)}`;

/** What is stored of the wrong guesses at an address, for the function on the table's stream to see. */
async function failuresAt(email: string) {
  const item = (await world.items()).get(`${keyOf(email)}/FAILURES`);
  return { lockedAt: item?.['lockedAt'], address: item?.['address'] };
}

/** When the stream told of a lock of the address since the last time: where `lockedAt` became another. */
async function locksTold(email: string): Promise<number[]> {
  return (await stream.read()).flatMap(({ dynamodb }) => {
    const { Keys, NewImage, OldImage } = dynamodb ?? {};
    if (Keys?.['pk']?.S !== keyOf(email) || Keys?.['sk']?.S !== 'FAILURES') return [];
    const [now, before] = [NewImage?.['lockedAt']?.N, OldImage?.['lockedAt']?.N];
    return now === undefined || now === before ? [] : [Number(now)];
  });
}

const NOTHING = { lockedAt: undefined, address: undefined };

describe.each(['known', 'unknown'])('an address that is %s', (kind) => {
  const address = async () =>
    kind === 'known' ? (await newPerson(world, { links: ['email'] })).address : newAddress();

  async function spendFive(email: string): Promise<void> {
    const challengeId = await challengeFor(email);
    expect(tally(await guessWrong(email, challengeId, 5))).toEqual({ code_wrong: 5 });
  }

  test('is locked by the guess that spends its budget, and by none before', async () => {
    const email = await address();
    await spendFive(email);
    world.pass({ seconds: 60 });
    const challengeId = await challengeFor(email);
    await guessWrong(email, challengeId, 4);
    expect(await failuresAt(email)).toEqual(NOTHING);
    expect(await locksTold(email)).toEqual([]);
    await guessWrong(email, challengeId, 1);
    expect(await failuresAt(email)).toEqual({ lockedAt: world.nowSeconds, address: email });
    expect(await locksTold(email)).toEqual([world.nowSeconds]);
  });

  test('is reported as locked once in any 24 hours, however often its budget is spent', async () => {
    const email = await address();
    await spendFive(email);
    world.pass({ seconds: DAY / 2 });
    await spendFive(email);
    const first = world.nowSeconds;
    world.pass({ seconds: DAY / 2 });
    await spendFive(email);
    expect(await failuresAt(email)).toEqual({ lockedAt: first, address: email });
    world.pass({ seconds: DAY / 2 - 1 });
    expectProblem(await ask(email), 'too_many_attempts', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    await spendFive(email);
    expect(await failuresAt(email)).toEqual({ lockedAt: first + DAY, address: email });
    expect(await locksTold(email)).toEqual([first, first + DAY]);
  });

  test('is reported as locked once by guesses side by side', async () => {
    const email = await address();
    const challenges: string[] = [];
    for (let codes = 0; codes < 3; codes += 1) {
      challenges.push(await challengeFor(email));
      world.pass({ seconds: 60 });
    }
    const wrong = wrongFor(email);
    const replies = await times(60, (index) => enter(challenges[index % 3] ?? '', wrong));
    expect(tally(replies)).toEqual({ code_wrong: 10, too_many_attempts: 50 });
    expect(await locksTold(email)).toEqual([world.nowSeconds]);
  });
});

describe('a browser that is known to the address', () => {
  test('locks it for all others by its own guesses, which is reported once though it goes on', async () => {
    const { email, known } = await owned();
    const theirs = await challengeFor(email);
    await guessWrong(email, theirs, 5);
    const own = await challengeFor(email, known);
    await guessWrong(email, own, 4, known);
    expect(await failuresAt(email)).toEqual(NOTHING);
    await guessWrong(email, own, 1, known);
    const first = world.nowSeconds;
    expect(await failuresAt(email)).toEqual({ lockedAt: first, address: email });
    world.pass({ seconds: 60 });
    const second = await challengeFor(email, known);
    expect(tally(await guessWrong(email, second, 5, known))).toEqual({ code_wrong: 5 });
    expect(await failuresAt(email)).toEqual({ lockedAt: first, address: email });
    expect(await locksTold(email)).toEqual([first]);
  });

  test('does not lock it if only its own budget is spent, and not that of the address', async () => {
    const { email, known } = await owned();
    world.pass({ seconds: 60 });
    const own = await challengeFor(email, known);
    await guessWrong(email, own, 5, known);
    const items = [...(await world.items())].filter(([key]) => key.startsWith(`${keyOf(email)}/DEVICE#`));
    expect(items).toHaveLength(1);
    expect(items[0]?.[1]).toMatchObject({ expiresAt: world.nowSeconds + DAY });
    expect(items[0]?.[1]).not.toHaveProperty('address');
    expect(await failuresAt(email)).toEqual(NOTHING);
  });
});

test('a locked address is entered by the other methods of its account, from any browser', async () => {
  const { accountId, address, who } = await newMember(world, { links: ['email', 'wechat'] });
  await spendGuesses(address);
  for (const provider of ['wechat', 'qq'] as const) {
    const browser = world.browser();
    expect((await browser.signInBy(provider, who)).result).toBe('signed_in');
    expect((await browser.get('/account')).json.accountId).toBe(accountId);
  }
});
