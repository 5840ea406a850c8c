import { describe, expect, test } from '@jest/globals';
import { millisUntilNextSecond, secondsUntil } from '../../client/src/countdown.ts';

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
