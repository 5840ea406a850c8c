import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fromJSONSchema } from 'zod';
import * as z from 'zod/mini';
import { accountRecordSchema, parseAccountRecord } from '../../lib/linking/account-record.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'events');
const PATH = join(FOLDER, 'account.changed.json');

function document(): string {
  const schema = z.toJSONSchema(accountRecordSchema, {
    io: 'input',
    // `format` says it where JSON Schema knows that; elsewhere the expression does.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'e164') delete jsonSchema.format;
      else if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return `${JSON.stringify({ $id: 'account.changed.json', title: 'account.changed', ...schema }, null, 2)}\n`;
}

interface Sample {
  readonly accountId: string;
  readonly registered?: object;
}
const names = readdirSync(join(FOLDER, 'samples')).map((file) => file.replace('.json', ''));
const samples = new Map(
  names.map((name) => [
    name,
    JSON.parse(readFileSync(join(FOLDER, 'samples', `${name}.json`), 'utf8')) as Sample,
  ]),
);

const validator = () => fromJSONSchema(JSON.parse(readFileSync(PATH, 'utf8')));
const isValid = (json: unknown) => validator().safeParse(json).success;
const refusal = (json: unknown): string | undefined => {
  const parsed = parseAccountRecord(json);
  return 'rejected' in parsed ? parsed.rejected : undefined;
};

/** What is wrong with values that are of the right form, which no schema says. */
const BEYOND =
  /is no subject of|is the account itself|in the future|nothing that can be seen|one method a provider/;

const VALUES = [
  null,
  7,
  -1,
  1.5,
  true,
  '',
  ' ',
  'x',
  'x'.repeat(400),
  [],
  {},
  'active',
  '2026-01-01',
  '+8613800138001',
];

/** A record with one member, or one member of a member, missing, added or another. */
function spoiled(record: object): object[] {
  const without = (name: string) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
  const here = Object.keys({
    ...record,
    status: '',
    phone: '',
    links: '',
    language: '',
    unknown: '',
  }).flatMap((name) => [without(name), ...VALUES.map((value) => ({ ...record, [name]: value }))]);
  const { registered } = record as Sample;
  const within = registered ? spoiled(registered).map((other) => ({ ...record, registered: other })) : [];
  return [...here, ...within];
}

describe('docs/events/account.changed.json', () => {
  test('is what is taken', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PATH, document());
    expect(readFileSync(PATH, 'utf8')).toBe(document());
  });

  test.each(names)('the sample %s is valid by it, and taken', (name) => {
    const sample = samples.get(name);
    expect([isValid(sample), refusal(sample)]).toEqual([true, undefined]);
  });

  test.each(names)('%s, spoiled in any way, is refused by both or by neither', (name) => {
    const validate = validator();
    for (const record of spoiled(samples.get(name) ?? {})) {
      const reason = refusal(record);
      const isTaken = reason === undefined || BEYOND.test(reason);
      expect([record, validate.safeParse(record).success]).toEqual([record, isTaken]);
    }
  });
});

test('the samples are of the accounts of the local world, and newer than those', () => {
  const demo = readFileSync(join(ROOT, 'local', 'demo-accounts.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const accounts = new Map(
    demo.map((line) => JSON.parse(line)).map((account) => [account.accountId, account]),
  );
  const known = ['changed-phone', 'suspended', 'closed'].map((name) => samples.get(name)?.accountId);
  expect(known.map((id) => accounts.has(id))).toEqual([true, true, true]);
  for (const [name, { accountId, registered }] of samples) {
    const account = accounts.get(accountId);
    if (account && registered)
      expect([name, registered]).toMatchObject([name, { subject: account.registered.subject }]);
    expect(samples.get(name)).toHaveProperty('revision', account ? 2 : 1);
  }
});
