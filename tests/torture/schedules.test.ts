import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Hindrance, Interleaving } from '../support/model/interleaving.ts';
import { ending, guessWhileSending, type Move, move, plans } from '../support/model/moves.ts';
import { CONTRACT, FEW_GUESSES, rules, settingsOf } from '../support/model/rules.ts';
import { SCENES } from '../support/model/scenes.ts';
import { Divergence, type Sent, Sequence } from '../support/model/sequence.ts';
import { Shared } from '../support/model/service.ts';
import { settled, type Wish, wishesOf } from '../support/model/settle.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { isFull, patience, scaled } from './scale.ts';

let shared: Shared;
beforeAll(async () => {
  shared = await Shared.of(await createWorld());
});

const hindrances = fc
  .array(
    fc.tuple(
      fc.nat(9),
      fc.constantFrom<Hindrance>('TransactionConflict', 'TransactionConflict', 'throttling'),
    ),
    { maxLength: 2 },
  )
  .map((list) => new Map(list));

const unhindered = fc.constant(new Map<number, Hindrance>());

/** How long it is since the requests before: long enough for another code, every now and then. */
const seconds = fc.constantFrom(0, 0, 1, 61);

/** Two or three at the same time; or the very same twice, as somebody who clicks again. */
const group = fc.oneof(
  { weight: 3, arbitrary: fc.array(move, { minLength: 2, maxLength: 3 }) },
  { weight: 1, arbitrary: move.map((once) => [once, once]) },
  // Somebody ends what others are about to use.
  { weight: 1, arbitrary: fc.tuple(move, move, ending) },
  { weight: 1, arbitrary: guessWhileSending },
);

const turns = fc.array(
  fc.oneof(
    fc.record({ seconds, moves: fc.tuple(move), hindered: unhindered }),
    fc.record({ seconds, moves: group, hindered: fc.oneof(unhindered, hindrances) }),
  ),
  { minLength: 8, maxLength: 16, size: 'max' },
);

interface Turn {
  readonly seconds: number;
  readonly moves: readonly Move[];
  readonly hindered: ReadonlyMap<number, Hindrance>;
}

async function take(
  sequence: Sequence,
  { seconds: passing, moves, hindered }: Turn,
  interleaving: Interleaving,
  wishes: readonly Wish[][],
): Promise<void> {
  if (passing > 0) await sequence.happens({ happens: 'time passes', seconds: passing });
  const sent: Sent[] = [];
  for (const next of moves) {
    const what = settled(next, sequence, wishes);
    if ('happens' in what) await sequence.happens(what);
    else sent.push({ command: what, surroundings: { onTheWire: interleaving.gate(sent.length, hindered) } });
  }
  if (sent.length === 0) return;
  await sequence.send(sent, interleaving.together);
  if (sent.length > 1) await sequence.lookAtAll();
}

/** What the service did to requests, and nothing explains. */
let [ran, unexplained] = [0, 0];

/** Counts what diverges, as what it is. */
async function counting(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Divergence) unexplained += 1;
    throw error;
  }
}

/** Anything at all, as in the other sequences, but several at the same time. */
const anything = fc.asyncProperty(fc.scheduler(), rules, plans, turns, (scheduler, given, planned, taken) =>
  counting(async () => {
    const sequence = await Sequence.begin(shared, settingsOf(given), given);
    await sequence.enterTwo();
    const interleaving = new Interleaving(scheduler);
    const wishes = wishesOf(planned);
    for (const turn of taken) await take(sequence, turn, interleaving, wishes);
    ran += taken.filter(({ moves }) => moves.length > 1).length;
  }),
);

/** Where much can happen at once, some of it does; and then some more. */
const inScenes = fc.asyncProperty(
  fc.scheduler(),
  fc.constantFrom(CONTRACT, FEW_GUESSES),
  fc.constantFrom(...Object.keys(SCENES)),
  fc.array(
    fc.record({
      picks: fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 3 }),
      hindered: fc.oneof(unhindered, hindrances),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  (scheduler, given, name, groups) =>
    counting(async () => {
      const sequence = await Sequence.begin(shared, settingsOf(given), given);
      await sequence.enterTwo();
      const commands = (await SCENES[name]?.(sequence)) ?? [];
      const interleaving = new Interleaving(scheduler);
      for (const { picks, hindered } of groups) {
        const sent = picks.flatMap((pick) => commands[pick % commands.length] ?? []);
        await sequence.send(
          sent.map((command, index) => ({
            command,
            surroundings: { onTheWire: interleaving.gate(index, hindered) },
          })),
          interleaving.together,
        );
        await sequence.lookAtAll();
        ran += 1;
      }
    }),
);

/** Sequences know nothing of each other, so several run at the same time. */
const LANES = 6;

async function assertInLanes<Values>(property: fc.IAsyncProperty<Values>, runs: number): Promise<void> {
  const lanes = Array.from({ length: LANES }, () =>
    fc.assert(property, { numRuns: Math.ceil(runs / LANES), endOnFailure: !isFull }),
  );
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

describe('however the calls of requests at the same time interleave, all comes to what some order of them would', () => {
  test('whatever they are', () => assertInLanes(anything, scaled({ short: 12, full: 2000 })), patience);

  test(
    'where they get in each other’s way',
    () => assertInLanes(inScenes, scaled({ short: 30, full: 5000 })),
    patience,
  );

  test('and there was something to decide', () => {
    expect(Interleaving.decisions).toBeGreaterThan(ran);
    expect(unexplained).toBe(0);
  });
});

afterAll(() =>
  figure({
    row: 'groups of requests whose single DynamoDB calls were interleaved, outcomes that no order explains',
    mustBe: 'as many as are run, 0',
    value: `${ran} with ${Interleaving.decisions} decisions, ${unexplained}`,
  }),
);
