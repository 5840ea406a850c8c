import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseCookie } from 'cookie';
import Negotiator from 'negotiator';
import { hashToken, parseToken, type Token, type TokenHash } from '../linking/secrets.ts';
import { parseSessionToken, type SessionRef } from '../table/sessions.ts';

export type Language = 'zh-CN' | 'en';

/** What the handlers need of an API Gateway event (payload 2.0). */
export interface HttpRequest {
  readonly event: APIGatewayProxyEventV2;
  readonly language: Language;
  /** The session a cookie claims; whether it is one is for the table to say. */
  readonly sessionRef: SessionRef | undefined;
  /** The browser's own random token, that all its OAuth flows are bound to. */
  readonly browserToken: Token | undefined;
  /** From the gateway, never from `X-Forwarded-For`: a caller writes that one. */
  readonly maskedIp: string;
  readonly device: string;
}

export const SESSION_COOKIE = '__Host-session';
export const BROWSER_COOKIE = '__Host-browser';

/** `zh` stands for every Chinese, so that a reader of zh-TW is not answered in English. */
const OFFERED_LANGUAGES = ['zh-CN', 'zh', 'en'];

/** Chinese unless English is preferred. */
export function languageOf({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>): Language {
  return new Negotiator({ headers }).language(OFFERED_LANGUAGES) === 'en' ? 'en' : 'zh-CN';
}

const DEVICE_MAX = 200;

/** IPv4 without its last two numbers, IPv6 without all but its first three groups, or those before its `::`. */
export function maskIp(ip: string): string {
  if (/^\d+(\.\d+){3}$/.test(ip)) return ip.replace(/^(\d+\.\d+).*/, '$1.*.*');
  const network = /^((?:[0-9a-f]{1,4}:){1,3})/i.exec(ip)?.[1];
  return network === undefined ? '*' : `${network.replace(/:$/, '')}::*`;
}

export function readRequest(event: APIGatewayProxyEventV2, language: Language): HttpRequest {
  // API Gateway takes the cookies out of the headers; serverless-offline, told not to judge them, leaves them there.
  const cookies = parseCookie(event.headers['cookie'] ?? (event.cookies ?? []).join('; '));
  return {
    event,
    language,
    sessionRef: parseSessionToken(cookies[SESSION_COOKIE]),
    browserToken: parseToken(cookies[BROWSER_COOKIE]),
    maskedIp: maskIp(event.requestContext.http.sourceIp),
    device: (event.requestContext.http.userAgent ?? '').slice(0, DEVICE_MAX),
  };
}

export function browserHashOf(request: HttpRequest): TokenHash | undefined {
  return request.browserToken && hashToken(request.browserToken);
}
