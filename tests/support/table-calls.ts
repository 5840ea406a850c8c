import type { Item } from '../../lib/table/client.ts';
import type { World } from './world.ts';

/** One call to DynamoDB as the service makes it: retries are all below. */
export interface TableCall {
  /** Such as `BatchGetItem`. */
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Stands around a call: it may wait, fail, or let something happen before or after `proceed`. */
export type Around = <Reply>(call: TableCall, proceed: () => Promise<Reply>) => Promise<Reply>;

/** Puts itself between the service and DynamoDB, above the retries. */
export class TableCalls {
  around: Around | undefined;

  constructor({ table: { documents } }: Pick<World, 'table'>) {
    const send = documents.send.bind(documents);
    documents.send = async (command, input, options) => {
      const proceed = () => send(command, input, options);
      if (this.around === undefined) return proceed();
      return this.around({ command, input: input as unknown as TableCall['input'] }, proceed);
    };
  }

  /** Runs `action` with `around` in place. */
  async during<Result>(around: Around, action: () => Promise<Result>): Promise<Result> {
    this.around = around;
    try {
      return await action();
    } finally {
      this.around = undefined;
    }
  }
}

const READS = ['GetItem', 'BatchGetItem', 'Query'];

/** Counts the service's writes that took effect; what was refused by its condition is none. */
export function countWrites(world: World): { count: number } {
  const writes = { count: 0 };
  new TableCalls(world).around = async ({ command }, proceed) => {
    const reply = await proceed();
    if (!READS.includes(command)) writes.count += 1;
    return reply;
  };
  return writes;
}

/** IAM actions of DynamoDB that a call needs: a transaction is allowed by the actions it is made of. */
export function actionsOf({ command, input }: TableCall): string[] {
  if (command !== 'TransactWriteItems') return [`dynamodb:${command}`];
  const items = (input['TransactItems'] ?? []) as Record<string, unknown>[];
  const actions = {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
  };
  return items.flatMap((item) =>
    Object.entries(actions).flatMap(([kind, action]) => (kind in item ? [`dynamodb:${action}`] : [])),
  );
}

/** What of a call, or of one write of a transaction, says where it goes. */
interface Target {
  readonly Key?: Item;
  readonly Item?: Item;
  /** A query has its partition among its values. */
  readonly ExpressionAttributeValues?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Target>>[];
}

function partitionsIn(target: Target): unknown[] {
  const { TransactItems: writes, RequestItems: reads, ExpressionAttributeValues: values } = target;
  if (writes) return writes.flatMap((write) => Object.values(write).flatMap(partitionsIn));
  if (reads) return Object.values(reads).flatMap(({ Keys: keys }) => keys.map(({ pk }) => pk));
  const key = target.Key ?? target.Item;
  return [key ? key['pk'] : values?.[':pk']];
}

/** Which kinds of partitions a call touches, by what their keys begin with, such as `ACCOUNT#`. */
export function partitionKindsOf({ input }: TableCall): string[] {
  return partitionsIn(input).map((pk) => /^[A-Z]+#/.exec(String(pk))?.[0] ?? `unknown: ${pk}`);
}

/**
 * Counts sequential round trips. Calls under way at the same time are one: their replies are held back until all of them have
 * come, so that the count is the same whichever was faster.
 */
export class RoundTrips {
  count = 0;
  private wave: { open: number; finish: () => void; finished: Promise<void> } | undefined;

  readonly around: Around = async (_call, proceed) => {
    this.wave ??= this.nextWave();
    const mine = this.wave;
    mine.open += 1;
    try {
      return await proceed();
    } finally {
      mine.open -= 1;
      if (mine.open === 0) {
        this.wave = undefined;
        mine.finish();
      }
      await mine.finished;
    }
  };

  private nextWave() {
    this.count += 1;
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    return { open: 0, finish, finished };
  }
}
