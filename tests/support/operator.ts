import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Invoke } from '../../local/operator/app.ts';
import type { Reply } from './browser.ts';
import { HTTP_FUNCTIONS, loadRoute, type RequestOptions } from './functions.ts';
import type { World } from './world.ts';

/** Who the sample events say that IAM has let in. */
export const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/SupportDesk/alice';
export const REASON = '客户来电 ticket 4711';

/** Sends a request of the support desk. @param query each parameter once; those that are undefined are left out */
export async function asOperator(
  world: World,
  method: string,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
  options: RequestOptions = {},
): Promise<Reply> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return world.browser().send(method, `/operator${path}`, { query: text, ...options });
}

/** The same request with what API Gateway says of who signed it in place of what it says. */
export const withAuthorizer = (authorizer: unknown): RequestOptions => ({
  edit: (event: APIGatewayProxyEventV2) => {
    const { authorizer: _signed, ...requestContext } = event.requestContext as typeof event.requestContext & {
      authorizer?: unknown;
    };
    return {
      ...event,
      requestContext: { ...requestContext, ...(authorizer === undefined ? {} : { authorizer }) },
    } as APIGatewayProxyEventV2;
  },
});

/** Runs the functions of the support desk on a world, as the local world's Lambda does. */
export const invokeOn =
  (world: World): Invoke =>
  async (name, event) => {
    const found = HTTP_FUNCTIONS.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no function ${name}`);
    return (await loadRoute(found))(world.dependencies)(event as APIGatewayProxyEventV2);
  };
