import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { changeQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { unlinkByOperator } from '../../lib/flows/operator-changes.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseAccountId, parseProvider, withoutBody } from '../../lib/http/path.ts';
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
  provider: parseProvider(event),
  ...parseQuery(event, changeQuery),
}));
type Form = ReturnType<typeof parse>;

/** DELETE /operator/accounts/{id}/links/{provider}: unlinks a method of an account; its owner is told, and can link it again. */
async function unlink({ dependencies, form, ...asked }: ByOperator<Form>) {
  await unlinkByOperator(dependencies, { ...form, ...asked });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(unlink));
export const handler = create(provide());
