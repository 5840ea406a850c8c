import { expect, test } from '@jest/globals';
import { ROUTES } from '../../lib/contract/routes.ts';
import { HTTP_FUNCTIONS } from '../support/functions.ts';

test('the functions of serverless.yml are the routes of the contract, each by its name', () => {
  const deployed = HTTP_FUNCTIONS.map(({ name, method, pathPattern }) => `${name}: ${method} ${pathPattern}`);
  expect(ROUTES.map(({ name, method, path }) => `${name}: ${method} ${path}`).toSorted()).toEqual(
    deployed.toSorted(),
  );
});
