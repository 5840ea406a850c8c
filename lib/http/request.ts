import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseCookie } from 'cookie';
import Negotiator from 'negotiator';
import { hashToken, parseToken, type Token, type TokenHash } from '../linking/secrets.ts';
import { parseSessionToken, type SessionRef } from '../table/sessions.ts';
import { maskIp, networkOf } from './ip.ts';

export type Language = 'zh-CN' | 'en';

/** What the handlers need of an API Gateway event (payload 2.0). */
export interface HttpRequest {
  readonly event: APIGatewayProxyEventV2;
  readonly language: Language;
  /** The session a cookie claims; whether it is one is for the table to say. */
  readonly sessionRef: SessionRef | undefined;
  /** The browser's own random token, that all its OAuth flows are bound to. */
  readonly browserToken: Token | undefined;
  /** What the browser says of what it has signed in to before; whether we ever gave it that is for a key to say. */
  readonly deviceCookie: string | undefined;
  /** From the gateway, never from `X-Forwarded-For`: a caller writes that one. */
  readonly maskedIp: string;
  /** Whom that address stands for where requests are counted: an IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string;
  readonly device: string;
}

export const SESSION_COOKIE = '__Host-session';
export const BROWSER_COOKIE = '__Host-browser';
export const DEVICE_COOKIE = '__Host-device';

/** `zh` stands for every Chinese, so that a reader of zh-TW is not answered in English. */
const OFFERED_LANGUAGES = ['zh-CN', 'zh', 'en'];

/** Chinese unless English is preferred. */
export function languageOf({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>): Language {
  return new Negotiator({ headers }).language(OFFERED_LANGUAGES) === 'en' ? 'en' : 'zh-CN';
}

const DEVICE_MAX = 200;

export function readRequest(event: APIGatewayProxyEventV2, language: Language): HttpRequest {
  // API Gateway takes the cookies out of the headers; serverless-offline, told not to judge them, leaves them there.
  const cookies = parseCookie(event.headers['cookie'] ?? (event.cookies ?? []).join('; '));
  return {
    event,
    language,
    sessionRef: parseSessionToken(cookies[SESSION_COOKIE]),
    browserToken: parseToken(cookies[BROWSER_COOKIE]),
    deviceCookie: cookies[DEVICE_COOKIE],
    maskedIp: maskIp(event.requestContext.http.sourceIp),
    network: networkOf(event.requestContext.http.sourceIp),
    // What is cut may be half a character, which is none for a store of UTF-8.
    device: (event.requestContext.http.userAgent ?? '').slice(0, DEVICE_MAX).toWellFormed(),
  };
}

export function browserHashOf(request: HttpRequest): TokenHash | undefined {
  return request.browserToken && hashToken(request.browserToken);
}
