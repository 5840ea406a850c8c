import { randomBytes } from 'node:crypto';
import type { Person } from '../people.ts';

/** What a person allowed: the code stands for it, then the token. */
export interface Grant {
  readonly person: Person;
  readonly redirectUri: string;
  /** Which app it was allowed to, where the provider has several of ours. */
  readonly appId?: string;
  /** WeChat has shown a snapshot of the page, and makes the person up. */
  readonly isSnapshot?: boolean;
}

export type Redeemed =
  | { readonly kind: 'ok'; readonly grant: Grant; readonly token: string }
  | { readonly kind: 'unknown' | 'used' | 'expired' };
export type Found = { readonly kind: 'ok'; readonly grant: Grant } | { readonly kind: 'unknown' | 'expired' };

interface Issued {
  readonly grant: Grant;
  readonly expiresAt: number;
  isUsed?: boolean;
}

/** The codes and tokens of one app. Times are milliseconds since the epoch. */
export class Grants {
  readonly #codes = new Map<string, Issued>();
  readonly #tokens = new Map<string, Issued>();
  readonly #now: () => number;
  readonly #lifetimes: { codeSeconds: number; tokenSeconds: number };

  constructor(now: () => number, lifetimes: { codeSeconds: number; tokenSeconds: number }) {
    this.#now = now;
    this.#lifetimes = lifetimes;
  }

  issueCode(grant: Grant): string {
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, { grant, expiresAt: this.#now() + this.#lifetimes.codeSeconds * 1000 });
    return code;
  }

  /**
   * Turns a code into a token, once.
   *
   * @param isFor a last look at what was granted; a code that is refused here is not used up
   */
  redeem(
    code: string,
    isFor: (grant: Grant) => boolean = () => true,
  ): Redeemed | { readonly kind: 'mismatch' } {
    const issued = this.#codes.get(code);
    if (!issued) return { kind: 'unknown' };
    if (issued.isUsed) return { kind: 'used' };
    if (issued.expiresAt <= this.#now()) return { kind: 'expired' };
    if (!isFor(issued.grant)) return { kind: 'mismatch' };
    issued.isUsed = true;
    const token = newToken();
    this.#tokens.set(token, {
      grant: issued.grant,
      expiresAt: this.#now() + this.#lifetimes.tokenSeconds * 1000,
    });
    return { kind: 'ok', grant: issued.grant, token };
  }

  findToken(token: string): Found {
    const issued = this.#tokens.get(token);
    if (!issued) return { kind: 'unknown' };
    return issued.expiresAt <= this.#now() ? { kind: 'expired' } : { kind: 'ok', grant: issued.grant };
  }
}

/** Of a token as `newToken` makes them. */
export const TOKEN_FORM = /^[0-9a-f]{64}$/;
export const newToken = () => randomBytes(32).toString('hex');

/** The callback with what is added to its query; a parameter of value undefined is left out. */
export function callbackUrl(redirectUri: string, added: Record<string, string | undefined>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(added))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** Whether a callback is at the domain that was registered for the app; port and path are free. */
export function isAtDomain(redirectUri: string | undefined, domain: string): redirectUri is string {
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return false;
  const { protocol, hostname } = new URL(redirectUri);
  return /^https?:$/.test(protocol) && hostname === domain;
}
