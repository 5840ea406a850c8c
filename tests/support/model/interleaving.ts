import { setTimeout as wait } from 'node:timers/promises';
import type { Scheduler } from 'fast-check';
import { conflict, type OnTheWire, refusal } from '../network.ts';
import type { Together } from './sequence.ts';

/** What one of the tries meets, counted over all requests of a group: DynamoDB has something else to do just then. */
export type Hindrance = 'TransactionConflict' | 'throttling';

interface Progress {
  parked: number;
  inFlight: number;
  isOver: boolean;
}

const TICK_MILLISECONDS = 1;

/**
 * Runs requests at the same time, one call to DynamoDB at a time: at each the scheduler says whose is next. So any order of all
 * their calls can come about, and only one that the scheduler knows and can repeat.
 */
export class Interleaving {
  /** How often there was something to decide. */
  static decisions = 0;
  private readonly scheduler: Scheduler;
  private progress: Progress[] = [];
  private tries = 0;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  /** Stands around the tries of request number `index` of a group. */
  gate(index: number, hindrances: ReadonlyMap<number, Hindrance>): OnTheWire {
    return async (call, proceed) => {
      const progress = this.progress[index];
      if (progress === undefined) return proceed();
      progress.parked += 1;
      const others = this.progress.filter((other) => other !== progress && other.parked > 0);
      if (others.length > 0) Interleaving.decisions += 1;
      await this.scheduler.schedule(Promise.resolve(), `${index}: ${call.command}`, undefined, this.act);
      progress.parked -= 1;
      const hindrance = hindrances.get(this.tries);
      this.tries += 1;
      if (hindrance === 'throttling') return refusal(400, 'ProvisionedThroughputExceededException');
      if (hindrance === 'TransactionConflict' && call.token !== undefined) return conflict(call);
      progress.inFlight += 1;
      try {
        return await proceed();
      } finally {
        progress.inFlight -= 1;
      }
    };
  }

  readonly together: Together = async (requests) => {
    this.tries = 0;
    this.progress = requests.map(() => ({ parked: 0, inFlight: 0, isOver: false }));
    const running = requests.map(async (request, index) => {
      await request();
      const progress = this.progress[index];
      if (progress) progress.isOver = true;
    });
    await this.rest();
    await this.scheduler.waitFor(Promise.all(running));
  };

  /** A call is let go only when all others stand still. */
  private readonly act = async (release: () => Promise<unknown>): Promise<void> => {
    await release();
    await this.rest();
  };

  private async rest(): Promise<void> {
    do await wait(TICK_MILLISECONDS);
    while (this.progress.some(({ parked, inFlight, isOver }) => inFlight > 0 || (parked === 0 && !isOver)));
  }
}
