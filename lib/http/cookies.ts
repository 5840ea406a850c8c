import { stringifySetCookie } from 'cookie';
import type { Token } from '../linking/secrets.ts';
import { BROWSER_COOKIE, SESSION_COOKIE } from './request.ts';

/** What the `__Host-` prefix asks for, so that no other host of the site can set it. Lax: it comes along from WeChat's page. */
const HOST_COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** It lives as long as the browser does; the server ends it sooner. */
export function sessionCookie(token: string): string {
  return stringifySetCookie({ name: SESSION_COOKIE, value: token, ...HOST_COOKIE });
}

export function noSessionCookie(): string {
  return stringifySetCookie({ name: SESSION_COOKIE, value: '', maxAge: 0, ...HOST_COOKIE });
}

export function browserCookie(token: Token): string {
  return stringifySetCookie({ name: BROWSER_COOKIE, value: token, ...HOST_COOKIE });
}
