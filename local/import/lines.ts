/** Nothing longer is an account. */
export const LINE_MAX_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;

/** A place between two lines of a file: how many lines and bytes are before it. */
export interface Position {
  readonly line: number;
  readonly byte: number;
}

export const FILE_START: Position = { line: 0, byte: 0 };

/** A line as it stands in the file, without its LF. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly startByte: number;
  readonly endByte: number;
  readonly bytes: Uint8Array;
  /** Of a line that is too long to be held: which part of it this is. */
  readonly part?: 'first' | 'next' | 'last';
}

/**
 * Splits bytes into lines without ever holding much more than `LINE_MAX_BYTES`: a longer line comes in parts. The last line need not end in LF.
 *
 * @param from where in the file the bytes begin
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  from: Position = FILE_START,
): AsyncGenerator<Line> {
  let number = from.line + 1;
  let startByte = from.byte;
  let endByte = from.byte;
  let pieces: Uint8Array[] = [];
  let length = 0;
  let isInParts = false;

  function take(isEnd: boolean): Line {
    const part = isInParts ? (isEnd ? 'last' : 'next') : 'first';
    const isWhole = isEnd && !isInParts;
    const line = { number, startByte, endByte, bytes: Buffer.concat(pieces), ...(isWhole ? {} : { part }) };
    startByte = endByte;
    pieces = [];
    length = 0;
    isInParts = !isEnd;
    if (isEnd) number += 1;
    return line as Line;
  }

  function add(piece: Uint8Array): void {
    pieces.push(piece);
    length += piece.length;
    endByte += piece.length;
  }

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      if (length > LINE_MAX_BYTES && !isInParts) yield take(false);
      endByte += 1;
      start = end + 1;
      yield take(true);
    }
    add(chunk.subarray(start));
    if (length > LINE_MAX_BYTES) yield take(false);
  }
  if (length > 0 || isInParts) yield take(true);
}
