import { createReadStream } from 'node:fs';
import { visit } from 'jsonc-parser';

const LINE_MAX_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** One line of a file: its JSON, or why it is none. `endByte` is how far into the file reading has come. */
export interface Line {
  readonly number: number;
  readonly endByte: number;
  readonly content: { readonly json: unknown } | { readonly rejected: string };
}

/** Blank lines have no content at all. */
function parseLine(bytes: Uint8Array): Line['content'] | undefined {
  let text: string;
  try {
    // Takes a byte order mark away, at the start of any line: files get joined.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { rejected: 'is not valid UTF-8' };
  }
  if (text.trim() === '') return undefined;
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

/** Splits bytes into lines of JSON without ever holding more than a line. Lines may end in CRLF, the last one in nothing. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  let endByte = 0;

  function finish(): Line | undefined {
    number += 1;
    const content =
      length > LINE_MAX_BYTES
        ? { rejected: `is longer than ${LINE_MAX_BYTES} bytes` }
        : parseLine(Buffer.concat(parts));
    parts = [];
    length = 0;
    return content && { number, endByte, content };
  }

  function add(part: Uint8Array): void {
    length += part.length;
    endByte += part.length;
    if (length <= LINE_MAX_BYTES) parts.push(part);
    else parts = [];
  }

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      endByte += 1;
      start = end + 1;
      const line = finish();
      if (line) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = length > 0 ? finish() : undefined;
  if (last) yield last;
}

export type Outcome = 'added' | 'updated' | 'unchanged' | { readonly rejected: string };

/** What became of each line; rejections in the order of the file. */
export interface Summary {
  added: number;
  updated: number;
  unchanged: number;
  readonly rejected: { readonly line: number; readonly reason: string }[];
  /** What ended the import before the end of the file: lines after it were not tried. */
  failure?: unknown;
}

/** How lines become accounts; `R` is a record that was parsed. */
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

/**
 * Writes the accounts of a file, several at once, and counts them in the order of the file.
 *
 * @param options.atOnce how many writes are under way at most
 * @param options.onProgress gets the bytes of the file that are dealt with
 */
export async function importLines<R>(
  lines: AsyncIterable<Line>,
  importer: Importer<R>,
  options: { atOnce?: number; onProgress?: (bytes: number) => void } = {},
): Promise<Summary> {
  const { atOnce = 16, onProgress } = options;
  const summary: Summary = { added: 0, updated: 0, unchanged: 0, rejected: [] };
  const turns = new Turns();
  const underWay: { line: Line; outcome: Promise<Outcome | { failure: unknown }> }[] = [];

  async function judge({ content }: Line): Promise<Outcome> {
    if ('rejected' in content) return content;
    const parsed = importer.parse(content.json);
    if ('rejected' in parsed) return parsed;
    return turns.take(importer.topics(parsed.record), () => importer.write(parsed.record));
  }

  async function settleFirst(): Promise<void> {
    const first = underWay.shift();
    if (!first) return;
    const outcome = await first.outcome;
    if (typeof outcome === 'string') summary[outcome] += 1;
    else if ('failure' in outcome) summary.failure ??= outcome.failure;
    else summary.rejected.push({ line: first.line.number, reason: outcome.rejected });
    onProgress?.(first.line.endByte);
  }

  for await (const line of lines) {
    underWay.push({ line, outcome: judge(line).catch((failure: unknown) => ({ failure })) });
    if (underWay.length >= atOnce) await settleFirst();
    if ('failure' in summary) break;
  }
  while (underWay.length > 0) await settleFirst();
  return summary;
}

/** The lines of a file. Errors of reading it come out of the iteration. */
export const fileLines = (path: string): AsyncGenerator<Line> => splitLines(createReadStream(path));
