/**
 * What the host of the page sends with its files, in one place: the local world sends these, a test opens the page under
 * them, and docs/console.md shows them to whoever hosts it.
 */

/** Whose check of a person the page may have to load, as `HUMAN_CHECK` of the service says. */
export type HostedHumanCheck = 'off' | 'turnstile' | 'tencent';

export interface PolicyOptions {
  /** Origin of the API, no slash at the end. */
  readonly apiOrigin: string;
  readonly humanCheck?: HostedHumanCheck;
}

/** developers.cloudflare.com/turnstile/reference/content-security-policy; Tencent names its scripts' host only. */
const OTHERS: Readonly<Record<HostedHumanCheck, readonly string[]>> = {
  off: [],
  turnstile: ['https://challenges.cloudflare.com'],
  tencent: ['https://*.captcha.qcloud.com', 'https://*.captcha.gtimg.com'],
};

/** The `Content-Security-Policy` (CSP Level 3): files of the page's own origin and requests to the API, nothing inline. */
export function contentSecurityPolicy({ apiOrigin, humanCheck = 'off' }: PolicyOptions): string {
  const others = OTHERS[humanCheck];
  const tencent = humanCheck === 'tencent' ? others : [];
  const directives = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...others],
    'style-src': ["'self'"],
    'img-src': ["'self'", ...tencent],
    'connect-src': ["'self'", apiOrigin, ...tencent],
    'frame-src': others.length > 0 ? others : ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** Every header the files are sent with, whatever their path, besides `cache-control`. */
export function pageHeaders(options: PolicyOptions): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(options),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}

const YEAR_SECONDS = 31_536_000;

/** Files below `/assets/` have a digest of their content in their names and never change; all others may at any release. */
export function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
}
