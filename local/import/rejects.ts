import { type FileHandle, open, realpath, rm } from 'node:fs/promises';
import { StartError } from '../environment.ts';
import type { Row } from './rows.ts';
import { fileTrouble } from './source.ts';

const NOTE = Buffer.from('# rejected: ');
const LINE_END = Buffer.from('\n');

/** A line that only says why the next one was rejected. The first column of CSV is never like that. */
export const isNote = (line: Uint8Array): boolean => NOTE.equals(line.subarray(0, NOTE.length));

/** What is shown of a rejection: control characters of a file must not get at a terminal. */
export const reasonLine = (row: Row, reason: string): string =>
  `line ${row.number}: ${reason.replace(/\p{Cc}+/gu, ' ')}`;

/**
 * The rows that were rejected, byte by byte as they were, each below a note of why. Once they are mended, the file can be imported as it is:
 * notes are left out.
 */
export class Rejects {
  readonly #path: string;
  readonly #file: FileHandle;
  /** Whether there is nothing in the file that anybody could miss. */
  #isEmpty: boolean;

  private constructor(path: string, file: FileHandle, isEmpty: boolean) {
    this.#path = path;
    this.#file = file;
    this.#isEmpty = isEmpty;
  }

  /**
   * @param options.isGoneOnWith whether the file is that of an import that was interrupted, and is added to
   * @param options.header the first line of the file where it is CSV
   * @throws StartError where it can't be written, or something would be overwritten
   */
  static async open(
    path: string,
    options: { input: string; isGoneOnWith: boolean; header: Uint8Array | undefined },
  ): Promise<Rejects> {
    const { input, isGoneOnWith, header } = options;
    const real = (name: string) => realpath(name).catch(() => name);
    if ((await real(path)) === (await real(input)))
      throw new StartError(`${path} is what is imported: name another file for the rejected lines.`);
    const file = await open(path, isGoneOnWith ? 'a' : 'ax').catch((error) => {
      if (error.code !== 'EEXIST') throw fileTrouble(path, error);
      throw new StartError(`${path} is there already: move it away, or name another file.`);
    });
    const isEmpty = (await file.stat()).size === 0;
    if (header && isEmpty) await file.appendFile(Buffer.concat([header, LINE_END]));
    return new Rejects(path, file, isEmpty);
  }

  /** @param reason undefined for what follows the first part of a line */
  async add(row: Row, reason: string | undefined): Promise<void> {
    this.#isEmpty = false;
    const note = reason === undefined ? [] : [NOTE, Buffer.from(reasonLine(row, reason)), LINE_END];
    const isEnd = row.part === undefined || row.part === 'last';
    await this.#file.appendFile(Buffer.concat([...note, row.bytes, ...(isEnd ? [LINE_END] : [])]));
  }

  /** Without any rejection there is no file in the end. */
  async close(): Promise<void> {
    await this.#file.close();
    if (this.#isEmpty) await rm(this.#path, { force: true });
  }
}
