import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeIssue } from '../linking/issues.ts';
import { Problem } from '../linking/problem.ts';

/** No request of the contract comes near; what is larger is not even parsed. */
const BODY_MAX_BYTES = 16 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

function invalid(message: string): Problem {
  return new Problem('invalid_request', { errors: [{ path: '', message }] });
}

function parseJson(event: APIGatewayProxyEventV2): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) return undefined;
  if (!JSON_TYPE.test(event.headers['content-type'] ?? ''))
    throw invalid('Content-Type must be application/json');
  if (bytes.length > BODY_MAX_BYTES) throw invalid(`must not be larger than ${BODY_MAX_BYTES} bytes`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('must be JSON in UTF-8');
  }
}

const nothing = z.optional(z.strictObject({}));

/** For requests that say all by their path: no body, or an empty object. @throws Problem `invalid_request` */
export function parseNoBody(event: APIGatewayProxyEventV2): null {
  parseBody(event, nothing);
  return null;
}

/**
 * The body as its schema has it.
 *
 * @throws Problem `invalid_request`, naming every member that is wrong and repeating none of its value
 */
export function parseBody<Form>(event: APIGatewayProxyEventV2, schema: z.ZodMiniType<Form>): Form {
  const result = schema.safeParse(parseJson(event), { error: describeIssue });
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  throw new Problem('invalid_request', { errors });
}
