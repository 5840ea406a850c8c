import { Pace } from './pace.ts';
import type { Row } from './rows.ts';

/** Rows that are read ahead of the first one that is not dealt with: as many as keep all writes busy while that one waits. */
const WINDOW_ROWS = 256;
const WINDOW_BYTES = 16 * 1024 * 1024;

/** What became of a row. `isEarly`: what it refers to may still come, further down in the file. */
export type Outcome =
  | 'added'
  | 'updated'
  | 'unchanged'
  | { readonly rejected: string; readonly isEarly?: boolean };

/** How rows become accounts; `R` is a record that was parsed. */
export interface Importer<R> {
  parse(json: unknown): { readonly record: R } | { readonly rejected: string };
  write(record: R): Promise<Outcome>;
  /** What a record is about. Two that share any of it are written one after the other, in the order of the file. */
  topics(record: R): readonly string[];
}

/** Lets a task wait for those before it that have a topic in common with it, and for no others. */
class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(topics: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = topics.map((topic) => this.#last.get(topic));
    const mine = Promise.allSettled(before).then(task);
    for (const topic of topics) this.#last.set(topic, mine);
    try {
      return await mine;
    } finally {
      for (const topic of topics) if (this.#last.get(topic) === mine) this.#last.delete(topic);
    }
  }
}

/** Is told what became of each row, in the order of the file; undefined of what follows the first part of a line. */
export type OnSettled = (row: Row, outcome: Outcome | undefined) => void | Promise<void>;

type Ending = { readonly outcome: Outcome | undefined } | { readonly failure: unknown };

/**
 * Writes accounts, many at once. It holds a few hundred rows at most, however many there are.
 *
 * @param options.signal ends the import: what is under way is still dealt with
 * @returns once all rows are dealt with, or those before the first that failed: then with that failure
 * @throws what reading the rows throws, once all before it are dealt with
 */
export async function importRows<R>(
  rows: AsyncIterable<Row>,
  importer: Importer<R>,
  options: { onSettled: OnSettled; pace?: Pace; signal?: AbortSignal },
): Promise<{ readonly failure?: unknown }> {
  const { onSettled, pace = new Pace(), signal } = options;
  const turns = new Turns();
  const underWay: { row: Row; ending: Promise<Ending> }[] = [];
  let heldBytes = 0;
  let failed: { readonly failure: unknown } | undefined;

  async function judge({ content }: Row): Promise<Outcome | undefined> {
    if (content === undefined || 'rejected' in content) return content;
    const parsed = importer.parse(content.json);
    if ('rejected' in parsed) return parsed;
    return turns.take(importer.topics(parsed.record), () => pace.run(() => importer.write(parsed.record)));
  }

  async function settleFirst(): Promise<void> {
    const first = underWay.shift();
    const ending = await first?.ending;
    if (first === undefined || ending === undefined) return;
    heldBytes -= first.row.bytes.length;
    // What comes after a row that failed is told by the import that goes on from there.
    if (failed !== undefined) return;
    if ('failure' in ending) failed = ending;
    else
      try {
        await onSettled(first.row, ending.outcome);
      } catch (failure) {
        failed = { failure };
      }
  }

  try {
    for await (const row of rows) {
      const ending = judge(row).then(
        (outcome) => ({ outcome }),
        (failure: unknown) => ({ failure }),
      );
      underWay.push({ row, ending });
      heldBytes += row.bytes.length;
      while (underWay.length >= WINDOW_ROWS || heldBytes > WINDOW_BYTES) await settleFirst();
      if (failed !== undefined || signal?.aborted) break;
    }
  } catch (error) {
    // It is how reading ends then.
    if (!signal?.aborted) throw error;
  } finally {
    while (underWay.length > 0) await settleFirst();
  }
  return failed ?? {};
}
