import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { halfDone, inspect, itemsOf } from '../support/inspect.ts';
import { newMember, newPerson, type Person, tally, times } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { AT_ONCE, countRounds, MANY_SENDS } from './rounds.ts';
import { patience, scaled } from './scale.ts';

const purpose = 'link_email';

let world: World;
beforeAll(async () => {
  world = await createWorld(MANY_SENDS);
});

/** One code that waits to be confirmed. */
interface Waiting {
  readonly person: Person;
  readonly links: ('email' | 'wechat')[];
  readonly confirm: () => Promise<Reply>;
}

interface Confirmation {
  readonly prepare: () => Promise<Waiting>;
  /** What the one is answered. */
  readonly succeeds: string;
  /** What the others may be. */
  readonly others: readonly string[];
  /** What the one that succeeded has left. */
  readonly leaves: (person: Person) => Promise<unknown>;
  readonly mustLeave: unknown;
}

async function countOf({ accountId }: Person, kind: string): Promise<number> {
  const items = await itemsOf(world, `ACCOUNT#${accountId}`);
  return items.filter(({ sk }) => String(sk).startsWith(kind)).length;
}

const CONFIRMATIONS: Record<string, Confirmation> = {
  'a code by SMS': {
    async prepare() {
      const person = await newMember(world);
      const { browser } = person;
      await browser.post('/otp/send', { purpose });
      const code = world.outbox.codeFor(person.phone);
      return { person, links: [], confirm: () => browser.post('/otp/verify', { purpose, code }) };
    },
    succeeds: '200',
    others: ['code_expired'],
    async leaves(person) {
      const check = (await inspect(world, person)).checks.get(purpose);
      return { code: check?.code, isOpen: (check?.verifiedUntil ?? 0) > world.nowSeconds };
    },
    mustLeave: { code: undefined, isOpen: true },
  },
  'a code by mail': {
    async prepare() {
      const person = await newMember(world);
      const { browser } = person;
      await browser.checkIdentity(purpose, person.phone);
      await browser.post('/links/email/send', { email: person.address });
      const guess = { email: person.address, code: world.outbox.codeFor(person.address) };
      return { person, links: [], confirm: () => browser.post('/links/email', guess) };
    },
    succeeds: '201',
    // A read by keys is no snapshot: who sees nothing linked yet and the check used up is told of the check.
    others: ['already_linked', 'identity_check_required'],
    async leaves(person) {
      const { methods, claims, events } = await inspect(world, person);
      const claim = claims.get(`email ${person.address}`);
      return {
        isOwn: claim?.accountId === person.accountId && claim.methodId === methods.get('email')?.methodId,
        told: events.filter(({ type }) => type === 'linked').length,
      };
    },
    mustLeave: { isOwn: true, told: 1 },
  },
  'a sign-in code': {
    async prepare() {
      const person = await newPerson(world, { links: ['email'] });
      const { json } = await world.browser().post('/sign-in/email/send', { email: person.address });
      await world.deliverStream();
      const guess = { challengeId: json.challengeId, code: world.outbox.codeFor(person.address) };
      return { person, links: ['email'], confirm: () => world.browser().post('/sign-in/email', guess) };
    },
    succeeds: '200',
    others: ['code_expired'],
    async leaves(person) {
      return { sessions: await countOf(person, 'SESSION#'), told: await countOf(person, 'EVENT#') };
    },
    mustLeave: { sessions: 1, told: 1 },
  },
};

const kinds = Object.entries(CONFIRMATIONS);
const rounds = scaled({ short: 1, full: Math.ceil(1000 / kinds.length) });
let right = 0;
let ran = 0;

test.each(kinds)(
  `${AT_ONCE} parallel right confirmations of %s: exactly one success, and the end is whole`,
  async (_kind, { prepare, succeeds, others, leaves, mustLeave }) => {
    const found = await countRounds(world, rounds, async () => {
      const { person, links, confirm } = await prepare();
      const answers = tally(await times(AT_ONCE, confirm));
      const left = await leaves(person);
      const half = halfDone(await inspect(world, person), links);
      const result = { answers, left, half };
      return {
        isRight:
          answers[succeeds] === 1 &&
          Object.keys(answers).every((answer) => [succeeds, ...others].includes(answer)) &&
          isDeepStrictEqual({ left, half }, { left: mustLeave, half: [] }),
        result,
      };
    });
    right += found.right;
    ran += rounds;
    expect(found).toEqual({ right: rounds, wrong: undefined });
  },
  patience,
);

afterAll(() =>
  figure({
    row: 'parallel right confirmations of one code, 100 at once, 1,000 rounds',
    mustBe: 'exactly 1 success each',
    value: `exactly 1 success in ${right} of ${ran}`,
  }),
);
