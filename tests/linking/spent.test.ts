import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../lib/linking/problem.ts';
import type { SpendingLimits } from '../../lib/linking/spending.ts';
import {
  countAddress,
  countCameBack,
  countCode,
  countUnverified,
  creditVerified,
  refund,
  type Spent,
} from '../../lib/linking/spent.ts';
import { testSettings } from '../support/settings.ts';

const at = (iso: string) => Date.parse(iso) / 1000;
const TEN = at('2026-12-01T10:00:00Z');
const HOUR = 3600;
const limits = (changes: Partial<SpendingLimits>): SpendingLimits => ({
  ...testSettings().spending,
  ...changes,
});

/** What is spent after so many of the same; or what it was refused with. */
function spentBy(times: number, count: (spent: Spent) => Spent, spent: Spent = {}) {
  try {
    return Array.from({ length: times }).reduce<Spent>(count, spent);
  } catch (error) {
    if (error instanceof Problem) return { [error.code]: error.extensions.retryAfter };
    throw error;
  }
}

describe('the codes of a day', () => {
  const count = (now: number) => (spent: Spent) =>
    countCode(spent, { now, limits: limits({ sendsPerAccountPerDay: 3 }) });
  const full = spentBy(3, count(TEN)) as Spent;

  test('are so many, until midnight, UTC', () => {
    expect(full).toEqual({ codes: { window: 'DAY#20261201', count: 3 } });
    expect(spentBy(1, count(TEN), full)).toEqual({ quota_exceeded: 14 * HOUR });
    expect(spentBy(1, count(TEN + 14 * HOUR - 1), full)).toEqual({ quota_exceeded: 1 });
    expect(spentBy(1, count(TEN + 14 * HOUR), full)).toEqual({ codes: { window: 'DAY#20261202', count: 1 } });
  });

  test('have room again for one that was not sent, as long as the day lasts', () => {
    const back = refund(full, ['codes'], TEN);
    expect(back.codes?.count).toBe(2);
    expect(spentBy(2, count(TEN), back)).toHaveProperty('quota_exceeded');
    const next = spentBy(1, count(TEN + 14 * HOUR), full) as Spent;
    expect(refund(next, ['codes'], TEN)).toEqual(next);
    expect(refund({}, ['codes'], TEN)).toEqual({});
  });
});

describe('the codes of an hour that are not verified', () => {
  const count =
    (isLimited: boolean, now = TEN) =>
    (spent: Spent) =>
      countUnverified(spent, { now, isLimited });

  test('are limited to three only while they are, those of before among them', () => {
    const many = spentBy(5, count(false)) as Spent;
    expect(many.unverified?.count).toBe(5);
    expect(spentBy(1, count(true), many)).toEqual({ quota_exceeded: HOUR });
    expect(spentBy(3, count(true, TEN + HOUR), many)).toHaveProperty('unverified.count', 3);
    expect(spentBy(4, count(true, TEN + HOUR), many)).toEqual({ quota_exceeded: HOUR });
  });

  test('are one less for each that is verified, or was not sent', () => {
    const three = spentBy(3, count(true)) as Spent;
    for (const less of [creditVerified(three, TEN), refund(three, ['codes', 'unverified'], TEN)])
      expect(spentBy(1, count(true), less)).toHaveProperty('unverified.count', 3);
    expect(creditVerified(three, TEN + HOUR)).toEqual({
      unverified: { window: 'HOUR#2026120111', count: -1 },
    });
  });
});

describe('the addresses of a day', () => {
  const count =
    (key: string, now = TEN) =>
    (spent: Spent) =>
      countAddress(spent, key, { now, limits: limits({ mailAddressesPerAccountPerDay: 3 }) });

  test('are so many: the same again is none, and one that mail came back from is two, and gets no more', () => {
    const two = spentBy(1, count('b'), spentBy(4, count('a')) as Spent) as Spent;
    expect(two.addresses?.keys).toEqual(['a', 'b']);
    const back = spentBy(2, (spent) => countCameBack(spent, 'a', TEN), two) as Spent;
    expect(back.addresses?.keys).toHaveLength(3);
    expect(spentBy(1, count('a'), back)).toEqual({ quota_exceeded: 14 * HOUR });
    expect(spentBy(1, count('c'), back)).toEqual({ quota_exceeded: 14 * HOUR });
    expect(spentBy(1, count('b'), back)).toEqual(back);
    expect(spentBy(1, count('a', TEN + 14 * HOUR), back)).toHaveProperty('addresses.keys', ['a']);
  });
});
