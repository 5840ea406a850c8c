import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Operator } from '../linking/operator.ts';

/** What API Gateway says of who has signed the request, once IAM has let it through. */
const signed = z.object({
  authorizer: z.object({ iam: z.object({ userArn: z.string().check(z.minLength(1)) }) }),
});

/** @returns undefined if IAM has let nobody in */
export function readOperator({ requestContext }: APIGatewayProxyEventV2): Operator | undefined {
  const { data } = signed.safeParse(requestContext);
  return data && { by: data.authorizer.iam.userArn };
}
