import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanNickname } from '../../lib/providers/nickname.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';
import { qq } from './documented-replies.ts';
import { outcomeOf, redirectUri, secrets, settings } from './fake-provider.ts';
import {
  everythingOf,
  expectIdentityOrProviderError,
  marker,
  nearly,
  nickname,
  rewritten,
  subject,
} from './spoiled-replies.ts';

const RUNS = { numRuns: 300 };
const KNOWN = ['access_token', 'client_id', 'openid', 'unionid', 'nickname', 'error', 'ret', 'code'];

const identify = (token: string, openid: string, profile: string) => {
  const bodies: Record<string, string> = {
    [qq.tokenPath]: token,
    [qq.openidPath]: openid,
    [qq.profilePath]: profile,
  };
  const provider = createQQ(
    settings,
    (async (url: URL) => new Response(bodies[url.pathname])) as typeof fetch,
  );
  return outcomeOf(provider.identify({ code: secrets.code, redirectUri }));
};

const space = fc.constantFrom('', ' ', '\n', ' \t ');
/** JSONP as QQ writes it, and as it might. */
const jsonp = (json: fc.Arbitrary<string>) =>
  fc
    .tuple(json, space, space, space, fc.constantFrom('', ';', ' ;\n'))
    .map(([text, ...[a, b, c, end]]) => `${a}callback${b}(${c}${text.replace('\ufeff', '')}${b})${end}`);
/** The members as a query string; QQ's names are words, and its values are escaped. */
const query = (object: Record<string, string>) =>
  fc
    .shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length })
    .map((members) => String(new URLSearchParams(members)));

/** One reply in any of the forms QQ has for it. */
const inAnyForm = (object: Record<string, string>) => {
  const json = rewritten(object, KNOWN);
  return fc.oneof(json, jsonp(json), query(object));
};

test('whoever the replies say it is, it is, in whichever form each of them comes', async () => {
  const person = fc.record({ openid: subject, unionid: fc.option(subject, { nil: undefined }), nickname });
  await fc.assert(
    fc.asyncProperty(
      person.chain(({ openid, unionid, nickname: name }) => {
        const who = { client_id: settings.appId, openid, ...(unionid && { unionid }) };
        const profile = rewritten({ ret: 0, nickname: name }, KNOWN);
        return fc.tuple(
          fc.constant({ openid, unionid, name }),
          inAnyForm({ access_token: secrets.accessToken }),
          inAnyForm(who),
          fc.oneof(profile, jsonp(profile)),
        );
      }),
      async ([{ openid, unionid, name }, ...replies]) => {
        expect(await identify(...replies)).toEqual({
          provider: 'qq',
          appId: settings.appId,
          openid,
          ...(unionid && { unionid }),
          nickname: cleanNickname(name, 'QQ 用户'),
        });
      },
    ),
    RUNS,
  );
});

test('an access token goes on as it came, whatever is in it and in whichever form', async () => {
  const token = fc
    .string({ unit: anyCharacter, minLength: 1, maxLength: 40 })
    .map((text) => text.toWellFormed());
  const readable = token.filter((text) => !/\p{Cc}/u.test(text));
  await fc.assert(
    fc.asyncProperty(
      readable.chain((text) => fc.tuple(fc.constant(text), inAnyForm({ access_token: text }))),
      async ([text, reply]) => {
        const asked: (string | null)[] = [];
        const fetch = (async (url: URL) => {
          if (url.pathname === qq.tokenPath) return new Response(reply);
          asked.push(url.searchParams.get('access_token'));
          return Response.json(url.pathname === qq.openidPath ? qq.openid : qq.profile);
        }) as typeof globalThis.fetch;
        await createQQ(settings, fetch).identify({ code: secrets.code, redirectUri });
        expect(asked).toEqual([text, text]);
      },
    ),
    RUNS,
  );
});

