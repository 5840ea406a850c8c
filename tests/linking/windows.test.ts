import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../lib/linking/problem.ts';
import {
  failureWindow,
  fullUntil,
  requireGuessesLeft,
  requireResendInterval,
  requireRoomToSend,
  roomLeft,
  sendWindows,
  withMoment,
} from '../../lib/linking/windows.ts';
import { testSettings } from '../support/settings.ts';

const { rules } = testSettings();
const DAY = 86_400;

function refusalOf(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe('a rolling window', () => {
  const moments = fc
    .array(fc.nat({ max: 2000 }), { maxLength: 30 })
    .map((list) => list.toSorted((left, right) => right - left));

  test('is full exactly while as many moments as it allows are younger than it is long', () => {
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 900 }),
        fc.nat({ max: 3000 }),
        (list, limit, seconds, later) => {
          const now = (list[0] ?? 0) + later;
          const counted = list.filter((at) => at > now - seconds).length;
          const until = fullUntil(list, { limit, seconds }, now);
          expect(until !== undefined).toBe(counted >= limit);
          if (until === undefined) return;
          expect(fullUntil(list, { limit, seconds }, until)).toBeUndefined();
          expect(fullUntil(list, { limit, seconds }, until - 1)).toBe(until);
        },
      ),
    );
  });

  test('never lets more through in any span of its length than it allows', () => {
    const [window] = sendWindows(rules);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 60 }), (pauses) => {
        const sent: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          if (refusalOf(() => requireRoomToSend(sent, sendWindows(rules), now)) === undefined)
            sent.unshift(now);
        }
        for (const at of sent) {
          const inWindow = sent.filter((other) => other <= at && other > at - (window?.seconds ?? 0));
          expect(inWindow.length).toBeLessThanOrEqual(window?.limit ?? 0);
        }
      }),
    );
  });
});

describe('the quota of sends', () => {
  test('says how long until there is room in every window', () => {
    const now = 100_000;
    expect(refusalOf(() => requireRoomToSend([], sendWindows(rules), now))).toBeUndefined();
    const five = [now - 1, now - 2, now - 3, now - 4, now - 5];
    expect(refusalOf(() => requireRoomToSend(five, sendWindows(rules), now))).toMatchObject({
      code: 'quota_exceeded',
      extensions: { retryAfter: 595 },
    });
    const twenty = Array.from({ length: 20 }, (_, index) => now - 1 - index);
    expect(refusalOf(() => requireRoomToSend(twenty, sendWindows(rules), now))).toMatchObject({
      extensions: { retryAfter: DAY - 20 },
    });
    expect(refusalOf(() => requireRoomToSend(five, sendWindows(rules), now + 595))).toBeUndefined();
  });
});

describe('the resend interval', () => {
  test('is over at its very second', () => {
    expect(refusalOf(() => requireResendInterval(undefined, 5))).toBeUndefined();
    expect(refusalOf(() => requireResendInterval(60, 0))).toMatchObject({
      code: 'too_soon',
      extensions: { retryAfter: 60 },
    });
    expect(refusalOf(() => requireResendInterval(60, 59))).toMatchObject({ extensions: { retryAfter: 1 } });
    expect(refusalOf(() => requireResendInterval(60, 60))).toBeUndefined();
  });
});

describe('the wrong guesses of a day', () => {
  test('are counted by 24 hours, and never kept for longer', () => {
    const window = failureWindow(rules);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 60 }), (pauses) => {
        let [failures, now] = [[] as readonly number[], 0];
        const all: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const counted = all.filter((at) => at > now - DAY).length;
          expect(roomLeft(failures, window, now)).toBe(Math.max(0, 10 - counted));
          const refusal = refusalOf(() => requireGuessesLeft(failures, window, now));
          expect(refusal !== undefined).toBe(counted >= 10);
          if (refusal) continue;
          failures = withMoment(failures, window, now);
          all.push(now);
          expect(failures.length).toBeLessThanOrEqual(window.limit);
        }
      }),
    );
  });
});
