import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { contentSecurityPolicy, pageHeaders } from '../../console/headers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const document = read('docs', 'console.md');
const element = read('console', 'src', 'embed', 'element.tsx');
const types = read('console', 'element', 'account-linking.d.ts');
const API = 'https://api.example.com';

/** The first cells of the table with this head. */
function cells(head: string): string[] {
  const table = document.slice(document.indexOf(`| ${head} |`)).split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

test('docs/console.md has the headers the page runs under', () => {
  for (const [name, value] of Object.entries(pageHeaders({ apiOrigin: API })))
    expect(document.toLowerCase()).toContain(`${name}: ${value}`.toLowerCase());
});

test.each(['turnstile', 'tencent'] as const)(
  'docs/console.md names what the human check %s adds',
  (humanCheck) => {
    const policy = (options: Parameters<typeof contentSecurityPolicy>[0]) =>
      contentSecurityPolicy(options).split('; ');
    const without = policy({ apiOrigin: API });
    const changed = policy({ apiOrigin: API, humanCheck }).filter(
      (directive) => !without.includes(directive),
    );
    const paragraph = /With `HUMAN_CHECK=turnstile`.*?\n\n/s.exec(document)?.[0].replaceAll('\n', ' ') ?? '';
    const [turnstile = '', tencent = ''] = paragraph.split('With `HUMAN_CHECK=tencent`');
    for (const directive of changed) {
      const [name, ...sources] = directive.split(' ');
      const said = humanCheck === 'turnstile' ? turnstile : tencent;
      expect(said).toContain(`\`${name}\``);
      const added = sources.filter((source) => source.includes('*') || source.includes('challenges'));
      expect(said).toContain(added.join(' '));
    }
  },
);

test('docs/console.md lists every attribute and event of the element', () => {
  const attributes = /observedAttributes = \[([^\]]*)\]/.exec(element)?.[1] ?? '';
  expect(cells('attribute')).toEqual([...attributes.matchAll(/'([^']+)'/g)].map(([, name]) => name));
  const events = [...types.matchAll(/^ {2}'?([\w-]+)'?: CustomEvent/gm)].map(([, name]) => name);
  expect(cells('event')).toEqual(events);
});

test('what docs/console.md says a console serves is what the sample console has', () => {
  const sample = read('console', 'sample', 'oauth-result.html');
  for (const attribute of ['data-oauth-result', 'data-signed-in', 'data-sign-in', 'data-oauth-left']) {
    expect(sample).toContain(attribute);
    expect(document).toContain(attribute);
  }
  expect(readdirSync(join(ROOT, 'console', 'sample')).toSorted()).toEqual([
    'index.html',
    'oauth-result.html',
    'sample.css',
    'sample.js',
  ]);
});
