import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { lookUpHistoryQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { showHistoryToOperator } from '../../lib/flows/operator-look-ups.ts';
import { json } from '../../lib/http/answer.ts';
import { parseAccountId } from '../../lib/http/path.ts';
import { parseQuery } from '../../lib/http/query.ts';
import { Problem } from '../../lib/linking/problem.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';
import { parseCursor } from '../../lib/table/history.ts';

/** @throws Problem `account_unknown`, `invalid_request` */
function parse(event: APIGatewayProxyEventV2) {
  const accountId = parseAccountId(event);
  const { cursor, reason } = parseQuery(event, lookUpHistoryQuery);
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  const errors = [{ path: 'cursor', message: 'must be the next of a page' }];
  if (cursor !== undefined && after === undefined) throw new Problem('invalid_request', { errors });
  return { accountId, after, reason };
}
type Form = ReturnType<typeof parse>;

/** GET /operator/accounts/{id}/history: what happened to an account, with who of the support desk did something, and why. */
async function show({ dependencies, form, ...asked }: ByOperator<Form>) {
  return json(200, await showHistoryToOperator(dependencies, { ...form, ...asked }));
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(show));
export const handler = create(provide());
