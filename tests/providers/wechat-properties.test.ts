import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanNickname } from '../../lib/providers/nickname.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { wechat } from './documented-replies.ts';
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
const KNOWN = ['access_token', 'openid', 'unionid', 'nickname', 'errcode'];
const absent = fc.constantFrom(undefined, null, '');

/** Both replies as they are, whatever they are. */
const identify = (token: string, profile: string) =>
  outcomeOf(
    createWeChat(
      settings,
      (async (url: URL) => new Response(url.pathname === wechat.tokenPath ? token : profile)) as typeof fetch,
    ).identify({ code: secrets.code, redirectUri }),
  );

test('whoever both replies say it is, it is, whatever else is in them and in whatever order', async () => {
  const person = fc.record({ openid: subject, unionid: fc.oneof(subject, absent), nickname });
  await fc.assert(
    fc.asyncProperty(
      person.chain(({ nickname: name, ...who }) =>
        fc.tuple(
          fc.constant({ ...who, name }),
          rewritten({ ...who, access_token: secrets.accessToken }, KNOWN),
          rewritten({ ...who, nickname: name }, KNOWN),
        ),
      ),
      async ([{ openid, unionid, name }, token, profile]) => {
        expect(await identify(token, profile)).toEqual({
          provider: 'wechat',
          appId: settings.appId,
          openid,
          ...(unionid && { unionid }),
          nickname: cleanNickname(name, '微信用户'),
        });
      },
    ),
    RUNS,
  );
});

test('where the two don’t name one person, it is nobody', async () => {
  await fc.assert(
    fc.asyncProperty(subject, subject, subject, subject, async (one, other, union, another) => {
      fc.pre(one !== other && union !== another);
      const token = (changes: object) => JSON.stringify({ ...wechat.token, ...changes });
      const profile = (changes: object) => JSON.stringify({ ...wechat.profile, ...changes });
      for (const pair of [
        [token({ openid: one }), profile({ openid: other })],
        [token({ openid: one, unionid: union }), profile({ openid: one, unionid: another })],
      ] as const)
        expect(await identify(...pair)).toMatchObject({ name: 'ProviderError', errcode: 'mismatch' });
    }),
    RUNS,
  );
});

describe.each([
  ['token', wechat.tokenPath, wechat.token, 'openid'],
  ['profile', wechat.profilePath, wechat.profile, 'openid'],
] as const)('the %s', (step, path, reply, needed) => {
  const spoil = (body: string) => expectIdentityOrProviderError(createWeChat, path, body);

  test('cut off anywhere is no answer', async () => {
    const whole = JSON.stringify(reply);
    for (let length = 0; length < whole.length; length += 1)
      expect(await spoil(whole.slice(0, length))).toMatchObject({
        kind: 'unavailable',
        step,
        errcode: 'unreadable',
      });
  });

  test('with one character wrong is an answer or none', async () => {
    await fc.assert(
      fc.asyncProperty(nearly(JSON.stringify(reply)), async (body) => {
        await spoil(body);
      }),
      RUNS,
    );
  });

  test('with a failure’s code is that failure, whatever else it holds, and tells nothing of it', async () => {
    const errcode = fc.integer({ min: -9_999_999, max: 9_999_999 }).filter((code) => code !== 0);
    await fc.assert(
      fc.asyncProperty(errcode, fc.boolean(), marker, async (code, isText, mark) => {
        const failure = { ...reply, errcode: isText ? String(code) : code, errmsg: mark, [mark]: mark };
        const error = await spoil(JSON.stringify(failure));
        expect(error).toMatchObject({ step, errcode: code });
        expect(everythingOf(error as ProviderError)).not.toContain(mark);
      }),
      RUNS,
    );
  });

  test('with a code that is none, or with members of the wrong kind, is no answer, and tells nothing of them', async () => {
    const wrong = fc.oneof(
      fc.constantFrom<unknown>(true, 1.5, [0], {}, '0x1', '1e3', ' 1', 10_000_000, '12345678'),
      marker,
    );
    await fc.assert(
      fc.asyncProperty(wrong, fc.constantFrom('errcode', needed), marker, async (value, member, mark) => {
        const good = member === needed && typeof value === 'string' && !/[\s:#]/.test(value);
        fc.pre(!good);
        const error = await spoil(JSON.stringify({ ...reply, [member]: value, [mark]: mark }));
        expect(error).toBeInstanceOf(ProviderError);
        expect(everythingOf(error as ProviderError)).not.toContain(mark);
        if (typeof value === 'string' && value.length > 8)
          expect(everythingOf(error as ProviderError)).not.toContain(value);
      }),
      RUNS,
    );
  });

  test('is what its own members say, not what a prototype does', async () => {
    for (const body of [
      `{"__proto__":${JSON.stringify(reply)}}`,
      `{"constructor":{"prototype":${JSON.stringify(reply)}}}`,
    ])
      expect(await spoil(body)).toMatchObject({ errcode: 'unreadable' });
    expect(({} as Record<string, unknown>)['openid']).toBeUndefined();
  });

  test('of any depth is read or not, and is no fault', async () => {
    for (const body of [
      '['.repeat(60_000),
      `{"a":`.repeat(12_000),
      `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    ])
      expect(await spoil(body)).toMatchObject({ errcode: 'unreadable' });
  });
});
