import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { AccountId } from '../linking/account.ts';
import {
  isOAuthProvider,
  isProvider,
  isWayIn,
  type OAuthProviderName,
  type Provider,
  type WayIn,
} from '../linking/identity.ts';
import { isNoticeId } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { ACCOUNT_ID } from '../linking/session.ts';
import { parseNoBody } from './body.ts';

/** The `{provider}` of the path. @throws Problem `not_found` */
export function parseProvider({ pathParameters }: APIGatewayProxyEventV2): Provider {
  const provider = pathParameters?.['provider'];
  if (!isProvider(provider)) throw new Problem('not_found');
  return provider;
}

/** The `{provider}` of a path that the company's own login has too. @throws Problem `not_found` */
export function parseWayIn({ pathParameters }: APIGatewayProxyEventV2): WayIn {
  const way = pathParameters?.['provider'];
  if (!isWayIn(way)) throw new Problem('not_found');
  return way;
}

/** The `{provider}` of a path that only WeChat and QQ have. @throws Problem `not_found` */
export function parseOAuthProvider({ pathParameters }: APIGatewayProxyEventV2): OAuthProviderName {
  const provider = pathParameters?.['provider'];
  if (!isOAuthProvider(provider)) throw new Problem('not_found');
  return provider;
}

/** The `{id}` of a notice's path. @throws Problem `not_found` for what can't be one */
export function parseNoticeId({ pathParameters }: APIGatewayProxyEventV2): string {
  const id = pathParameters?.['id'];
  if (id === undefined || !isNoticeId(id)) throw new Problem('not_found');
  return id;
}

/** The `{id}` of a session's path. @throws Problem `not_found` for what can't be one */
export function parseSessionId({ pathParameters }: APIGatewayProxyEventV2): string {
  const id = pathParameters?.['id'];
  if (id === undefined || !/^[A-Za-z0-9_-]{22}$/.test(id)) throw new Problem('not_found');
  return id;
}

/** The `{id}` of an account's path. @throws Problem `account_unknown` for what can't be one */
export function parseAccountId({ pathParameters }: APIGatewayProxyEventV2): AccountId {
  const id = pathParameters?.['id'];
  if (id === undefined || !ACCOUNT_ID.test(id)) throw new Problem('account_unknown');
  return id as AccountId;
}

/** For a request that says all by its path. The parser returned throws Problem `invalid_request` too. */
export function withoutBody<Form>(parse: (event: APIGatewayProxyEventV2) => Form) {
  return (event: APIGatewayProxyEventV2): Form => {
    const form = parse(event);
    parseNoBody(event);
    return form;
  };
}
