import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { lookUpPhoneQuery } from '../../lib/contract/forms.ts';
import { type Provide, phoneKeys, provide, type WithPhoneKeys } from '../../lib/dependencies.ts';
import { findPhone } from '../../lib/flows/operator-look-ups.ts';
import { json } from '../../lib/http/answer.ts';
import { parseQuery } from '../../lib/http/query.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import {
  type ByOperator,
  endpoint,
  form,
  http,
  operator,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

function parse(event: APIGatewayProxyEventV2) {
  const { number: phone, cursor, reason } = parseQuery(event, lookUpPhoneQuery);
  return { phone, after: cursor as AccountId | undefined, reason };
}
type Form = ReturnType<typeof parse>;

/** GET /operator/phones?number=: which accounts have a phone; the history of each has it that an operator looked. */
async function find({ dependencies, form, ...asked }: ByOperator<Form, WithPhoneKeys>) {
  return json(200, await findPhone(dependencies, { ...form, ...asked }));
}

export const create = (provided: Provide<WithPhoneKeys>) =>
  endpoint().use(http(provided)).use(form(parse)).use(operator()).handler(retryWhenStale(find));
export const handler = create(provide(phoneKeys));
