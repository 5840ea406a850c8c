import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import { parseSubject } from '../linking/account-record.ts';
import { Problem } from '../linking/problem.ts';
import { parseProvider } from './path.ts';
import { parseQuery } from './query.ts';

/**
 * The identity that path and query name, in its one form.
 *
 * @param schema of the query, which has the `subject`
 * @throws Problem `not_found` for a provider that there is not, `invalid_request`
 */
export function parseIdentity<Shape extends { readonly subject: z.ZodMiniType<string> }>(
  event: APIGatewayProxyEventV2,
  schema: z.ZodMiniObject<Shape, z.core.$ZodObjectConfig>,
) {
  const provider = parseProvider(event);
  const query = parseQuery(event, schema);
  const subject = parseSubject(provider, String(query.subject));
  const errors = [{ path: 'subject', message: `is no subject of ${provider}` }];
  if (subject === undefined) throw new Problem('invalid_request', { errors });
  return { ...query, provider, subject };
}
