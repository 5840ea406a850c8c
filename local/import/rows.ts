import { visit } from 'jsonc-parser';
import { type CsvHeader, parseRecord, RECORD_MAX_BYTES, readHeader } from './csv.ts';
import { FILE_START, LINE_MAX_BYTES, type Line, type Position, splitLines } from './lines.ts';
import { isNote } from './rejects.ts';
import type { Source } from './source.ts';

export const FORMATS = ['ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** What a row says, or why it says nothing. */
export type Content = { readonly json: unknown } | { readonly rejected: string };

/** One account: a line of NDJSON or a record of CSV, which may have several lines. A part of a line has content if it is the first. */
export interface Row extends Line {
  readonly content: Content | undefined;
}

/** The rows of a file, blank lines and notes left out. */
export interface Rows {
  readonly rows: AsyncIterable<Row>;
  /** Of CSV: the line that names the columns, as it is. */
  readonly header: Uint8Array | undefined;
}

/** Takes a byte order mark away, at the start of any line: files get joined. @throws TypeError */
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** Blank lines have no content at all. */
function parseText(bytes: Uint8Array, parse: (text: string) => Content): Content | undefined {
  let text: string;
  try {
    text = decode(bytes);
  } catch {
    return { rejected: 'is not valid UTF-8' };
  }
  return text.trim() === '' ? undefined : parse(text);
}

function parseJson(text: string): Content {
  try {
    const json: unknown = JSON.parse(text);
    const duplicate = findDuplicateMember(text);
    return duplicate === undefined ? { json } : { rejected: `${duplicate}: is there twice` };
  } catch (error) {
    return { rejected: error instanceof RangeError ? 'is nested too deeply' : 'is not valid JSON' };
  }
}

/** Where a member is there a second time, of which JSON.parse keeps the last. */
function findDuplicateMember(json: string): string | undefined {
  const seen = new Set<string>();
  let duplicate: string | undefined;
  visit(json, {
    onObjectProperty: (name, _offset, _length, _line, _character, pathOfObject) => {
      const path = [...pathOfObject(), name];
      const place = JSON.stringify(path);
      if (seen.has(place)) duplicate ??= path.join('.');
      seen.add(place);
    },
  });
  return duplicate;
}

/** A line that was too long to be held whole. */
const longRow = (line: Line): Row => ({
  ...line,
  content: line.part === 'first' ? { rejected: `is longer than ${LINE_MAX_BYTES} bytes` } : undefined,
});

/** Each line as JSON. */
export async function* jsonRows(lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  for await (const line of lines) {
    if (line.part !== undefined) yield longRow(line);
    else if (!isNote(line.bytes)) {
      const content = parseText(line.bytes, parseJson);
      if (content) yield { ...line, content };
    }
  }
}

const QUOTE = 0x22;

function countQuotes(bytes: Uint8Array): number {
  let quotes = 0;
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) quotes += 1;
  return quotes;
}

const NEWLINE = Buffer.from('\n');

/** Lines as one, as they stand in the file. */
function join(first: Line, others: readonly Line[]): Line {
  const bytes = Buffer.concat([first.bytes, ...others.flatMap((line) => [NEWLINE, line.bytes])]);
  return { ...first, endByte: others.at(-1)?.endByte ?? first.endByte, bytes };
}

/**
 * Each record of CSV, which goes on to the next line for as long as a quote is open. One that never closes ends with the file, or where no
 * record is so long, and is rejected whole: what stands in a quote must never be taken for a record.
 */
export async function* csvRows(lines: AsyncIterable<Line>, header: CsvHeader): AsyncGenerator<Row> {
  let open: Line[] = [];
  let size = 0;
  let quotes = 0;

  function* close(): Generator<Row> {
    const [first, ...others] = open;
    const isWhole = quotes % 2 === 0;
    open = [];
    size = 0;
    quotes = 0;
    if (first === undefined) return;
    const record = join(first, others);
    const content = isWhole
      ? parseText(record.bytes, (text) => parseRecord(text, header))
      : { rejected: 'opens a quote that is not closed' };
    if (content) yield { ...record, content };
  }

  for await (const line of lines) {
    if (line.part !== undefined) {
      yield* close();
      yield longRow(line);
    } else if (open.length > 0 || !isNote(line.bytes)) {
      open.push(line);
      size += line.bytes.length + 1;
      quotes += countQuotes(line.bytes);
      if (quotes % 2 === 0 || size > RECORD_MAX_BYTES) yield* close();
    }
  }
  yield* close();
}

/** The first line that says anything. */
async function firstLine(lines: AsyncIterator<Line>): Promise<Line | undefined> {
  for (let next = await lines.next(); !next.done; next = await lines.next())
    if (!isNote(next.value.bytes) && next.value.bytes.some((byte) => !BLANKS.has(byte))) return next.value;
  return undefined;
}

/** Of a byte order mark, too. */
const BLANKS = new Set([0x20, 0x09, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * Reads a file row by row.
 *
 * @param from where to begin; the header of CSV is read all the same
 * @throws StartError where CSV has no header that can be used
 */
export async function readRows(source: Source, format: Format, from: Position = FILE_START): Promise<Rows> {
  if (format === 'ndjson')
    return { rows: jsonRows(splitLines(source.read(from.byte), from)), header: undefined };
  const lines = splitLines(source.read(0));
  const line = await firstLine(lines);
  const header = readHeader(line);
  if (from.byte === 0) return { rows: csvRows(lines, header), header: line?.bytes };
  await lines.return(undefined);
  return { rows: csvRows(splitLines(source.read(from.byte), from), header), header: line?.bytes };
}
