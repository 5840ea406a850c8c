import { afterAll, beforeAll, jest } from '@jest/globals';

/** What waits goes on waiting as long as it does. */
const REAL = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
  ...(['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] as const),
  ...(['performance', 'hrtime'] as const),
];

/** Stops the clock of a test file, and nothing but the clock. */
export function stopClock(): void {
  beforeAll(() => void jest.useFakeTimers({ now: Date.UTC(2026, 10, 24, 10), doNotFake: REAL }));
  afterAll(() => void jest.useRealTimers());
}
