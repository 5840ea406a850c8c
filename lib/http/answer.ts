import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpResult = APIGatewayProxyStructuredResultV2;

/** @param body of the form that the contract has for this route and status */
export function json<Body>(statusCode: number, body: Body, cookies: string[] = []): HttpResult {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { statusCode, headers, body: JSON.stringify(body), ...(cookies.length > 0 && { cookies }) };
}

/** A document for everybody, which whoever fetches it may keep for five minutes. */
export function published<Body>(body: Body): HttpResult {
  const answer = json(200, body);
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=300' } };
}

export function noContent(cookies: string[] = []): HttpResult {
  return { statusCode: 204, ...(cookies.length > 0 && { cookies }) };
}

/** Sends the browser on. */
export function redirect(location: string, cookies: string[] = []): HttpResult {
  return { statusCode: 302, headers: { location }, ...(cookies.length > 0 && { cookies }) };
}