describe.each([
  ['token', qq.tokenPath, qq.token, 'access_token'],
  ['openid', qq.openidPath, qq.openid, 'openid'],
  ['profile', qq.profilePath, qq.profile, 'ret'],
] as const)('the %s', (step, path, reply, needed) => {
  const spoil = (body: string) => expectIdentityOrProviderError(createQQ, path, body);
  const json = JSON.stringify(reply);

  test('cut off anywhere is no answer, as JSON or JSONP', async () => {
    for (const whole of [json, `callback( ${json} )`])
      for (let length = 0; length < whole.length; length += 1)
        expect(await spoil(whole.slice(0, length))).toMatchObject({
          kind: 'unavailable',
          step,
          errcode: 'unreadable',
        });
  });

  test('with one character wrong is an answer or none', async () => {
    const query = String(
      new URLSearchParams(Object.entries(reply).map(([name, value]) => [name, String(value)])),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(nearly(json), nearly(`callback( ${json} );`), nearly(query)),
        async (body) => {
          await spoil(body);
        },
      ),
      RUNS,
    );
  });

  test('with a failure’s code is that failure, in each of its forms, and tells nothing else of it', async () => {
    const errcode = fc
      .integer({ min: -9_999_999, max: 9_999_999 })
      .filter((code) => code !== 0 && code !== 100048);
    const member = fc.constantFrom('error', 'ret', 'code');
    const form = fc.constantFrom<(failure: Record<string, unknown>) => string>(
      (failure) => JSON.stringify(failure),
      (failure) => `callback( ${JSON.stringify(failure)} );`,
      (failure) =>
        String(new URLSearchParams(Object.entries(failure).map(([name, value]) => [name, String(value)]))),
    );
    await fc.assert(
      fc.asyncProperty(errcode, member, form, marker, async (code, name, write, mark) => {
        const error = await spoil(write({ [name]: code, msg: mark, error_description: mark }));
        expect(error).toMatchObject({ step, errcode: code });
        expect(everythingOf(error as ProviderError)).not.toContain(mark);
      }),
      RUNS,
    );
  });

  test('that calls anything else, or does anything more, is no answer', async () => {
    const around = fc.constantFrom<(text: string) => string>(
      (text) => `callback(${text});alert(1)`,
      (text) => `callback(${text});callback(${text});`,
      (text) => `callback((${text}))`,
      (text) => `callback(${text},${text})`,
      (text) => `callback${text}`,
      (text) => `other(${text});`,
      (text) => `xcallback(${text});`,
      (text) => `window.callback(${text});`,
      (text) => `/**/callback(${text});`,
      (text) => `<script>callback(${text});</script>`,
      (text) => `[${text}]`,
      (text) => JSON.stringify(text),
    );
    await fc.assert(
      fc.asyncProperty(rewritten(reply, KNOWN), around, async (text, write) => {
        expect(await spoil(write(text))).toMatchObject({ kind: 'unavailable', errcode: 'unreadable' });
      }),
      RUNS,
    );
  });

  test('without what it is asked for, or with that of the wrong kind, is no answer, and tells nothing of it', async () => {
    const wrong = fc.constantFrom<unknown>(undefined, null, true, [], {}, ['0'], { a: 1 }, '', 1.5);
    await fc.assert(
      fc.asyncProperty(wrong, marker, async (value, mark) => {
        const error = await spoil(JSON.stringify({ ...reply, [needed]: value, [mark]: mark }));
        expect(error).toBeInstanceOf(ProviderError);
        expect(everythingOf(error as ProviderError)).not.toContain(mark);
      }),
      RUNS,
    );
  });

  test('is what its own members say, not what a prototype does', async () => {
    for (const body of [
      `{"__proto__":${json}}`,
      `callback({"__proto__":${json}})`,
      `__proto__=${secrets.openid}`,
    ])
      expect(await spoil(body)).toMatchObject({ errcode: 'unreadable' });
    expect(({} as Record<string, unknown>)['openid']).toBeUndefined();
  });

  test('of any depth or length is read or not, and is no fault', async () => {
    for (const body of [
      '['.repeat(60_000),
      `callback(${'('.repeat(60_000)}`,
      `callback(${' '.repeat(60_000)}`,
      `${'a'.repeat(60_000)}`,
      `${'a_'.repeat(30_000)}=`,
      `callback(${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)})`,
    ])
      expect(await spoil(body)).toMatchObject({ errcode: 'unreadable' });
  });
});
