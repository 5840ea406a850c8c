import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'openapi.json');
const written = readFileSync(FILE, 'utf8');

test('docs/openapi.json is what the contract says: `npm run openapi` writes it', async () => {
  const { openApiDocument } = await import('../../lib/contract/openapi.ts');
  const { servers } = JSON.parse(written);
  expect(JSON.parse(written)).toEqual(openApiDocument(servers[0].url));
});

test('docs/openapi.json is OpenAPI that a linter has nothing to say against', async () => {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      // Every deployment has its own; and what goes well may be a redirect.
      'no-server-example.com': 'off',
      'operation-2xx-response': 'off',
    },
  });
  const problems = await lintFromString({ source: written, absoluteRef: FILE, config });
  const said = problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${location[0]?.pointer}: ${message}`,
  );
  expect(said).toEqual([]);
});
