import { setTimeout as wait } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

const AT_ONCE_FIRST = 16;
/** The SDK has 50 connections. */
const AT_ONCE_MAX = 48;
/** Some four minutes of nothing but throttling: then something else is wrong. */
const TRIES_MAX = 15;
const BACKOFF_FIRST_MILLISECONDS = 100;
const BACKOFF_MAX_MILLISECONDS = 20_000;
/** Writes that were under way together are throttled together: that counts once. */
const SLOWER_AGAIN_MILLISECONDS = 500;

const THROTTLING = [
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ReplicatedWriteConflictException',
];
const TROUBLE = [
  'InternalServerError',
  'InternalServerErrorException',
  'ServiceUnavailableException',
  'TimeoutError',
];

/** Whether the table has too much to do, or is ill for a moment: the write can be tried again later. */
function isPassing(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code: code = 'None' }) => code);
    return codes.some((code) => THROTTLING.includes(code) || code === 'TransactionConflict');
  }
  return error instanceof Error && (THROTTLING.includes(error.name) || TROUBLE.includes(error.name));
}

/** What tests put in place of chance and time. */
export interface PaceOptions {
  readonly atOnceMax?: number;
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
  readonly random?: () => number;
  readonly now?: () => number;
  /** Ends the waiting of what was throttled. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How many writes are under way at once: half as many as soon as the table throttles, and one more whenever all of them went through. What was
 * throttled waits, longer each time, and is tried again.
 */
export class Pace {
  readonly #options: Required<Omit<PaceOptions, 'signal'>> & PaceOptions;
  readonly #waiting: (() => void)[] = [];
  #atOnce: number;
  #running = 0;
  #succeeded = 0;
  #slowedDownAt = Number.NEGATIVE_INFINITY;
  #throttled = 0;

  constructor(options: PaceOptions = {}) {
    this.#options = {
      atOnceMax: AT_ONCE_MAX,
      sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
      random: Math.random,
      now: Date.now,
      ...options,
    };
    this.#atOnce = Math.min(AT_ONCE_FIRST, this.#options.atOnceMax);
  }

  /** How often the table has throttled so far. */
  get throttled(): number {
    return this.#throttled;
  }

  /** Runs a task that may be run again. @throws what it threw, unless that passes */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const { sleep, random, signal } = this.#options;
    for (let tries = 1; ; tries += 1) {
      await this.#enter();
      try {
        const result = await task();
        this.#speedUp();
        return result;
      } catch (error) {
        if (!isPassing(error) || tries === TRIES_MAX || signal?.aborted) throw error;
        this.#slowDown();
      } finally {
        this.#leave();
      }
      const longest = Math.min(BACKOFF_MAX_MILLISECONDS, BACKOFF_FIRST_MILLISECONDS * 2 ** tries);
      await sleep(longest * (0.5 + random() / 2), signal);
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
  }

  /** Hands its place on, unless there are too many by now. */
  #leave(): void {
    this.#running -= 1;
    while (this.#running < this.#atOnce) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }

  #speedUp(): void {
    this.#succeeded += 1;
    if (this.#succeeded < this.#atOnce || this.#atOnce >= this.#options.atOnceMax) return;
    this.#succeeded = 0;
    this.#atOnce += 1;
  }

  #slowDown(): void {
    this.#throttled += 1;
    const now = this.#options.now();
    if (now - this.#slowedDownAt < SLOWER_AGAIN_MILLISECONDS) return;
    this.#slowedDownAt = now;
    this.#succeeded = 0;
    this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
  }
}
