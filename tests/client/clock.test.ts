import { describe, expect, test } from '@jest/globals';
import { createServerClock } from '../../client/src/clock.ts';

const SERVER = Date.parse('2026-11-24T08:00:00.000Z');

/** A machine whose clock is off by `offMillis` from the server's. */
function machine(offMillis: number) {
  let server = SERVER;
  const localNow = () => server + offMillis;
  const clock = createServerClock(localNow);
  return {
    clock,
    server: () => server,
    /** One answer that took `upMillis` to the server and `downMillis` back. */
    ask: (upMillis: number, downMillis: number) => {
      const sent = localNow();
      server += upMillis;
      const date = new Date(server).toUTCString();
      server += downMillis;
      clock.observe(date, sent, localNow());
    },
    wait: (millis: number) => {
      server += millis;
    },
  };
}

describe("the server's clock", () => {
  test("is this machine's until an answer has come", () => {
    const laptop = machine(5000);
    expect(laptop.clock.now()).toBe(laptop.server() + 5000);
    laptop.clock.observe(null, 0, 0);
    laptop.clock.observe('yesterday', 0, 0);
    expect(laptop.clock.now()).toBe(laptop.server() + 5000);
  });

  test.each([0, 3_600_000, -3_600_000, 250])(
    'is told within a second where this machine is %p ms off',
    (off) => {
      const laptop = machine(off);
      laptop.wait(400);
      laptop.ask(30, 40);
      expect(laptop.clock.now()).toBeLessThanOrEqual(laptop.server());
      expect(laptop.server() - laptop.clock.now()).toBeLessThan(1100);
    },
  );

  test('is told better by every answer', () => {
    const laptop = machine(-90_000);
    laptop.wait(900);
    laptop.ask(20, 20);
    const first = laptop.server() - laptop.clock.now();
    laptop.wait(1070);
    laptop.ask(20, 20);
    expect(laptop.server() - laptop.clock.now()).toBeLessThan(first);
    expect(laptop.clock.now()).toBeLessThanOrEqual(laptop.server());
  });

  test('is never ahead, however slow the answers', () => {
    const laptop = machine(1234);
    for (const [up, down] of [
      [10, 900],
      [900, 10],
      [333, 667],
      [5, 5],
    ] as const) {
      laptop.ask(up, down);
      laptop.wait(777);
      expect(laptop.clock.now()).toBeLessThanOrEqual(laptop.server());
    }
  });

  test('starts over where the machine was set meanwhile', () => {
    let local = SERVER;
    const clock = createServerClock(() => local);
    clock.observe(new Date(SERVER).toUTCString(), SERVER, SERVER);
    local = SERVER + 7_200_000;
    clock.observe(new Date(SERVER).toUTCString(), local, local);
    expect(clock.now()).toBe(SERVER);
  });
});
