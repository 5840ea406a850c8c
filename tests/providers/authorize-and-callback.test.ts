import { describe, expect, test } from '@jest/globals';
import type { OAuthProvider } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { fakeFetch, redirectUri, settings } from './fake-provider.ts';

const wechat = createWeChat(settings, fakeFetch().fetch);
const qq = createQQ(settings, fakeFetch().fetch);
const parse = (provider: OAuthProvider, query: string) => provider.parseCallback(new URLSearchParams(query));

describe('where the browser is sent', () => {
  test('to WeChat with its own parameter names, in the documented order, and its fragment', () => {
    expect(wechat.authorizeUrl({ state: 'st_-1', redirectUri, language: 'zh-CN' })).toBe(
      'https://authorize.example.com/connect/qrconnect?appid=wx0000000000000001' +
        '&redirect_uri=https%3A%2F%2Fapi.console.example.com%2Foauth%2Fcallback' +
        '&response_type=code&scope=snsapi_login&state=st_-1&lang=cn#wechat_redirect',
    );
  });

  test('to WeChat in English for who prefers English', () => {
    const url = new URL(wechat.authorizeUrl({ state: 's', redirectUri, language: 'en' }));
    expect(url.searchParams.get('lang')).toBe('en');
  });

  test('to QQ', () => {
    expect(qq.authorizeUrl({ state: 'st_-1', redirectUri, language: 'en' })).toBe(
      'https://authorize.example.com/oauth2.0/authorize?response_type=code&client_id=wx0000000000000001' +
        '&redirect_uri=https%3A%2F%2Fapi.console.example.com%2Foauth%2Fcallback' +
        '&state=st_-1&scope=get_user_info',
    );
  });

  test('never with the secret, and with a state that survives the trip whatever is in it', () => {
    for (const provider of [wechat, qq]) {
      const url = provider.authorizeUrl({ state: 'a&b=c #+%', redirectUri, language: 'zh-CN' });
      expect(url).not.toContain(settings.appSecret);
      expect(new URL(url).searchParams.get('state')).toBe('a&b=c #+%');
    }
  });
});

describe.each([
  ['WeChat', wechat],
  ['QQ', qq],
])('what the callback of %s says', (_name, provider) => {
  test('a code, whatever else came with it', () => {
    expect(parse(provider, 'code=abc&state=xyz')).toEqual({ kind: 'code', state: 'xyz', code: 'abc' });
    expect(parse(provider, 'code=abc&state=xyz&extra=1')).toEqual({
      kind: 'code',
      state: 'xyz',
      code: 'abc',
    });
  });

  test('no code or an empty one is a refusal', () => {
    expect(parse(provider, 'state=xyz')).toEqual({ kind: 'denied', state: 'xyz' });
    expect(parse(provider, 'code=&state=xyz')).toEqual({ kind: 'denied', state: 'xyz' });
  });

  test('access_denied is a refusal, even beside a code', () => {
    expect(parse(provider, 'error=access_denied&state=xyz')).toEqual({ kind: 'denied', state: 'xyz' });
    expect(parse(provider, 'error=access_denied&code=a&state=xyz')).toEqual({ kind: 'denied', state: 'xyz' });
  });

  test.each([
    '',
    'code=abc',
    'code=abc&state=',
    'state=a&state=a&code=b',
    'state=a&state=b',
    'state=a%20b&code=c',
  ])('without one usable state there is nothing to go by: %j', (query) =>
    expect(parse(provider, query)).toEqual({ kind: 'malformed' }),
  );

  test.each(['code=a&code=a&state=s', 'code=a&code=b&state=s', 'code=a&state=s&x=1&x=2'])(
    'a repeated parameter makes it malformed: %j',
    (query) => expect(parse(provider, query)).toEqual({ kind: 'malformed', state: 's' }),
  );

  test('a code that can be none is malformed', () => {
    for (const code of ['a b', 'a\u0000', '码', 'a'.repeat(513)]) {
      const query = new URLSearchParams({ code, state: 's' });
      expect(provider.parseCallback(query)).toEqual({ kind: 'malformed', state: 's' });
    }
    expect(parse(provider, `code=a&state=${'s'.repeat(513)}`)).toEqual({ kind: 'malformed' });
  });
});

test('WeChat clients that refuse with a word in place of the code are understood', () => {
  expect(parse(wechat, 'code=authdeny&state=xyz')).toEqual({ kind: 'denied', state: 'xyz' });
});

test.each([
  ['usercancel=1&state=s', { kind: 'denied', state: 's' }],
  ['usercancel=2&code=a&state=s', { kind: 'denied', state: 's' }],
  ['usercancel=0&code=a&state=s', { kind: 'code', state: 's', code: 'a' }],
  ['error=100010&error_description=redirect+uri+is+illegal&state=s', { kind: 'malformed', state: 's' }],
])('QQ: %j', (query, expected) => {
  expect(parse(qq, query)).toEqual(expected);
});
