import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseCookie } from 'cookie';
import type { Language } from '../linking/language.ts';
import { hashToken, parseToken, type Token, type TokenHash } from '../linking/secrets.ts';
import { parseSessionToken, type SessionRef } from '../linking/session.ts';
import { cleanText } from '../linking/text.ts';
import { maskIp, toNetwork, withoutPort } from './ip.ts';

/** Who asks, as far as a request shows it. */
export interface Caller {
  readonly language: Language;
  /** The session that a bearer token claims or, without one, the cookie; whether it is one is for the table to say. */
  readonly sessionRef: SessionRef | undefined;
  /** `Authorization` claims the session, so that it has nothing to do with the cookies of this browser, if it is one. */
  readonly isBearer: boolean;
  /** The browser's own random token, that all its OAuth flows are bound to. */
  readonly browserToken: Token | undefined;
  /** What the browser says of what it has signed in to before; whether we ever gave it that is for a key to say. */
  readonly deviceCookie: string | undefined;
  /** From the gateway, or from our own distribution by `CLIENT_IP`; never from `X-Forwarded-For`, which a caller writes. */
  readonly ip: string;
  readonly maskedIp: string;
  /** Whom that address stands for where requests are counted: an IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string;
  readonly device: string;
}

export const SESSION_COOKIE = '__Host-session';
export const BROWSER_COOKIE = '__Host-browser';
export const DEVICE_COOKIE = '__Host-device';

/** Browsers inside apps name the app at the end: WeChat's on Android has some 400 characters. */
const DEVICE_MAX = 512;

/** RFC 6750, section 2.1; RFC 9110, section 11.1: the scheme in any case. One that comes twice is joined by a comma, and then it is no token. */
const BEARER = /^bearer(?=[\s,]|$)/i;

/** @returns undefined if there is none: other schemes are none of ours; empty, or any text, where the header has no token */
function readBearer({ headers: { authorization = '' } }: APIGatewayProxyEventV2): string | undefined {
  return BEARER.test(authorization) ? authorization.replace(BEARER, '').trim() : undefined;
}

type Address = Pick<Caller, 'ip' | 'maskedIp' | 'network'>;

const addressOf = (ip: string): Address => ({ ip, maskedIp: maskIp(ip), network: toNetwork(ip) });

/** The same caller, at another address than the gateway says. */
export const withIp = (caller: Caller, ip: string): Caller => ({ ...caller, ...addressOf(ip) });

export function readCaller(event: APIGatewayProxyEventV2, language: Language): Caller {
  // API Gateway takes the cookies out of the headers; serverless-offline, told not to judge them, leaves them there.
  const cookies = parseCookie(event.headers['cookie'] ?? (event.cookies ?? []).join('; '));
  const { sourceIp, userAgent } = event.requestContext.http;
  const bearer = readBearer(event);
  return {
    language,
    sessionRef: parseSessionToken(bearer ?? cookies[SESSION_COOKIE]),
    isBearer: bearer !== undefined,
    browserToken: parseToken(cookies[BROWSER_COOKIE]),
    deviceCookie: cookies[DEVICE_COOKIE],
    ...addressOf(withoutPort(sourceIp)),
    // Cleaned last: what is cut may be half a character.
    device: cleanText((userAgent ?? '').slice(0, DEVICE_MAX)),
  };
}

export function hashBrowser({ browserToken }: Caller): TokenHash | undefined {
  return browserToken && hashToken(browserToken);
}
