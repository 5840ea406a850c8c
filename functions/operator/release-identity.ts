import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { releaseQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { releaseIdentity } from '../../lib/flows/release-identity.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseIdentity } from '../../lib/http/identity.ts';
import { withoutBody } from '../../lib/http/path.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

const parse = withoutBody((event: APIGatewayProxyEventV2) => parseIdentity(event, releaseQuery));
type Form = ReturnType<typeof parse>;

/** DELETE /operator/identities/{provider}?subject=: takes one claim of a split person from the account that has it. */
async function release({ dependencies, form, ...asked }: ByOperator<Form>) {
  await releaseIdentity(dependencies, { ...form, ...asked });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(release));
export const handler = create(provide());
