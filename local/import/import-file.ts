import { Checkpoint, type ImportProgress } from './checkpoint.ts';
import { type Importer, importRows, type OnSettled, type Outcome } from './import-rows.ts';
import { FILE_START } from './lines.ts';
import { Pace } from './pace.ts';
import type { ProgressDisplay } from './progress.ts';
import { Rejects, reasonLine } from './rejects.ts';
import { type Format, type Row, readRows } from './rows.ts';
import type { Source } from './source.ts';

export interface Summary {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** What was done, for people. */
export const summaryLine = ({ added, updated, unchanged, rejected }: Summary): string =>
  `${added} added, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`;

/** How an import ended. */
export interface Ending extends Summary {
  /** The last line that is dealt with. */
  readonly line: number;
  readonly isInterrupted: boolean;
  /** What the table or a file failed with. */
  readonly failure?: unknown;
  /** Whether the same command goes on from there. */
  readonly canGoOn: boolean;
}

export interface ImportOptions<R> {
  readonly source: Source;
  readonly format: Format;
  readonly importer: Importer<R>;
  /** Names the table, and which of that name it is. */
  readonly table: string;
  /** A file for the rejected rows. */
  readonly rejects: string | undefined;
  readonly display: Pick<ProgressDisplay, 'update' | 'print' | 'stop'>;
  readonly signal: AbortSignal;
  /** Gets what is to be known of how the import begins. */
  readonly note: (text: string) => void;
}

const NEWLINE = 0x0a;
const lastLine = ({ number, bytes }: Row) =>
  number + bytes.reduce((lines, byte) => lines + (byte === NEWLINE ? 1 : 0), 0);

/** The rows that begin at some bytes, both ascending. */
async function* rowsAt(rows: AsyncIterable<Row>, startBytes: readonly number[]): AsyncGenerator<Row> {
  let next = 0;
  for await (const row of rows) {
    if (row.startByte !== startBytes[next]) continue;
    next += 1;
    yield row;
    if (next === startBytes.length) return;
  }
}

/** An import of one file: where it is, and what is to be written down about it. */
class FileImport<R> {
  readonly #options: ImportOptions<R>;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #pace: Pace;
  readonly #counts: { -readonly [Name in keyof Summary]: Summary[Name] };
  readonly #early: number[];
  #rejects: Rejects | undefined;
  #earlyDone = 0;
  #at: ImportProgress['at'];
  #rows = 0;

  constructor(options: ImportOptions<R>, checkpoint: Checkpoint | undefined, from?: ImportProgress) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#pace = new Pace({ signal: options.signal });
    const { added = 0, updated = 0, unchanged = 0, rejected = 0 } = from ?? {};
    this.#counts = { added, updated, unchanged, rejected };
    this.#early = [...(from?.early ?? [])];
    this.#at = from?.at ?? FILE_START;
  }

  get #progress(): ImportProgress {
    return { ...this.#counts, at: this.#at, early: this.#early.slice(this.#earlyDone) };
  }

  async run(isGoneOnWith: boolean): Promise<Ending> {
    const { source, format, rejects, display } = this.#options;
    const { rows, header } = await readRows(source, format, this.#at);
    if (rejects !== undefined)
      this.#rejects = await Rejects.open(rejects, { input: source.name, isGoneOnWith, header });
    let failed: { readonly failure?: unknown } = {};
    try {
      failed = await this.#importAll(rows);
    } catch (failure) {
      failed = { failure };
    } finally {
      display.stop();
      await this.#rejects?.close();
    }
    return this.#end(failed);
  }

  /** All rows, and then once more those that came too early. */
  async #importAll(rows: AsyncIterable<Row>): Promise<{ readonly failure?: unknown }> {
    const first = await this.#import(rows, this.#settle);
    if ('failure' in first || this.#options.signal.aborted || this.#early.length === 0) return first;
    const { source, format } = this.#options;
    const again = await readRows(source, format);
    return this.#import(rowsAt(again.rows, this.#early), this.#settleEarly);
  }

  #import(rows: AsyncIterable<Row>, onSettled: OnSettled): Promise<{ readonly failure?: unknown }> {
    const { importer, signal } = this.#options;
    return importRows(rows, importer, { onSettled, signal, pace: this.#pace });
  }

  readonly #settle = async (row: Row, outcome: Outcome | undefined): Promise<void> => {
    const isEarly = typeof outcome === 'object' && outcome.isEarly === true;
    if (isEarly && this.#options.source.file) this.#early.push(row.startByte);
    else await this.#count(row, outcome);
    // A line in parts is dealt with once its last one is.
    if (row.part === 'first' || row.part === 'next') return;
    this.#at = { line: lastLine(row), byte: row.endByte };
    await this.#tell();
  };

  readonly #settleEarly = async (row: Row, outcome: Outcome | undefined): Promise<void> => {
    await this.#count(row, outcome);
    this.#earlyDone += 1;
    await this.#tell();
  };

  async #count(row: Row, outcome: Outcome | undefined): Promise<void> {
    const isRejected = typeof outcome === 'object';
    if (isRejected || outcome === undefined) await this.#rejects?.add(row, outcome?.rejected);
    if (outcome === undefined) return;
    this.#counts[isRejected ? 'rejected' : outcome] += 1;
    this.#rows += 1;
    if (isRejected && !this.#rejects) this.#options.display.print(reasonLine(row, outcome.rejected));
  }

  async #tell(): Promise<void> {
    const { throttled } = this.#pace;
    this.#options.display.update({ rows: this.#rows, bytes: this.#at.byte, throttled });
    await this.#checkpoint?.save(() => this.#progress);
  }

  async #end(failed: { readonly failure?: unknown }): Promise<Ending> {
    const isInterrupted = this.#options.signal.aborted;
    const isOver = !isInterrupted && !('failure' in failed);
    if (isOver) await this.#checkpoint?.remove();
    const isSaved = !isOver && (await this.#checkpoint?.save(() => this.#progress, { isLast: true }));
    // What is given up because it is being stopped is no failure of the table's.
    const failure = isInterrupted ? {} : failed;
    return { ...this.#counts, ...failure, isInterrupted, line: this.#at.line, canGoOn: isSaved === true };
  }
}

/**
 * Imports a file from where an import of it was interrupted, else from its beginning.
 *
 * @throws StartError where the file, its header or the file for rejected rows can't be used
 */
export async function importFile<R>(options: ImportOptions<R>): Promise<Ending> {
  const { source, format, table, rejects = null, note } = options;
  const checkpoint = source.file && new Checkpoint(source.name, { ...source.file, format, table, rejects });
  const found = await checkpoint?.find();
  if (found === undefined) return new FileImport(options, checkpoint).run(false);
  if ('unusable' in found) {
    note(
      `Beginning with the first line, though ${checkpoint?.path} is of an earlier import: ${found.unusable}.`,
    );
    return new FileImport(options, checkpoint).run(false);
  }
  note(`Going on after line ${found.progress.at.line}, where the last import ended (${checkpoint?.path}).`);
  return new FileImport(options, checkpoint, found.progress).run(true);
}
