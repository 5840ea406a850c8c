import fc from 'fast-check';
import type { Command } from './commands.ts';
import { type Goal, goal } from './goals.ts';
import type { Fate } from './sending.ts';

/** What each browser of a sequence is after, one thing after the other. */
export type Plans = readonly (readonly Goal[])[];

/** A request that is settled once it is sent: which code and which flow it is about depends on what there is. */
export type Move = { readonly browser: number; readonly fate: Fate } & (On | AtCode | Stray);

/** The next step on the way to what the browser is after. */
interface On {
  readonly kind: 'on';
  readonly isPatient: boolean;
}

/** A wrong guess at what waits for this browser, or another code in its place. */
interface AtCode {
  readonly kind: 'wrong guess' | 'again';
}

/** Anything at all; `pick` says which of what there is. */
interface Stray {
  readonly kind: 'stray';
  readonly ask: Command['ask'];
  readonly pick: number;
  readonly isRight: boolean;
}

const BROWSERS = 4;
/** Some are busier than others, so that somebody gets somewhere. */
const browser = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 3);

export const plans: fc.Arbitrary<Plans> = fc.array(
  fc.array(goal, { minLength: 4, maxLength: 6, size: 'max' }),
  {
    minLength: BROWSERS,
    maxLength: BROWSERS,
  },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 9, arbitrary: fc.constant('accepted' as const) },
  { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'never sent' as const, 'lost' as const) },
);

const STRAYS: readonly Command['ask'][] = [
  'POST /otp/send',
  'POST /otp/send',
  'POST /otp/verify',
  'POST /links/email/send',
  'POST /links/email',
  'POST /links',
  'DELETE /links',
  'GET /oauth',
  'GET /oauth',
  'POST /sign-in/email/send',
  'POST /sign-in/email',
  'the stream',
  'DELETE /session',
  'DELETE /sessions',
  'DELETE /sessions/{id}',
  'DELETE /sessions/{id}',
  'POST /undo/open',
  'POST /undo/open',
  'POST /undo/show',
  'POST /undo',
  'POST /undo/code',
  'POST /undo/restore',
  'POST /undo/restore',
  'POST /account/only',
  'POST /links/clear',
  'PUT /account/preferences',
  'DELETE /account/notices',
  'POST /account/notices/disown',
];

export const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('on' as const),
      browser,
      fate,
      isPatient: fc.nat(3).map((n) => n > 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wrong guess' as const), browser, fate }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), browser, fate }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stray' as const),
      browser,
      fate,
      ask: fc.constantFrom(...STRAYS),
      pick: fc.nat(1000),
      isRight: fc.boolean(),
    }),
  },
);

/** Ends a session, or all of them, or what others are signed in by. */
export const ending: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('stray' as const),
  browser,
  fate,
  ask: fc.constantFrom<Command['ask']>(
    'DELETE /session',
    'DELETE /sessions',
    'DELETE /sessions/{id}',
    'POST /undo',
    'DELETE /links',
    'POST /account/only',
  ),
  pick: fc.nat(1000),
  isRight: fc.constant(true),
});

/** A guess while another code is on its way: it may be refused, and then the code before it counts again. */
export const guessWhileSending: fc.Arbitrary<Move[]> = fc
  .record({ at: browser, isRefused: fc.boolean(), isAgain: fc.boolean() })
  .map(({ at, isRefused, isAgain }) => {
    const sent = { kind: 'again', browser: at, fate: isRefused ? 'refused' : 'accepted' } as const;
    const guess = { kind: 'wrong guess', browser: at, fate: 'accepted' } as const;
    return isAgain ? [sent, guess, guess] : [sent, guess];
  });

/** Intervals, lives and windows of the contract, met, just missed and passed. */
const seconds = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(1, 59, 60, 61) },
  { weight: 3, arbitrary: fc.constantFrom(239, 240, 299, 300, 301, 540, 599, 600, 601, 850, 1800) },
  { weight: 1, arbitrary: fc.constantFrom(899, 900, 3599, 3600, 5000, 43_200, 86_399, 86_400) },
);

export interface Chance {
  readonly which: number;
  readonly seconds: number;
  readonly pick: number;
}

/** What may happen between requests; time passes, more than anything. */
export const chance: fc.Arbitrary<Chance> = fc.record({ which: fc.nat(21), seconds, pick: fc.nat(1000) });
