import { randomUUID } from 'node:crypto';
import type { AccountEvent } from './account-events.ts';

/** A message of the queue, with the event in it whole. */
export interface ParkedEvent {
  readonly messageId: string;
  readonly event: AccountEvent;
  readonly reason: string;
  readonly sentAtMilliseconds: number;
}

/** One that was received is out of sight until it is deleted, or its time is over. */
interface Entry extends ParkedEvent {
  receipt: string | undefined;
  hiddenUntilMilliseconds: number;
}

export type Received = ParkedEvent & { readonly receipt: string };

/** Stands in for the dead-letter queue of the function that takes account events. */
export class ParkedEvents {
  readonly #now: () => Date;
  readonly #onGone: (event: AccountEvent) => void;
  #entries: Entry[] = [];

  /** @param onGone is told of each event that is taken out */
  constructor(now: () => Date, onGone: (event: AccountEvent) => void) {
    this.#now = now;
    this.#onGone = onGone;
  }

  add(event: AccountEvent, reason: string): void {
    this.#entries.push({
      messageId: randomUUID(),
      event,
      reason,
      sentAtMilliseconds: this.#now().getTime(),
      receipt: undefined,
      hiddenUntilMilliseconds: 0,
    });
  }

  receive(count: number, hiddenSeconds: number): Received[] {
    const now = this.#now().getTime();
    const visible = this.#entries.filter(({ hiddenUntilMilliseconds: until }) => until <= now);
    return visible.slice(0, count).map((entry) => {
      const receipt = randomUUID();
      Object.assign(entry, { receipt, hiddenUntilMilliseconds: now + hiddenSeconds * 1000 });
      return { ...entry, receipt };
    });
  }

  /** Of a receipt that is not the last one nothing is known any more, as with SQS. */
  remove(receipt: string): void {
    for (const { event } of this.#entries.filter((entry) => entry.receipt === receipt)) this.#onGone(event);
    this.#entries = this.#entries.filter((entry) => entry.receipt !== receipt);
  }

  hide(receipt: string, seconds: number): void {
    const entry = this.#entries.find((one) => one.receipt === receipt);
    if (entry) entry.hiddenUntilMilliseconds = this.#now().getTime() + seconds * 1000;
  }

  takeAll(): ParkedEvent[] {
    const all = this.#entries;
    this.#entries = [];
    for (const { event } of all) this.#onGone(event);
    return all;
  }
}
