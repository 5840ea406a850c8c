import { expect } from '@jest/globals';
import type { OAuthIdentity, ProviderApp } from '../../lib/providers/provider.ts';

/** Strings that stand for what must never show up in an error. */
export const secrets = {
  appSecret: 'app-secret-5a7d',
  code: 'code-081Kq4Ga1',
  accessToken: 'access-token-9vRzTs',
  refreshToken: 'refresh-token-b1Xo',
  openid: 'oLVPpjqs9BhvzwPj5A-vTYAX3GLc',
  unionid: 'o6_bmasdasdsad6_2sgVt7hMZOPfL',
};

export const settings: ProviderApp = {
  appId: 'wx0000000000000001',
  appSecret: secrets.appSecret,
  authorizeOrigin: 'https://authorize.example.com',
  apiOrigin: 'https://api.example.com',
  timeoutMilliseconds: 60_000,
};

export const redirectUri = 'https://api.console.example.com/oauth/callback';

/** One prepared answer for one call, in the order they must come. */
export interface Prepared {
  path: string;
  answer: () => Response | Promise<Response>;
}

export const answer = (path: string, body: unknown, init?: ResponseInit): Prepared => ({
  path,
  answer: () => new Response(typeof body === 'string' ? body : JSON.stringify(body), init),
});

export const failing = (path: string, error: Error): Prepared => ({
  path,
  answer: () => Promise.reject(error),
});

/** A fetch that gives the prepared answers in turn, refuses anything else, and can tell what it was asked. */
export function fakeFetch(...prepared: Prepared[]) {
  const requests: { url: URL; init: RequestInit }[] = [];
  const fetch = (async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(String(input));
    requests.push({ url, init });
    const next = prepared[requests.length - 1];
    expect({ path: url.pathname, origin: url.origin }).toEqual({
      path: next?.path,
      origin: settings.apiOrigin,
    });
    if (next === undefined) throw new Error('unreachable');
    return next.answer();
  }) as typeof globalThis.fetch;
  return {
    fetch,
    requests,
    /** Every prepared answer was fetched, and nothing else. */
    expectAllUsed: () =>
      expect(requests.map(({ url }) => url.pathname)).toEqual(prepared.map(({ path }) => path)),
  };
}

/** Who came or, where that can't be told or the profile can't be read, why. */
export async function outcomeOf(identifying: Promise<object>): Promise<unknown> {
  return identifying.then(
    (identity: Partial<OAuthIdentity>) => identity.profileFailure ?? identity,
    (error: unknown) => error,
  );
}

/** Why nobody came, or the profile can't be read. */
export async function rejection(identifying: Promise<object>): Promise<unknown> {
  const outcome = await outcomeOf(identifying);
  if (!(outcome instanceof Error)) throw new Error(`resolved to ${JSON.stringify(outcome)}`);
  return outcome;
}
