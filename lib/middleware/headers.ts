import { type Middleware, middleware, type Request } from './request.ts';

/**
 * An answer is kept by nobody, leads nowhere by itself, and is shown as a page by no browser. Ours, since middy's has 13 headers,
 * most of them for pages, and no `no-store`.
 */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function addHeaders(request: Request): void {
  const { response } = request;
  if (response) request.response = { ...response, headers: { ...COMMON_HEADERS, ...response.headers } };
}

/** Headers on answers and problems alike. */
export function headers(): Middleware {
  return middleware({ after: addHeaders, onError: addHeaders });
}
