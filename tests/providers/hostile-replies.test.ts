import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProviderError } from '../../lib/providers/provider.ts';
import { jsonp } from './documented-replies.ts';
import { outcomeOf, redirectUri, secrets, settings } from './fake-provider.ts';
import { everythingOf, expectIdentityOrProviderError, paths, replies } from './spoiled-replies.ts';

const fields = [
  'access_token',
  'openid',
  'unionid',
  'nickname',
  'errcode',
  'error',
  'ret',
  'code',
  'client_id',
  'msg',
];
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(...Object.values(secrets), '', 0, '0', -1, 1e300, '1e3', settings.appId),
);
const object = fc.dictionary(fc.constantFrom(...fields), value);

test.each(paths)('arbitrary bytes at %s are an identity or a ProviderError', async (path, create) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(200, 400, 500),
      async (bytes, status) => {
        await expectIdentityOrProviderError(create, path, Uint8Array.from(bytes), status);
      },
    ),
  );
});

test.each(paths)('arbitrary JSON, JSONP and query strings at %s too', async (path, create) => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.json(),
        object.map((body) => JSON.stringify(body)),
        object.map((body) => JSON.stringify({ ...(replies[path] as object), ...body })),
        object.map((body) => jsonp(body)),
        fc.string().map((text) => `callback(${text});`),
        fc.webQueryParameters(),
      ),
      async (body) => {
        await expectIdentityOrProviderError(create, path, body);
      },
    ),
    { numRuns: 200 },
  );
});

test.each(paths)(
  'an error of fetch at %s that holds the URL leaves nothing behind',
  async (failingPath, create) => {
    const leaky = (async (url: URL) => {
      if (url.pathname !== failingPath) return Response.json(replies[url.pathname]);
      throw new TypeError(`fetch failed: ${url.href}`, { cause: new Error(url.href) });
    }) as typeof globalThis.fetch;
    const error = await outcomeOf(create(settings, leaky).identify({ code: secrets.code, redirectUri }));
    expect(error).toBeInstanceOf(ProviderError);
    const everything = everythingOf(error as Error);
    for (const secret of [...Object.values(secrets), settings.apiOrigin])
      expect(everything).not.toContain(secret);
  },
);
