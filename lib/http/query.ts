import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod/mini';
import { describeIssue } from '../linking/issues.ts';
import { type FieldError, Problem } from '../linking/problem.ts';

/**
 * The query as its schema has it; what it does not know is left alone.
 *
 * @throws Problem `invalid_request`, naming every parameter that is wrong or there twice, and repeating none of its value
 */
export function parseQuery<Shape extends z.core.$ZodShape>(
  { rawQueryString }: APIGatewayProxyEventV2,
  schema: z.ZodMiniObject<Shape, z.core.$ZodObjectConfig>,
): z.output<typeof schema> {
  const query = new URLSearchParams(rawQueryString);
  const names = Object.keys(schema.shape);
  const twice = names.filter((name) => query.getAll(name).length > 1);
  const errors: FieldError[] = twice.map((path) => ({ path, message: 'is there twice' }));
  if (errors.length > 0) throw new Problem('invalid_request', { errors });
  const result = schema.safeParse(Object.fromEntries(query), { error: describeIssue });
  if (result.success) return result.data;
  throw new Problem('invalid_request', {
    errors: result.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
    })),
  });
}
