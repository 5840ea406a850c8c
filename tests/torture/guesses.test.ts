import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Browser, Reply } from '../support/browser.ts';
import { newPerson, type Person, saying, signedIn, times, wrongCode } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { forget, MANY_SENDS } from './rounds.ts';
import { isFull, patience, scaled } from './scale.ts';

const DAY = 86_400;
const CODES = 10 ** 6;
const SESSIONS = 3;

let world: World;
beforeAll(async () => {
  world = await createWorld({ ...MANY_SENDS, RESEND_SECONDS: '60' });
});

/** What somebody who guesses may do next, in whichever of their browsers. */
type Move =
  | { readonly kind: 'guess'; readonly browser: number; readonly many: number; readonly older: number }
  | { readonly kind: 'send'; readonly browser: number }
  | { readonly kind: 'go on'; readonly browser: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const browser = fc.nat(SESSIONS - 1);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('guess' as const),
      browser,
      many: fc.integer({ min: 1, max: 12 }),
      older: fc.nat(3),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), browser }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('go on' as const), browser }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      // An interval, a code's life, a check's, an idle session's, and up to a day less a second.
      seconds: fc.constantFrom(60, 60, 60, 61, 301, 600, 3601, 6 * 3600, DAY / 2, DAY - 60, DAY - 1),
    }),
  },
);

/** Guesses that were judged, and at which code. */
class Ledger {
  private readonly times: number[] = [];
  private readonly codes = new Map<string, number>();

  note(code: string, at: number, replies: readonly Reply[]): void {
    const judged = replies.filter((reply) => saying(reply) === 'code_wrong').length;
    this.times.push(...Array<number>(judged).fill(at));
    this.codes.set(code, (this.codes.get(code) ?? 0) + judged);
  }

  get perCode(): number {
    return Math.max(0, ...this.codes.values());
  }

  /** The most in any 24 hours, wherever they begin. */
  get perDay(): number {
    const within = (from: number) => this.times.filter((at) => at >= from && at < from + DAY).length;
    return Math.max(0, ...this.times.map(within));
  }
}

/** Somebody who does all there is to do to be judged once more. None of the guesses is right. */
interface Guesser {
  readonly ledger: Ledger;
  readonly make: (move: Exclude<Move, { kind: 'wait' }>) => Promise<void>;
}

const PURPOSE = 'link_email';

/** Guesses at the codes of one account and purpose, by SMS and by mail, in sessions that share them. */
async function atAnAccount(): Promise<Guesser> {
  const person = await newPerson(world);
  const sessions: Browser[] = [];
  const ledger = new Ledger();
  let mailed: string | undefined;
  const session = async (index: number): Promise<Browser> => {
    const known = sessions[index];
    if (known && (await known.get('/account')).status === 200) return known;
    const anew = await signedIn(world, person);
    sessions[index] = anew;
    return anew;
  };
  const newest = (to: string) => world.outbox.sent.find((sent) => sent.to === to)?.code ?? '000000';
  return {
    ledger,
    async make(next) {
      const at = await session(next.browser);
      if (next.kind === 'send') await at.post('/otp/send', { purpose: PURPOSE });
      if (next.kind === 'go on') {
        await at.post('/otp/verify', { purpose: PURPOSE, code: newest(person.phone) });
        const sent = await at.post('/links/email/send', { email: person.address });
        if (sent.status === 202) mailed = person.address;
      }
      if (next.kind !== 'guess') return;
      const [sms, mail] = [newest(person.phone), newest(person.address)];
      const bySms = await times(next.many, (index) =>
        at.post('/otp/verify', { purpose: PURPOSE, code: wrongCode(sms, index + 1) }),
      );
      ledger.note(`sms ${sms}`, world.nowSeconds, bySms);
      if (mailed === undefined) return;
      const byMail = await times(next.many, (index) =>
        at.post('/links/email', { email: person.address, code: wrongCode(mail, index + 1) }),
      );
      ledger.note(`mail ${mail}`, world.nowSeconds, byMail);
    },
  };
}

