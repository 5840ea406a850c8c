import { createHash } from 'node:crypto';

const HASHED_KIBIBYTES = 64;
const REPETITIONS = 300;

/**
 * Does a piece of work that is always the same.
 *
 * @returns milliseconds of the processor. They differ only by what else the machine does: neighbours on its caches and its other threads, and
 * its clock.
 */
export function calibrate(): number {
  const before = process.cpuUsage();
  const block = Buffer.alloc(HASHED_KIBIBYTES * 1024, 1);
  const object = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`name${index}`, { index }]));
  for (let count = 0; count < REPETITIONS; count += 1) {
    createHash('sha256').update(block).digest();
    JSON.parse(JSON.stringify(object));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
