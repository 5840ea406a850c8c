import type { QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { type Item, readItems } from '../../lib/table/client.ts';
import type { Key } from '../../lib/table/keys.ts';
import type { Around } from './table-calls.ts';
import type { World } from './world.ts';

/** What a request takes of the table. */
export interface Units {
  /** Read request units: 4 KB, read consistently (half of that otherwise). */
  read: number;
  /** Write request units: 1 KB; in a transaction it counts twice. */
  write: number;
  /** How often a key of each form is written or, in a transaction, checked, which takes as much. */
  readonly writes: Record<string, number>;
}

/** The parts of a key that differ from account to account, and from moment to moment, are left out. */
function formOf({ pk, sk }: Item): string {
  const [kind, scope, subject] = String(pk).split('#');
  const partition =
    kind === 'GUARD'
      ? `GUARD#${scope}#${/^\d$/.test(subject ?? '') ? 'shard' : '…'}`
      : kind === 'QUOTA' || kind === 'IDENTITY'
        ? `${kind}#${scope}#…`
        : `${kind}#…`;
  return `${partition} ${String(sk).replace(/#.*$/, '')}`;
}

/** What of a call says which items it reads or writes. */
interface Target {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Target>>[];
}

/** The keys that a call names; a query names none. */
function keysIn({ Key, Item, RequestItems: reads, TransactItems: writes }: Target): readonly Item[] {
  if (reads) return Object.values(reads).flatMap(({ Keys: keys }) => keys);
  if (writes) return writes.flatMap((write) => Object.values(write).flatMap(keysIn));
  const { pk, sk } = Key ?? Item ?? {};
  return pk === undefined ? [] : [{ pk, sk }];
}

/** Bytes of a value as DynamoDB counts them. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value === null || typeof value !== 'object') return 1;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + 1 + (Array.isArray(value) ? 0 : Buffer.byteLength(name)) + sizeOf(inner),
    3,
  );
}

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/**
 * Adds up what calls take of the table. It is reckoned from the items as AWS does it: DynamoDB Local counts no item that is not there, and
 * not each write of a transaction.
 */
export class UnitsMeter {
  private readonly read: Item[] = [];
  private readonly written: { readonly key: Item; readonly times: 1 | 2 }[] = [];
  /** What queries took, which DynamoDB Local does count. */
  private queried = 0;

  readonly around: Around = async (call, proceed) => {
    const { command, input } = call;
    if (command === 'Query') Object.assign(input, { ReturnConsumedCapacity: 'TOTAL' });
    const reply = await proceed();
    if (command === 'Query')
      this.queried += (reply as QueryCommandOutput).ConsumedCapacity?.CapacityUnits ?? 0;
    else if (/^(Batch)?Get/.test(command)) this.read.push(...keysIn(input));
    else
      this.written.push(
        ...keysIn(input).map((key) => ({ key, times: command.startsWith('Transact') ? 2 : 1 }) as const),
      );
    return reply;
  };

  /** What they took, by the items as they are now. */
  async units({ table }: Pick<World, 'table'>): Promise<Units> {
    const keys = [...this.read, ...this.written.map(({ key }) => key)] as unknown as Key[];
    const items = await readItems(table, keys);
    const unitsOf = (key: Item, unitBytes: number) =>
      Math.max(1, Math.ceil(sizeOf(items.get(key as unknown as Key) ?? {}) / unitBytes));
    const units: Units = { read: this.queried, write: 0, writes: {} };
    for (const key of this.read) units.read += unitsOf(key, READ_UNIT_BYTES);
    for (const { key, times } of this.written) {
      units.write += times * unitsOf(key, WRITE_UNIT_BYTES);
      const form = formOf(key);
      units.writes[form] = (units.writes[form] ?? 0) + 1;
    }
    return units;
  }
}
