import fc from 'fast-check';
import { signedInBy } from './accounts.ts';
import type { Command, Happening } from './commands.ts';
import { type Goal, goal, isReached, newest, nextStep, QQ_PEOPLE, WECHAT_PEOPLE } from './goals.ts';
import type { Fate } from './sending.ts';
import type { Sequence } from './sequence.ts';
import { PROVIDERS, PURPOSES } from './state.ts';

/** What each browser of a sequence is after, one thing after the other. */
export type Plans = readonly (readonly Goal[])[];

/** A request that is settled once it is sent: which code and which flow it is about depends on what there is. */
export type Move = {
  readonly browser: number;
  readonly fate: Fate;
} /** The next step on the way to what the browser is after. */ & (
  | { readonly kind: 'on'; readonly isPatient: boolean }
  /** A wrong guess, at what waits for this browser. */
  | { readonly kind: 'wrong guess' }
  /** Anything at all; `pick` says which of what there is. */
  | { readonly kind: 'stray'; readonly ask: Command['ask']; readonly pick: number; readonly isRight: boolean }
);

const BROWSERS = 3;
/** Some are busier than others, so that somebody gets somewhere. */
const browser = fc.constantFrom(0, 0, 0, 1, 1, 2);

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
  'POST /undo/show',
  'POST /undo',
  'POST /undo/code',
  'POST /undo/restore',
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
  ask: fc.constantFrom<Command['ask']>('DELETE /session', 'DELETE /sessions', 'POST /undo', 'DELETE /links'),
  pick: fc.nat(1000),
  isRight: fc.constant(true),
});

/** Intervals, lives and windows of the contract, met, just missed and passed. */
const seconds = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(1, 59, 60, 61) },
  { weight: 2, arbitrary: fc.constantFrom(239, 240, 299, 300, 301, 540, 599, 600, 601) },
  { weight: 1, arbitrary: fc.constantFrom(899, 900, 3599, 3600, 5000, 43_200, 86_399, 86_400) },
);

export interface Chance {
  readonly which: number;
  readonly seconds: number;
  readonly pick: number;
}

/** What may happen between requests; time passes, more than anything. */
export const chance: fc.Arbitrary<Chance> = fc.record({ which: fc.nat(15), seconds, pick: fc.nat(1000) });

export function happeningOf({ which, seconds, pick }: Chance, { cast, state }: Sequence): Happening {
  const account = of(cast.accounts, pick) ?? '';
  switch (which) {
    case 1:
      return { happens: 'an account becomes a sub-account', account };
    case 2:
    case 3: {
      const known = cast.people.wechat.get(of(['bob', 'dan', 'sub'], pick) ?? '')?.unionid;
      const fresh = `union-eve-${Object.keys(state.accounts)[0]}`;
      return {
        happens: 'a person gets a unionid',
        who: 'eve',
        as: pick % 2 === 0 ? fresh : (known ?? fresh),
      };
    }
    default:
      return { happens: 'time passes', seconds };
  }
}

const of = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];

/** What a move comes to as things are. */
export function settled(next: Move, sequence: Sequence, wishes: readonly Wish[][]): Command | Happening {
  const at = of(sequence.cast.browsers, next.browser) ?? '';
  switch (next.kind) {
    case 'on':
      return nextStep(goalOf(wishes[next.browser] ?? [], at, sequence), at, sequence, next);
    case 'wrong guess':
      return wrongGuess(at, sequence);
    case 'stray':
      return stray(next, at, sequence);
  }
}

/** What was reached is done with. */
function goalOf(wishes: Wish[], at: string, sequence: Sequence): Goal {
  while (wishes[0] && (wishes[0].stepsLeft === 0 || isReached(wishes[0].goal, at, sequence))) wishes.shift();
  const [wish] = wishes;
  if (wish === undefined) return { to: 'enter', by: 'qq', who: 'anna' };
  wish.stepsLeft -= 1;
  return wish.goal;
}

/** What a browser is after, and for how many steps at most: there may be no way there. */
export interface Wish {
  readonly goal: Goal;
  stepsLeft: number;
}

