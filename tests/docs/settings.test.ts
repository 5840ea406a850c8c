import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { defaultSettings, stackSchema } from '../../infrastructure/settings.ts';
import { settingsSchema } from '../../lib/config.ts';
import { parameterName, SECRETS } from '../../lib/secret-store.ts';
import { PORTS } from '../../local/environment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(ROOT, 'docs', 'settings.md'), 'utf8');
const readYaml = (file: string) => parse(readFileSync(join(ROOT, file), 'utf8'));
const { provider } = readYaml('serverless.yml') as { provider: { environment: Record<string, string> } };
const stack = readYaml('infrastructure/stack-settings.yml') as Record<string, string>;

/** The cells of each row of the table below a heading, without their backticks. */
function rowsBelow(heading: string): string[][] {
  const section = document.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: as the document has it
const defaults = defaultSettings('${sls:stage}');

test('docs/settings.md lists exactly the settings of the service, in the order of serverless.yml', () => {
  const listed = rowsBelow('Of the service').map(([name]) => name);
  expect(listed.toSorted()).toEqual(Object.keys(provider.environment).toSorted());
  const known = [...Object.keys(settingsSchema().shape), 'SECRETS_PATH'];
  expect(listed.toSorted()).toEqual(known.toSorted());
});

test('docs/settings.md lists exactly the settings of the stacks', () => {
  const listed = rowsBelow('Of the stacks').map(([name]) => name);
  expect(listed).toEqual(Object.keys(stack));
  expect(listed).toEqual(Object.keys(stackSchema.shape));
});

test.each([...rowsBelow('Of the service'), ...rowsBelow('Of the stacks')])(
  '%s has the default the document says',
  (name = '', documented) => {
    expect(defaults[name]).toBe(documented === 'empty' ? '' : documented);
  },
);

test('durations and counts have their unit in the document, and durations in their name', () => {
  for (const [name = '', , unit] of rowsBelow('Of the service')) {
    const inName = /_(SECONDS|MILLISECONDS)$/.exec(name)?.[1]?.toLowerCase();
    if (inName) expect({ name, unit }).toEqual({ name, unit: inName });
  }
});

test('docs/settings.md lists exactly the secrets, by both their names', () => {
  const listed = rowsBelow('Secrets').map(([name, parameter]) => [name, parameter]);
  expect(listed).toEqual(SECRETS.map((name) => [name, parameterName(name)]));
});

test('docs/settings.md lists exactly the ports of the local world', () => {
  const listed = rowsBelow('Of the local world').map(([name, port]) => [name, Number(port)]);
  expect(listed).toEqual(Object.values(PORTS).map(({ variable, port }) => [variable, port]));
});
