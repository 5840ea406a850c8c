import fc from 'fast-check';
import { PROVIDERS, type Provider, PURPOSES, type Purpose } from './state.ts';

/** What an attacker may do, in as many requests as it takes. */
export const DEEDS = [
  'sign in',
  'sign out',
  'sign out everywhere',
  'end another session',
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
  'guess at the codes of the phone',
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

type Doings = readonly Deed['does'][];

/** Those who do everything get nowhere: most do only some of it, and so the same again and again. */
const habits: fc.Arbitrary<readonly [prepares: Doings, hinders: Doings]> = fc.oneof(
  fc.subarray([...DEEDS], { minLength: 2, maxLength: 6 }).map((does) => [does, does] as const),
  // Gets hold of what he can while he has the phone, and uses it when it hurts.
  fc.constant([
    ['sign in', 'pass a check', 'use a check', 'ask for a code to restore', 'restore', 'confirm'],
    [
      'sign in',
      'sign out everywhere',
      'end another session',
      'disown',
      'use a check',
      'confirm',
      'restore',
      'spend the guesses of a link',
    ],
  ]),
);

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

export const HINDRANCES = 12;

/** What is done while the attacker has the phone, after that, and before each of the owner's requests. */
export const deeds = habits.chain(([prepares, hinders]) =>
  fc.record({
    withPhone: deedsOf(prepares, LONG, 12),
    without: deedsOf(hinders, LONG, 6),
    hindrances: fc.array(deedsOf(hinders, SHORT, 4), {
      minLength: HINDRANCES,
      maxLength: HINDRANCES,
      size: 'max',
    }),
  }),
);
