import { TableCalls } from './table-calls.ts';
import type { World } from './world.ts';

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Get', 'BatchGet'];

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
