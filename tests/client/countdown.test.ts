import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { countDown, millisUntilNextSecond, secondsUntil } from '../../client/src/countdown.ts';

const NOW = Date.parse('2026-11-24T08:00:00.000Z');
const in60 = '2026-11-24T08:01:00.000Z';

describe('a countdown', () => {
  test('starts at what was promised', () => {
    expect(secondsUntil(in60, NOW)).toBe(60);
    expect(secondsUntil(in60, NOW + 1)).toBe(59);
  });

  test('never shows 0 before the moment has come', () => {
    expect(secondsUntil(in60, NOW + 59_999)).toBe(1);
    expect(secondsUntil(in60, NOW + 60_000)).toBe(0);
    expect(secondsUntil(in60, NOW + 90_000)).toBe(0);
  });

  test('has nothing to wait for without a moment', () => {
    expect(secondsUntil(null, NOW)).toBe(0);
    expect(secondsUntil('soon', NOW)).toBe(0);
    expect(millisUntilNextSecond(null, NOW)).toBeUndefined();
  });

  test('ticks when its number changes, and stops at 0', () => {
    let now = NOW + 250;
    const shown = [secondsUntil(in60, now)];
    for (
      let wait = millisUntilNextSecond(in60, now);
      wait !== undefined;
      wait = millisUntilNextSecond(in60, now)
    ) {
      now += wait;
      shown.push(secondsUntil(in60, now));
    }
    expect(shown[0]).toBe(59);
    expect(shown.at(-1)).toBe(0);
    expect(new Set(shown)).toEqual(new Set(Array.from({ length: 60 }, (_, second) => second)));
    expect(now).toBeLessThanOrEqual(NOW + 60_001);
  });
});

describe('counting down', () => {
  afterEach(() => void jest.useRealTimers());

  /** What is told in so many seconds, of a countdown of 3 seconds by a server whose clock is an hour ahead of this machine's. */
  function countedIn(seconds: number, stopAfter = Number.POSITIVE_INFINITY): number[] {
    jest.useFakeTimers({ now: NOW - 3_600_000 });
    const told: number[] = [];
    const clock = { now: () => Date.now() + 3_600_000 };
    const stop = countDown('2026-11-24T08:00:03.000Z', clock, (left) => told.push(left));
    for (let passed = 1; passed <= seconds; passed += 1) {
      jest.advanceTimersByTime(1000);
      if (passed === stopAfter) stop();
    }
    return told;
  }

  test('tells each second once, by the clock of the server, and 0 at the end', () => {
    expect(countedIn(10)).toEqual([3, 2, 1, 0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('ends when it is told to', () => {
    expect(countedIn(10, 1)).toEqual([3, 2]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is over at once where there is nothing to wait for', () => {
    const told: number[] = [];
    countDown(null, { now: () => NOW }, (left) => told.push(left));
    expect(told).toEqual([0]);
  });
});
