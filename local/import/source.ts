import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { StartError } from '../environment.ts';

/** Where accounts are read from. */
export interface Source {
  readonly name: string;
  /** A file can be read again, and from anywhere in it; what comes by standard input can't. */
  readonly file: { readonly size: number; readonly modifiedAtMilliseconds: number } | undefined;
  /** @param fromByte 0 for what is no file */
  read(fromByte: number): AsyncIterable<Uint8Array>;
}

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is a directory',
};

/** What is wrong with a file, in words. */
export function fileTrouble(path: string, error: unknown): StartError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new StartError(`${path} ${ERRORS[code] ?? `can't be used (${code || message})`}.`);
}

/** The text that names standard input in place of a file. */
export const STDIN = '-';

/**
 * A file, or standard input for `-`.
 *
 * @param signal ends its reading
 * @throws StartError which says why a file can't be read
 */
export async function openSource(path: string, signal?: AbortSignal): Promise<Source> {
  const ending = (stream: Readable) => (signal ? addAbortSignal(signal, stream) : stream);
  if (path === STDIN) return { name: 'standard input', file: undefined, read: () => ending(process.stdin) };
  const status = await stat(path).catch((error) => {
    throw fileTrouble(path, error);
  });
  if (status.isDirectory()) throw fileTrouble(path, { code: 'EISDIR' });
  // A named pipe, such as <(zcat accounts.jsonl.gz) makes, is read once, too.
  const file = status.isFile() ? { size: status.size, modifiedAtMilliseconds: status.mtimeMs } : undefined;
  return { name: path, file, read: (start) => ending(createReadStream(path, file && { start })) };
}
