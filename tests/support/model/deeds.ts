import fc from 'fast-check';
import { PROVIDERS, type Provider, PURPOSES, type Purpose } from './state.ts';

/** What an attacker may do, in as many requests as it takes. */
export const DEEDS = [
  'sign in',
  'sign out',
  'sign out everywhere',
  'disown',
  'pass a check',
  'use a check',
  'spend the guesses of a check',
  'ask for every code',
  'confirm',
  'ask for a code to restore',
  'spend the guesses of a link',
  'restore',
  'link it elsewhere',
  'guess at the address',
  'wait',
] as const;

export interface Deed {
  readonly does: (typeof DEEDS)[number];
  /** Says which of what there is. */
  readonly pick: number;
  readonly purpose: Purpose;
  readonly only: Provider | null;
  readonly seconds: number;
}

/** Those who do everything get nowhere: each does only some of it, and so the same again and again. */
const habits = fc.subarray([...DEEDS], { minLength: 2 });

function deedsOf(
  does: readonly Deed['does'][],
  waits: readonly number[],
  most: number,
): fc.Arbitrary<Deed[]> {
  const deed = fc.record({
    does: fc.constantFrom(...does),
    pick: fc.nat(1000),
    purpose: fc.constantFrom(...PURPOSES),
    only: fc.constantFrom(null, ...PROVIDERS),
    seconds: fc.constantFrom(...waits),
  });
  return fc.array(deed, { maxLength: most, size: 'max' });
}

/** How long an attacker waits who has time, and one who has not: the owner is about to get back in. */
const [LONG, SHORT] = [
  [1, 61, 301, 601, 3600, 43_200, 86_400],
  [1, 5, 20],
];

export const HINDRANCES = 8;

/** What is done while the attacker has the phone, after that, and before each of the owner's requests. */
export const deeds = habits.chain((does) =>
  fc.record({
    withPhone: deedsOf(does, LONG, 12),
    without: deedsOf(does, LONG, 6),
    hindrances: fc.array(deedsOf(does, SHORT, 3), {
      minLength: HINDRANCES,
      maxLength: HINDRANCES,
      size: 'max',
    }),
  }),
);
