import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type OAuthIdentity, ProviderError } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { qq, wechat } from './documented-replies.ts';
import { outcomeOf, redirectUri, secrets, settings } from './fake-provider.ts';

export type Body = string | Uint8Array<ArrayBuffer>;

export const replies: Record<string, unknown> = {
  [wechat.tokenPath]: wechat.token,
  [wechat.profilePath]: wechat.profile,
  [qq.tokenPath]: qq.token,
  [qq.openidPath]: qq.openid,
  [qq.profilePath]: qq.profile,
};

/** A provider that answers well but at one path. */
export const spoiled = (path: string, body: Body, status = 200) =>
  (async (input: URL) =>
    input.pathname === path
      ? new Response(body, { status })
      : Response.json(replies[input.pathname])) as typeof globalThis.fetch;

export const paths = [
  [wechat.tokenPath, createWeChat],
  [wechat.profilePath, createWeChat],
  [qq.tokenPath, createQQ],
  [qq.openidPath, createQQ],
  [qq.profilePath, createQQ],
] as const;

/** Everything a log line could make of an error. */
export const everythingOf = (error: Error) =>
  [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 9, showHidden: true }),
  ].join('\n');

/**
 * What comes of a reply in place of the one at `path`: somebody, with what can be stored and shown, or an error that tells nothing of
 * what was asked or answered.
 */
export async function expectIdentityOrProviderError(
  create: typeof createWeChat,
  path: string,
  body: Body,
  status = 200,
): Promise<OAuthIdentity | ProviderError> {
  const identifying = create(settings, spoiled(path, body, status)).identify({
    code: secrets.code,
    redirectUri,
  });
  const outcome = await outcomeOf(identifying);
  if (outcome instanceof ProviderError) {
    expect(outcome).not.toHaveProperty('cause');
    const everything = everythingOf(outcome);
    for (const secret of [...Object.values(secrets), settings.apiOrigin])
      expect(everything).not.toContain(secret);
    return outcome;
  }
  expect(outcome).not.toBeInstanceOf(Error);
  const { openid, unionid = 'none', nickname } = outcome as OAuthIdentity;
  for (const subject of [openid, unionid]) expect(subject).toMatch(/^[^\s:#]{1,128}$/u);
  expect([...nickname].length).toBeGreaterThanOrEqual(1);
  expect([...nickname].length).toBeLessThanOrEqual(64);
  return outcome as OAuthIdentity;
}

/** An openid or a unionid as either provider may give one. */
export const subject = fc
  .string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 128,
  })
  .filter((text) => !/[:#]/.test(text));
export const nickname = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

/** What a secret looks like that somebody put into a reply: it must be in no error. */
export const marker = fc.string({ unit: fc.constantFrom(...'QZXJ'), minLength: 16, maxLength: 16 });

/** The same object with its members in some order, others between them, and white space around. */
export const rewritten = (object: object, known: readonly string[]): fc.Arbitrary<string> => {
  const other = fc.string({ maxLength: 8 }).filter((name) => !known.includes(name) && name !== '__proto__');
  return fc
    .tuple(
      fc.shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length }),
      fc.dictionary(other, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
      fc.constantFrom('', ' ', '\n', '\ufeff', '\t\r\n'),
      fc.constantFrom(0, 2),
    )
    .map(
      ([members, more, space, indent]) =>
        space +
        JSON.stringify({ ...more, ...Object.fromEntries(members) }, null, indent) +
        (space === '\ufeff' ? '' : space),
    );
};

/** One character of a text missing, doubled or another. */
export const nearly = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat({ max: text.length - 1 }),
      fc.constantFrom('', '"', '{', '}', ',', ':', '\\', '0', '\u0000', '\ud800', '中'),
    )
    .map(([at, by]) => text.slice(0, at) + by + text.slice(at + 1));