/** Guesses at the sign-in codes of one address, at any that was ever asked for, in browsers that have never been there. */
async function atAnAddress(isKnown: boolean): Promise<Guesser> {
  const person: Person = await newPerson(world, { links: isKnown ? ['email'] : [] });
  const challenges: { id: string; code: string }[] = [];
  const ledger = new Ledger();
  return {
    ledger,
    async make(next) {
      const stranger = world.browser();
      if (next.kind !== 'guess') {
        const { status, json } = await stranger.post('/sign-in/email/send', { email: person.address });
        if (status !== 202) return;
        await world.deliverStream();
        const sent = world.outbox.sent.find(({ to }) => to === person.address);
        challenges.unshift({ id: json.challengeId, code: sent?.code ?? '000000' });
        return;
      }
      const challenge = challenges[next.older % (challenges.length || 1)];
      if (challenge === undefined) return;
      const { id, code } = challenge;
      const replies = await times(next.many, (index) =>
        world.browser().post('/sign-in/email', { challengeId: id, code: wrongCode(code, index + 1) }),
      );
      ledger.note(id, world.nowSeconds, replies);
    },
  };
}

const GUESSERS = {
  'an account and purpose': atAnAccount,
  'the sign-in address of an account': () => atAnAddress(true),
  'a sign-in address nobody has': () => atAnAddress(false),
};
const mostPerCode: number[] = [];
const mostPerDay: number[] = [];

describe('whatever is resent, in whichever session, all at once, over days', () => {
  test.each(Object.entries(GUESSERS))(
    'of the wrong guesses at %s 5 a code and 10 in any 24 hours are judged',
    async (_at, enter) => {
      const [codes, days]: [number[], number[]] = [[], []];
      const moves = fc.array(move, { minLength: 25, maxLength: 40, size: 'max' });
      await fc.assert(
        fc.asyncProperty(moves, async (made) => {
          const { ledger, make } = await enter();
          for (const next of made) {
            if (next.kind === 'wait') world.pass(next);
            else await make(next);
          }
          codes.push(ledger.perCode);
          days.push(ledger.perDay);
          forget(world);
          expect(ledger.perCode).toBeLessThanOrEqual(5);
          expect(ledger.perDay).toBeLessThanOrEqual(10);
        }),
        { numRuns: scaled({ short: 4, full: 300 }), endOnFailure: !isFull },
      );
      mostPerCode.push(Math.max(...codes));
      mostPerDay.push(Math.max(...days));
      expect(mostPerCode.at(-1)).toBe(5);
      // A few rounds need not come to all that a day allows.
      expect(mostPerDay.at(-1)).toBeLessThanOrEqual(10);
      if (isFull) expect(mostPerDay.at(-1)).toBe(10);
    },
    patience,
  );
});

test('so a day of guessing finds a code with a chance of at most 1 in 100,000', () => {
  expect(mostPerDay).toHaveLength(Object.keys(GUESSERS).length);
  expect(Math.max(...mostPerDay) / CODES).toBeLessThanOrEqual(1e-5);
});

afterAll(async () => {
  await figure({
    row: 'wrong guesses judged per code / per account and purpose, or per sign-in address, in 24 h, whatever is resent',
    mustBe: '5 / 10',
    value: `${Math.max(...mostPerCode)} / ${Math.max(...mostPerDay)}`,
  });
  // Six digits, each code as likely as any other: whatever is guessed, a guess that is judged is right once in a million.
  await figure({
    row: 'chance of guessing in a day of trying, per account and purpose or sign-in address',
    mustBe: 'at most 10⁻⁵',
    value: `${Math.max(...mostPerDay)} judged guesses of 10⁶ codes: ${Math.max(...mostPerDay) / CODES}`,
  });
});
