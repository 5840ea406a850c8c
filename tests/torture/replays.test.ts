import { beforeAll, expect, test } from '@jest/globals';
import { saying } from '../support/people.ts';
import { readsQueriesAsItIs } from '../support/real-queries.ts';
import { REPLAY_KINDS, type Used } from '../support/replay-kinds.ts';
import { countWrites } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { forget } from './rounds.ts';
import { isFull, patience, scaled } from './scale.ts';

let world: World;
let writes: { readonly count: number };
beforeAll(async () => {
  world = await createWorld();
  readsQueriesAsItIs(world);
  writes = countWrites(world);
});

/** What a replay may be told. That a code is wrong is not among it: a guess was judged then. */
const REFUSALS = [
  'not_signed_in',
  'not_linked',
  'already_linked',
  'identity_check_required',
  'code_expired',
  'state_invalid',
  'undo_expired',
];

type Sending = () => ReturnType<Used['replays'][number]>;

async function followStream(): Promise<void> {
  await world.deliverStream();
  await world.notifyOwners();
}

/** Sends everything once, all together or one by one. @returns what had an effect */
async function effectsOf(
  sendings: readonly Sending[],
  { together }: { together: boolean },
): Promise<string[]> {
  // What the first use brought about is on the stream, and none of the replays' doing.
  await followStream();
  const [written, sent] = [writes.count, world.outbox.sent.length];
  const replies = together ? await Promise.all(sendings.map((send) => send())) : [];
  if (!together) for (const send of sendings) replies.push(await send());
  await followStream();
  // Any browser is given a token for its flows, which is no one's yet.
  const cookies = ({ setCookies }: (typeof replies)[number]) =>
    setCookies.filter((line) => !line.startsWith('__Host-browser='));
  const effects = replies.filter((reply) => !REFUSALS.includes(saying(reply)) || cookies(reply).length > 0);
  return [
    ...effects.map(saying),
    ...Array<string>(writes.count - written).fill('a write'),
    ...Array<string>(world.outbox.sent.length - sent).fill('a message'),
  ];
}

const KINDS = Object.entries(REPLAY_KINDS);

test(
  'nothing that is good once has any effect a second time, whoever sends it, when, and how often at once',
  async () => {
    const total = scaled({ short: 160, full: 10_000 });
    const effects: string[] = [];
    let made = 0;
    for (let round = 0; made < total; round += 1) {
      const [name, use] = KINDS[round % KINDS.length] as (typeof KINDS)[number];
      const { first, browsers, replays } = await use(world);
      expect(['200', '201', '204', 'linked', 'signed_in']).toContain(saying(first));
      const each = browsers.flatMap((by) => replays.map((replay) => () => replay(by)));
      for (const together of isFull ? [true, false] : [round % 2 === 0]) {
        const sendings = each.slice(0, total - made);
        made += sendings.length;
        const found = await effectsOf(sendings, { together });
        effects.push(...found.map((effect) => `${name}: ${effect}`));
        world.pass({ seconds: 61 });
      }
      forget(world);
    }
    await figure({
      row: 'replays of a code, state, proof, cookie, undo link that had an effect',
      mustBe: '0 of 10,000',
      value: `${effects.length} of ${made.toLocaleString('en')}`,
    });
    expect(effects).toEqual([]);
  },
  patience,
);
