import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { contractSource } from '../../client/generate.ts';
import { ENDPOINTS } from '../../client/src/contract.ts';
import { ROUTES, type Route } from '../../lib/contract/routes.ts';

const FILE = join(import.meta.dirname, '..', '..', 'client', 'src', 'contract.ts');

test('the client’s types are what the contract says: `npm run openapi` writes them', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(contractSource());
});

test('the client has a call for every route that a page can fetch', () => {
  const routes: readonly Route[] = ROUTES;
  const fetched = routes
    .filter(({ answer, path }) => answer.status < 300 && !path.startsWith('/operator/'))
    .map(({ name, method, path }) => [name, `${method} ${path}`]);
  const calls = Object.entries(ENDPOINTS).map(([name, { method, path }]) => [name, `${method} ${path}`]);
  expect(Object.fromEntries(calls)).toEqual(Object.fromEntries(fetched));
});
