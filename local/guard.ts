/**
 * Ends the process groups of a parent that died without a chance to do so. It is told by lines on its standard input:
 * `+123` a group was started, `-123` it has ended. The parent's death closes that input.
 */
import { createInterface } from 'node:readline';

const groups = new Set<number>();

// The parent decides when this is over, not the terminal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const group = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(group);
    else groups.delete(group);
  })
  .on('close', () => {
    for (const group of groups) {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  });
