import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProviderError } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { jsonp, qq, wechat } from './documented-replies.ts';
import { redirectUri, secrets, settings } from './fake-provider.ts';

type Body = string | Uint8Array<ArrayBuffer>;

const replies: Record<string, unknown> = {
  [wechat.tokenPath]: wechat.token,
  [wechat.profilePath]: wechat.profile,
  [qq.tokenPath]: qq.token,
  [qq.openidPath]: qq.openid,
  [qq.profilePath]: qq.profile,
};

/** A provider that answers well but at one path. */
const spoiled = (path: string, body: Body, status = 200) =>
  (async (input: URL) =>
    input.pathname === path
      ? new Response(body, { status })
      : Response.json(replies[input.pathname])) as typeof globalThis.fetch;

const paths = [
  [wechat.tokenPath, createWeChat],
  [wechat.profilePath, createWeChat],
  [qq.tokenPath, createQQ],
  [qq.openidPath, createQQ],
  [qq.profilePath, createQQ],
] as const;

/** Everything a log line could make of an error. */
const everythingOf = (error: Error) =>
  [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 9, showHidden: true }),
  ].join('\n');

async function expectIdentityOrProviderError(
  create: typeof createWeChat,
  path: string,
  body: Body,
  status = 200,
) {
  const outcome = await create(settings, spoiled(path, body, status))
    .identify({ code: secrets.code, redirectUri })
    .catch((error: unknown) => error);
  if (outcome instanceof Error) {
    expect(outcome).toBeInstanceOf(ProviderError);
    expect(outcome).not.toHaveProperty('cause');
    const everything = everythingOf(outcome);
    for (const secret of [...Object.values(secrets), settings.apiOrigin])
      expect(everything).not.toContain(secret);
  } else {
    const { openid, unionid = 'none', nickname } = outcome as Record<string, string>;
    for (const subject of [openid, unionid]) expect(subject).toMatch(/^[^\s:#]{1,128}$/u);
    expect([...(nickname ?? '')].length).toBeGreaterThanOrEqual(1);
    expect([...(nickname ?? '')].length).toBeLessThanOrEqual(64);
  }
}

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
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(200, 400, 500), (bytes, status) =>
      expectIdentityOrProviderError(create, path, Uint8Array.from(bytes), status),
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
      (body) => expectIdentityOrProviderError(create, path, body),
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
    const error = await create(settings, leaky)
      .identify({ code: secrets.code, redirectUri })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    const everything = everythingOf(error as Error);
    for (const secret of [...Object.values(secrets), settings.apiOrigin])
      expect(everything).not.toContain(secret);
  },
);

test('callbacks of any query are read without throwing', () => {
  const keys = fc.constantFrom('code', 'state', 'error', 'usercancel', 'msg');
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.string({ unit: 'binary' }))), (pairs) => {
      for (const create of [createWeChat, createQQ]) {
        const result = create(settings, fetch).parseCallback(new URLSearchParams(pairs));
        if (result.kind === 'code') expect(result.code).toMatch(/^[!-~]+$/);
        if (result.state !== undefined) expect(result.state).toMatch(/^[!-~]+$/);
      }
    }),
  );
});
