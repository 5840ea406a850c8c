import { CsvError, parse } from 'csv-parse/sync';
import { PROVIDERS } from '../../lib/linking/identity.ts';
import { StartError } from '../environment.ts';
import type { Line } from './lines.ts';
import type { Content } from './rows.ts';

/** No record is so long; one that goes on for longer has an open quote. */
export const RECORD_MAX_BYTES = 64 * 1024;

const METHOD = ['provider', 'subject', 'display'] as const;

/** Columns are called as the reasons of a rejection call the members: by their path in the JSON of a line. */
export const COLUMNS: readonly string[] = [
  ...['accountId', 'name', 'phone', 'language', 'registeredAt', 'parentId', 'revision', 'status'],
  ...METHOD.map((member) => `registered.${member}`),
  // The registered one has a provider of its own.
  ...PROVIDERS.slice(1).flatMap((_, index) => METHOD.map((member) => `links.${index}.${member}`)),
];

const REQUIRED = ['accountId', 'name', 'registered.provider', 'registered.subject'];

/** The names of the columns, from left to right. */
export type CsvHeader = readonly string[];

const cells = (text: string): string[] =>
  (parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true }) as string[][])[0] ?? [];

const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');

/**
 * Reads the line that names the columns.
 *
 * @throws StartError which says what is wrong with them
 */
export function readHeader(line: Line | undefined): CsvHeader {
  const fail = (why: string) => new StartError(`The first line of CSV must name the columns: ${why}.`);
  if (line === undefined) throw fail('there is no line at all');
  if (line.part !== undefined) throw fail('it is far too long');
  let names: string[];
  try {
    names = cells(new TextDecoder('utf-8', { fatal: true }).decode(line.bytes)).map((name) => name.trim());
  } catch (error) {
    throw fail(error instanceof CsvError ? 'its quotes are wrong' : 'it is not valid UTF-8');
  }
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw fail(`${list(missing)} missing; there is ${list(names)}`);
  const unknown = names.filter((name) => !COLUMNS.includes(name));
  if (unknown.length > 0) throw fail(`${list(unknown)} is none of ${COLUMNS.join(', ')}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw fail(`${list(twice)} is there twice`);
  return names;
}

/** A cell as JSON has it. What is no number stays a text, and is rejected as such. */
const readCell = (column: string, cell: string): string | number =>
  column === 'revision' && /^-?\d{1,15}$/.test(cell) ? Number(cell) : cell;

/** The members of a method of the row; undefined where all its cells are empty. */
function methodOf(row: ReadonlyMap<string, string | number>, prefix: string) {
  const members = METHOD.flatMap((member) => {
    const value = row.get(`${prefix}.${member}`);
    return value === undefined ? [] : [[member, value] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Makes of a record what a line of NDJSON would be: an empty cell is a member that is not there. */
export function parseRecord(text: string, header: CsvHeader): Content {
  let row: string[];
  try {
    // Of a line that ends in CRLF.
    row = cells(text.replace(/\r$/, ''));
  } catch (error) {
    if (error instanceof CsvError) return { rejected: 'has a quote in the wrong place' };
    throw error;
  }
  if (row.length !== header.length)
    return { rejected: `has ${row.length} cells where there are ${header.length} columns` };
  const named = new Map(
    header.flatMap((name, index) => {
      const cell = row[index] ?? '';
      return cell === '' ? [] : [[name, readCell(name, cell)] as const];
    }),
  );
  const plain = [...named].filter(([name]) => !name.includes('.'));
  const links = PROVIDERS.slice(1)
    .map((_, index) => methodOf(named, `links.${index}`))
    .filter((link) => link !== undefined);
  return { json: { ...Object.fromEntries(plain), registered: methodOf(named, 'registered'), links } };
}
