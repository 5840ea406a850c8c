import { expect, test } from '@jest/globals';
import { breachesOf, COMMON_HEADERS } from '../support/contract.ts';

/** What every test's answers are held to would be of no use if it let these through. */
const RESULT = 'https://console.example.com/oauth-result?provider=wechat&result=unavailable';
const sent = (location: string) => ({ statusCode: 302, headers: { ...COMMON_HEADERS, location } });
const ended = { statusCode: 204, headers: { ...COMMON_HEADERS } };
const HOST = 'Path=/; Secure; HttpOnly; SameSite=Lax';
const STATE = 'a'.repeat(43);
const BACK = encodeURIComponent('https://api.example.com/oauth/wechat/callback');

test.each([
  ['oauthCallback', sent(RESULT)],
  ['beginSignIn', sent(`https://open.weixin.qq.com/?state=${STATE}&redirect_uri=${BACK}`)],
  ['beginSignIn', sent(RESULT.replace('unavailable', 'quota_exceeded'))],
  ['endSession', { ...ended, cookies: [`__Host-session=; Max-Age=0; ${HOST}`] }],
])('%s: what is of the contract is no breach', (name, result) => {
  expect(breachesOf({ name }, result)).toEqual([]);
});

test.each([
  ['another site', 'oauthCallback', sent(RESULT.replace('console.example.com', 'evil.example'))],
  ['a script', 'oauthCallback', sent('javascript:alert(1)?provider=wechat&result=unavailable')],
  ['a fragment', 'oauthCallback', sent(`${RESULT}#token=secret`)],
  ['a parameter twice', 'oauthCallback', sent(`${RESULT}&result=linked`)],
  [
    'a way back that is not ours',
    'beginSignIn',
    sent(`https://a.example/?state=${STATE}&redirect_uri=https://evil`),
  ],
  ['a provider in clear text', 'beginSignIn', sent(`http://a.example/?state=${STATE}&redirect_uri=${BACK}`)],
  [
    'a header of its own',
    'endSession',
    { ...ended, headers: { ...COMMON_HEADERS, 'access-control-allow-origin': '*' } },
  ],
  ['a cookie of another route', 'endSession', { ...ended, cookies: [`__Host-device=x; ${HOST}`] }],
  [
    'a cookie for the whole site',
    'endSession',
    { ...ended, cookies: [`__Host-session=x; Domain=example.com; ${HOST}`] },
  ],
])('%s is a breach', (_what, name, result) => {
  expect(breachesOf({ name }, result)).not.toEqual([]);
});