const STEPS_MAX = 8;

export const wishesOf = (planned: Plans): Wish[][] =>
  planned.map((goals) => goals.map((wish) => ({ goal: wish, stepsLeft: STEPS_MAX })));

const NO_CODE = 'no code';

/** A wrong guess at the code that waits for this session; else at the newest of the sign-ins, which anybody may do. */
function wrongGuess(at: string, { state, translation, cast }: Sequence): Command {
  const signedIn = signedInBy(state, state.jars[at] ?? {});
  for (const purpose of PURPOSES) {
    const check = signedIn && state.challenges[`${signedIn.accountId} ${purpose}`]?.check;
    if (check?.session !== signedIn?.label) continue;
    if (check?.mail)
      return { browser: at, ask: 'POST /links/email', address: check.mail.address, guess: NO_CODE };
    if (check?.sms) return { browser: at, ask: 'POST /otp/verify', purpose, guess: NO_CODE };
  }
  const signIn = newest(translation.signIns.keys(), (label) => state.signIns[label] !== undefined);
  const [address = ''] = cast.addresses;
  if (signIn === undefined) return { browser: at, ask: 'POST /sign-in/email/send', address };
  return { browser: at, ask: 'POST /sign-in/email', signIn, guess: NO_CODE };
}

/** A request that leads nowhere in particular; what it is about is mostly what was there last. */
function stray(
  { ask, pick, isRight, fate: sending }: Extract<Move, { kind: 'stray' }>,
  at: string,
  { state, cast, translation }: Sequence,
): Command {
  const recent = <T>(list: readonly T[]): T | undefined =>
    list.at(-1 - (pick % Math.min(3, list.length || 1)));
  const purpose = of(PURPOSES, pick) ?? 'link_email';
  const address = of(cast.addresses, pick) ?? '';
  const guess = (isRight ? recent([...translation.codes.keys()]) : undefined) ?? NO_CODE;
  const signIn = recent([...translation.signIns.keys()]) ?? 'no sign-in';
  const notice = recent([...translation.notices.keys()]) ?? 'no notice';
  const oauth = pick % 4 === 0 ? 'qq' : 'wechat';
  switch (ask) {
    case 'POST /otp/send':
      return { browser: at, ask, purpose, fate: sending };
    case 'POST /otp/verify': {
      const waiting = Object.keys(state.challenges).filter(
        (key) => !key.endsWith(' restore') && state.challenges[key]?.check?.sms,
      );
      const [, waitingFor = purpose] = (recent(waiting) ?? '').split(' ');
      return { browser: at, ask, purpose: waitingFor as typeof purpose, guess };
    }
    case 'POST /links/email/send':
      return { browser: at, ask, address, fate: sending };
    case 'POST /links/email': {
      const mails = Object.values(state.challenges).flatMap(({ check }) => check?.mail?.address ?? []);
      return { browser: at, ask, address: recent(mails) ?? address, guess };
    }
    case 'POST /links':
    case 'GET /sign-in':
      return { browser: at, ask, provider: oauth };
    case 'DELETE /links':
      return { browser: at, ask, provider: of(PROVIDERS, pick) ?? 'email' };
    case 'GET /oauth': {
      const flow = recent(Object.keys(state.flows)) ?? 'no flow';
      const provider = isRight ? (state.flows[flow]?.provider ?? oauth) : oauth;
      const who = of([...WECHAT_PEOPLE, ...QQ_PEOPLE, 'nobody', null], pick) ?? null;
      return { browser: at, ask, at: provider, flow, who };
    }
    case 'POST /sign-in/email/send':
      return { browser: at, ask, address };
    case 'POST /sign-in/email':
      return { browser: at, ask, signIn, guess };
    case 'the stream':
      return { browser: at, ask, signIn, fate: sending };
    case 'POST /undo/show':
    case 'POST /undo':
      return { browser: at, ask, notice };
    case 'POST /undo/code':
      return { browser: at, ask, notice, fate: sending };
    case 'POST /undo/restore':
      return { browser: at, ask, notice, guess };
    default:
      return { browser: at, ask };
  }
}
