import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { changeQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { endSessionsByOperator } from '../../lib/flows/operator-changes.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseAccountId, withoutBody } from '../../lib/http/path.ts';
import { parseQuery } from '../../lib/http/query.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

const parse = withoutBody((event: APIGatewayProxyEventV2) => ({
  accountId: parseAccountId(event),
  ...parseQuery(event, changeQuery),
}));
type Form = ReturnType<typeof parse>;

/** DELETE /operator/accounts/{id}/sessions: signs an account out everywhere; its owner is told. */
async function end({ dependencies, form, ...asked }: ByOperator<Form>) {
  await endSessionsByOperator(dependencies, { ...form, ...asked });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(end));
export const handler = create(provide());
