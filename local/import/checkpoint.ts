import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());

/** How far an import has come: all rows before `at` are dealt with, but for those at `early`, which are tried again in the end. */
const progressSchema = z.object({
  at: z.object({ line: count, byte: count }),
  added: count,
  updated: count,
  unchanged: count,
  rejected: count,
  /** Where rows begin that came before what they refer to; ascending. */
  early: z.array(count),
});
export type ImportProgress = z.infer<typeof progressSchema>;

/** What an import is of. It is gone on with only if all of this is as it was. */
const subjectSchema = z.object({
  format: z.string(),
  size: count,
  modifiedAtMilliseconds: z.number(),
  /** Names the table, and which of that name it is. */
  table: z.string(),
  rejects: z.nullable(z.string()),
});
export type ImportSubject = z.infer<typeof subjectSchema>;

const checkpointSchema = z.object({ subject: subjectSchema, progress: progressSchema });

/** More rows than this that wait are not written down: the import is then gone on with from an earlier place. */
const EARLY_MAX = 10_000;
const SAVE_EVERY_MILLISECONDS = 1_000;

const CHANGES: Readonly<Record<keyof ImportSubject, string>> = {
  format: 'the format is another one',
  size: 'the file has changed',
  modifiedAtMilliseconds: 'the file has changed',
  table: 'the table is another one',
  rejects: '--rejects is another one',
};

/** What a checkpoint says of the import that is about to begin. */
export type Found = { readonly progress: ImportProgress } | { readonly unusable: string } | undefined;

/** A small file beside the one that is imported, which says how far that has come. It is there only until the import is through. */
export class Checkpoint {
  readonly path: string;
  readonly #subject: ImportSubject;
  readonly #now: () => number;
  #savedAt = 0;
  #isWritable = true;

  constructor(file: string, subject: ImportSubject, now: () => number = Date.now) {
    this.path = `${file}.checkpoint`;
    this.#subject = subject;
    this.#now = now;
  }

  async find(): Promise<Found> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? undefined
        : { unusable: 'it can’t be read' };
    }
    const found = parseCheckpoint(text);
    if (found === undefined) return { unusable: 'it is none of ours' };
    const names = Object.keys(CHANGES) as (keyof ImportSubject)[];
    const changed = names.find((name) => found.subject[name] !== this.#subject[name]);
    return changed === undefined ? { progress: found.progress } : { unusable: CHANGES[changed] };
  }

  /**
   * Writes down how far the import is: now and then, and at last. An import goes on where that can't be done.
   *
   * @returns whether an import can be gone on with
   */
  async save(read: () => ImportProgress, { isLast = false } = {}): Promise<boolean> {
    if (!this.#isWritable) return false;
    if (!isLast && this.#now() - this.#savedAt < SAVE_EVERY_MILLISECONDS) return true;
    this.#savedAt = this.#now();
    const progress = read();
    // What was written down last stays true.
    if (progress.early.length > EARLY_MAX) return true;
    try {
      await writeFile(`${this.path}.new`, JSON.stringify({ subject: this.#subject, progress }));
      await rename(`${this.path}.new`, this.path);
    } catch {
      this.#isWritable = false;
    }
    return this.#isWritable;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function parseCheckpoint(text: string): z.infer<typeof checkpointSchema> | undefined {
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
