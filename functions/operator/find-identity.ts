import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { lookUpIdentityQuery } from '../../lib/contract/forms.ts';
import { type Provide, provide } from '../../lib/dependencies.ts';
import { findIdentity } from '../../lib/flows/operator-look-ups.ts';
import { json } from '../../lib/http/answer.ts';
import { parseIdentity } from '../../lib/http/identity.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

const parse = (event: APIGatewayProxyEventV2) => parseIdentity(event, lookUpIdentityQuery);
type Form = ReturnType<typeof parse>;

/** GET /operator/identities/{provider}?subject=: whose an identity is. */
async function find({ dependencies, form, ...asked }: ByOperator<Form>) {
  return json(200, await findIdentity(dependencies, { ...form, ...asked }));
}

export const create = (provided: Provide) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(find));
export const handler = create(provide());
