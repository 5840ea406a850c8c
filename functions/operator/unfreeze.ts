import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { unfreezeQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { clearByOperator, unfreezeByOperator } from '../../lib/flows/operator-changes.ts';
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
  ...parseQuery(event, unfreezeQuery),
}));
type Form = ReturnType<typeof parse>;

/** POST /operator/accounts/{id}/unfreeze: lifts the freeze of an account or, with a provider, the suspension of that method. */
async function unfreeze({ dependencies, form: { provider, ...form }, ...asked }: ByOperator<Form>) {
  if (provider === undefined) await unfreezeByOperator(dependencies, { ...form, ...asked });
  else await clearByOperator(dependencies, { ...form, ...asked, provider });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(unfreeze));
export const handler = create(provide());
