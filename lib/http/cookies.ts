import { stringifySetCookie } from 'cookie';
import { DEVICE_SECONDS, type DeviceCookie } from '../linking/device.ts';
import type { Token } from '../linking/secrets.ts';
import { BROWSER_COOKIE, type Caller, DEVICE_COOKIE, SESSION_COOKIE } from './caller.ts';

/** What the `__Host-` prefix asks for, so that no other host of the site can set it. Lax: it comes along from WeChat's page. */
const HOST_COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** It lives as long as the browser does; the server ends it sooner. */
export function sessionCookie(token: string): string {
  return stringifySetCookie({ name: SESSION_COOKIE, value: token, ...HOST_COOKIE });
}

/** What ends the session's cookie: nothing where a bearer token stood for it, since the cookie may be of another session. */
export function noSessionCookie({ isBearer }: Pick<Caller, 'isBearer'>): string[] {
  if (isBearer) return [];
  return [stringifySetCookie({ name: SESSION_COOKIE, value: '', maxAge: 0, ...HOST_COOKIE })];
}

export function browserCookie(token: Token): string {
  return stringifySetCookie({ name: BROWSER_COOKIE, value: token, ...HOST_COOKIE });
}

/** It outlives the sessions it was given with, and signing out: a browser is known by it when it comes back. */
export function deviceCookie(value: DeviceCookie): string {
  return stringifySetCookie({ name: DEVICE_COOKIE, value, maxAge: DEVICE_SECONDS, ...HOST_COOKIE });
}
