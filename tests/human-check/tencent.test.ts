import { describe, expect, test } from '@jest/globals';
import type { HumanCheckError } from '../../lib/human-check/human-check.ts';
import { createTencentCaptcha } from '../../lib/human-check/tencent.ts';
import { signTc3 } from '../../lib/tencent/tc3.ts';
import {
  answer,
  failing,
  fakeFetch,
  type Prepared,
  rejection,
  settings,
} from '../providers/fake-provider.ts';

const IP = '203.0.113.7';
const given = { ticket: 'ticket-of-the-tests', randstr: '@abc' };
const secret = 'app-secret-of-the-tests';
const credentials = { secretId: 'id-of-the-tests', secretKey: 'key-of-the-tests' };
const AT = 1_551_113_065;

const reply = (response: object, init?: ResponseInit) => answer('/', { Response: response }, init);
const judged = (code: number, more: object = {}) =>
  reply({ CaptchaCode: code, CaptchaMsg: 'message', RequestId: 'id', ...more });
const failed = (code: string) =>
  reply({ Error: { Code: code, Message: `${secret} was wrong` }, RequestId: 'id' });

function check(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const { apiOrigin, timeoutMilliseconds } = settings;
  const tencent = createTencentCaptcha(
    { siteKey: '190000001', secret, apiOrigin, timeoutMilliseconds, credentials },
    fake.fetch,
    () => AT * 1000 + 999,
  );
  return { ...fake, tencent, verify: () => tencent.verify(given, IP) };
}

describe('Tencent’s signature v3', () => {
  const contentType = 'application/json; charset=utf-8';

  test('is that of the example in its documentation', () => {
    const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
    const request = { host: 'cvm.tencentcloudapi.com', service: 'cvm', contentType, body, timestamp: AT };
    const example = {
      secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
    };
    expect(signTc3(request, example)).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, ' +
        'SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    );
  });

  test('is that of Tencent’s own SDK for a captcha', () => {
    const body = JSON.stringify({
      CaptchaType: 9,
      Ticket: given.ticket,
      UserIp: IP,
      Randstr: given.randstr,
      CaptchaAppId: 190_000_001,
      AppSecretKey: secret,
    });
    const request = {
      host: 'captcha.tencentcloudapi.com',
      service: 'captcha',
      contentType,
      body,
      timestamp: AT,
    };
    expect(signTc3(request, credentials)).toMatch(
      /Signature=485c3759fae331b21890c5a823f37b03b08c674bdea690a2bfdea3a6a1577534$/,
    );
  });
});

describe('Tencent Captcha', () => {
  test('is asked with ticket, random string, the caller’s address, app and secret, signed', async () => {
    const { verify, requests } = check(judged(1, { EvilLevel: 0 }));
    expect(await verify()).toEqual({ isHuman: true });
    const [{ init, url }] = requests as [(typeof requests)[0]];
    expect(url.href).toBe(`${settings.apiOrigin}/`);
    expect(JSON.parse(String(init.body))).toEqual({
      CaptchaType: 9,
      Ticket: given.ticket,
      UserIp: IP,
      Randstr: given.randstr,
      CaptchaAppId: 190_000_001,
      AppSecretKey: secret,
    });
    expect(init).toMatchObject({ method: 'POST', redirect: 'error' });
    const body = String(init.body);
    const contentType = 'application/json; charset=utf-8';
    const request = { host: url.host, service: 'captcha', contentType, body, timestamp: AT };
    expect(init.headers).toMatchObject({
      'content-type': contentType,
      'x-tc-action': 'DescribeCaptchaResult',
      'x-tc-version': '2019-07-22',
      'x-tc-timestamp': String(AT),
      authorization: signTc3(request, credentials),
    });
  });

  test.each([
    ['OK, where no level is said', judged(1)],
    ['OK, where the level is null', judged(1, { EvilLevel: null })],
  ])('takes for human: %s', async (_what, prepared) => {
    expect(await check(prepared).verify()).toEqual({ isHuman: true });
  });

  test.each([16, 100])('takes a ticket of another app (code %d) for nobody’s, and says so', async (code) => {
    expect(await check(judged(code)).verify()).toEqual({ isHuman: false, mismatch: 'app' });
  });

  test.each([7, 8, 9, 15, 21, 0, -1, 12_345])('takes code %d for nobody’s', async (code) => {
    const { verify, expectAllUsed } = check(judged(code));
    expect(await verify()).toEqual({ isHuman: false });
    expectAllUsed();
  });

  test('takes one who passed and is up to no good for nobody', async () => {
    expect(await check(judged(1, { EvilLevel: 100 })).verify()).toEqual({ isHuman: false });
  });

  test('takes what Turnstile gave for nobody’s, and does not ask', async () => {
    const { tencent, requests } = check();
    expect(await tencent.verify({ token: 'token' }, IP)).toEqual({ isHuman: false });
    expect(requests).toEqual([]);
  });

  test.each([
    ['AuthFailure.SignatureFailure', failed('AuthFailure.SignatureFailure')],
    ['InternalError', failed('InternalError')],
    ['unreadable', failed(`${secret}!`)],
    ['unreadable', reply({ RequestId: 'id' })],
    ['http_200', answer('/', 'not json')],
    ['http_200', answer('/', { Response: { CaptchaCode: '1' } })],
    ['http_502', answer('/', '<html>', { status: 502 })],
    ['no_answer', failing('/', new TypeError(`fetch failed ${secret}`))],
  ])(
    'tells nobody for human where the answer is %s, and is not asked again: a ticket is good once',
    async (reason, prepared) => {
      const { verify, expectAllUsed } = check(prepared);
      const error = (await rejection(verify())) as HumanCheckError;
      expect(error).toMatchObject({ name: 'HumanCheckError', reason });
      expect(`${error.stack} ${String(error.cause)}`).not.toContain(secret);
      expectAllUsed();
    },
  );
});
