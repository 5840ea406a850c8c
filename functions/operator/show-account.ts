import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { lookUpQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { showAccountToOperator } from '../../lib/flows/operator-look-ups.ts';
import { json } from '../../lib/http/answer.ts';
import { parseAccountId } from '../../lib/http/path.ts';
import { parseQuery } from '../../lib/http/query.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

const parse = (event: APIGatewayProxyEventV2) => ({
  accountId: parseAccountId(event),
  ...parseQuery(event, lookUpQuery),
});
type Form = ReturnType<typeof parse>;

/** GET /operator/accounts/{id}: an account, masked as for its owner; its history has it that an operator looked. */
async function show({ dependencies, form, ...asked }: ByOperator<Form>) {
  return json(200, await showAccountToOperator(dependencies, { ...form, ...asked }));
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(show));
export const handler = create(provide());
