import { describe, expect, test } from '@jest/globals';
import { PURPOSES, WAYS_IN } from '../../lib/linking/identity.ts';
import { LANGUAGES } from '../../lib/linking/language.ts';
import { NOTICE_TYPES } from '../../lib/linking/notice-types.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import type { Delivery } from '../../lib/messages/delivery.ts';
import type { SmsContent, SmsMessage } from '../../lib/messages/sms.ts';
import { judgeTencentCode } from '../../lib/messages/tencent-codes.ts';
import { createTencentSms } from '../../lib/messages/tencent-sms.ts';
import { fillTemplate, TEMPLATE_NAMES, type TemplateKey } from '../../lib/messages/tencent-templates.ts';
import { signTc3 } from '../../lib/tencent/tc3.ts';
import { templatesToRegister } from '../../local/messages/tencent-templates.ts';
import { answer, failing, fakeFetch, type Prepared, settings } from '../providers/fake-provider.ts';
import { CODE_SMS, MAINLAND_SMS, SIGNATURE } from '../support/sms.ts';

const AT = 1_551_113_065;
const credentials = { secretId: 'id-of-the-tests', secretKey: 'key-of-the-tests' };

function sender(...prepared: Prepared[]) {
  const fake = fakeFetch(...prepared);
  const { apiOrigin: origin, timeoutMilliseconds } = settings;
  const templates = new Map<TemplateKey, string>([['cn.link', '1110001']]);
  const service = { origin, region: 'ap-guangzhou', credentials, timeoutMilliseconds };
  const sms = createTencentSms(
    { ...service, appId: '1400006666', signName: '示例云', templates },
    fake.fetch,
    () => AT * 1000 + 999,
  );
  return { ...fake, sms };
}

const reply = (response: object, init?: ResponseInit) => answer('/', { Response: response }, init);
const status = (Code: string, SerialNo = '') =>
  reply({ SendStatusSet: [{ Code, SerialNo, PhoneNumber: MAINLAND_SMS.to }] });
const failed = (Code: string) => reply({ Error: { Code, Message: `${MAINLAND_SMS.to} was wrong` } });

describe('SendSms', () => {
  test('is asked with template, parameters and signature, for one number, and signed', async () => {
    const { sms, requests } = sender(status('Ok', '5000:1'));
    expect(await sms.send(MAINLAND_SMS)).toEqual({ outcome: 'accepted', messageId: '5000:1' });
    const [{ init, url }] = requests as [(typeof requests)[0]];
    const body = String(init.body);
    expect(JSON.parse(body)).toEqual({
      PhoneNumberSet: ['+8613800138001'],
      SmsSdkAppId: '1400006666',
      SignName: '示例云',
      TemplateId: '1110001',
      TemplateParamSet: ['047281', '5'],
    });
    const contentType = 'application/json; charset=utf-8';
    expect(init.headers).toMatchObject({
      'x-tc-action': 'SendSms',
      'x-tc-version': '2021-01-11',
      'x-tc-region': 'ap-guangzhou',
      'x-tc-timestamp': String(AT),
      connection: 'close',
      authorization: signTc3(
        { host: url.host, service: 'sms', contentType, body, timestamp: AT },
        credentials,
      ),
    });
    expect(sms.takesLinks(MAINLAND_SMS.to)).toBe(false);
  });

  test('is not asked for a template that has no id', async () => {
    const { sms, requests } = sender();
    expect(await sms.send(CODE_SMS)).toEqual({
      outcome: 'refused',
      reason: 'TemplateMissing',
      fault: 'ours',
    });
    expect(requests).toEqual([]);
  });

  const connecting = (code: string, fields = {}) =>
    failing(
      '/',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code, ...fields }) }),
    );
  test.each<[string, Prepared, Delivery]>([
    ['no status', reply({ SendStatusSet: [] }), { outcome: 'unknown', reason: 'unreadable' }],
    ['nothing', reply({}), { outcome: 'unknown', reason: 'unreadable' }],
    ['Ok without a serial number', status('Ok'), { outcome: 'unknown', reason: 'MessageIdMissing' }],
    ['a page', answer('/', '<html>', { status: 502 }), { outcome: 'unknown', reason: 'http_502' }],
    ['a cut connection', connecting('ECONNRESET'), { outcome: 'unknown', reason: 'ECONNRESET' }],
    ['nobody there', connecting('ECONNREFUSED'), { outcome: 'refused', reason: 'ECONNREFUSED' }],
    [
      'no connection in time',
      connecting('UND_ERR_CONNECT_TIMEOUT'),
      { outcome: 'refused', reason: 'UND_ERR_CONNECT_TIMEOUT' },
    ],
    [
      'no route',
      connecting('EHOSTUNREACH', { syscall: 'connect' }),
      { outcome: 'refused', reason: 'EHOSTUNREACH' },
    ],
    [
      'an error of no form',
      failing('/', new Error(String(MAINLAND_SMS.to))),
      { outcome: 'unknown', reason: 'no_answer' },
    ],
    ['a code of no form', failed(`${MAINLAND_SMS.to}!`), { outcome: 'unknown', reason: 'unreadable' }],
  ])('answered with %s', async (_what, prepared, delivery) => {
    const { sms, expectAllUsed } = sender(prepared);
    expect(await sms.send(MAINLAND_SMS)).toEqual(delivery);
    expectAllUsed();
  });

  test.each([failed, status])('is refused with a code of the call as well as of the message', async (say) => {
    const { sms } = sender(say('LimitExceeded.PhoneNumberOneHourLimit'));
    const reason = 'LimitExceeded.PhoneNumberOneHourLimit';
    expect(await sms.send(MAINLAND_SMS)).toEqual({ outcome: 'refused', reason, another: false });
  });
});

/** Every code that Tencent's documentation or its SDK has for SendSms, and those of every API, by what we make of them. */
const CODES: readonly (readonly [object, string])[] = [
  [
    { outcome: 'refused', fault: 'ours' },
    `FailedOperation.ContainSensitiveWord FailedOperation.FailResolvePacket FailedOperation.InsufficientBalanceInSmsPackage
    FailedOperation.JsonParseFail FailedOperation.MarketingSendTimeConstraint FailedOperation.SignatureIncorrectOrUnapproved
    FailedOperation.TemplateIncorrectOrUnapproved FailedOperation.TemplateParamSetNotMatchApprovedTemplate
    FailedOperation.TemplateUnapprovedOrNotExist InternalError.RequestTimeException InternalError.RestApiInterfaceNotExist
    InternalError.SigFieldMissing InternalError.SigVerificationFail InvalidParameterValue.ContentLengthLimit
    InvalidParameterValue.ProhibitedUseUrlInTemplateParameter InvalidParameterValue.SdkAppIdNotExist
    InvalidParameterValue.TemplateParameterFormatError InvalidParameterValue.TemplateParameterLengthLimit
    LimitExceeded.AppCountryOrRegionDailyLimit LimitExceeded.AppDailyLimit LimitExceeded.AppGlobalDailyLimit
    LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.DailyLimit LimitExceeded.PhoneNumberCountLimit
    MissingParameter.EmptyPhoneNumberSet UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny
    UnauthorizedOperation.RequestIpNotInWhitelist UnauthorizedOperation.RequestPermissionDeny
    UnauthorizedOperation.SdkAppIdIsDisabled UnauthorizedOperation.SerivceSuspendDueToArrears
    UnauthorizedOperation.ServiceSuspendDueToArrears UnauthorizedOperation.SmsSdkAppIdVerifyFail UnsupportedOperation.
    UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone
    UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber
    UnsupportedOperation.GlobalTemplateToChineseMainlandPhone
    ActionOffline AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId AuthFailure.MFAFailure AuthFailure.SecretIdNotFound
    AuthFailure.SignatureExpire AuthFailure.SignatureFailure AuthFailure.TokenFailure AuthFailure.UnauthorizedOperation
    DryRunOperation InvalidAction InvalidParameter InvalidParameterValue InvalidRequest IpInBlacklist IpNotInWhitelist LimitExceeded
    MissingParameter NoSuchProduct NoSuchVersion RequestSizeLimitExceeded ResourceNotFound UnauthorizedOperation UnknownParameter
    UnsupportedOperation UnsupportedProtocol UnsupportedRegion`,
  ],
  [
    { outcome: 'refused' },
    `RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded RequestLimitExceeded.IPLimitExceeded
    RequestLimitExceeded.UinLimitExceeded`,
  ],
  [
    { outcome: 'refused', another: false },
    `LimitExceeded.DeliveryFrequencyLimit LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberOneHourLimit
    LimitExceeded.PhoneNumberSameContentDailyLimit LimitExceeded.PhoneNumberThirtySecondLimit`,
  ],
  [{ outcome: 'refused', fault: 'recipient' }, 'InvalidParameterValue.IncorrectPhoneNumber'],
  [
    { outcome: 'refused', fault: 'recipient', problem: 'recipient_opted_out' },
    'FailedOperation.PhoneNumberInBlacklist',
  ],
  [
    { outcome: 'refused', fault: 'recipient', problem: 'country_not_served' },
    'LimitExceeded.AppCountryOrRegionInBlacklist',
  ],
  [
    { outcome: 'refused', fault: 'recipient', problem: 'country_not_served', another: true },
    'UnsupportedOperation.UnsupportedRegion UnsupportedOperation.UnsuportedRegion',
  ],
  [
    { outcome: 'unknown' },
    `InternalError InternalError.OtherError InternalError.SendAndRecvFail InternalError.Timeout InternalError.UnknownError
    FailedOperation FailedOperation.OfAnotherYear ResourceInUse ResourceInsufficient ResourceUnavailable
    ResponseSizeLimitExceeded ServiceUnavailable SomethingNew`,
  ],
];

test.each(CODES)('Tencent’s codes that mean %j', (meaning, codes) => {
  for (const code of codes.trim().split(/\s+/))
    expect(judgeTencentCode(code)).toEqual({ ...meaning, reason: code });
});

const NOTICE = {
  kind: 'notice',
  display: 'a***e@example.com',
  at: '2026-11-24T16:05:00.000Z',
  expiresAt: Date.parse('2026-11-27T16:05:00Z') / 1000,
} as const;
const code = '047281' as Code;
const undos = [{ code }, { url: 'https://console.example.com/not-me#1.2.3' }, undefined];

/** Every meaning there is. */
const CONTENTS: readonly SmsContent[] = [
  ...[...PURPOSES, 'restore' as const].map((purpose) => ({
    kind: 'code' as const,
    purpose,
    code,
    validMinutes: 60,
  })),
  ...NOTICE_TYPES.flatMap((type) =>
    WAYS_IN.flatMap((provider) =>
      undos.flatMap((undo) => [
        { ...NOTICE, type, provider, undo },
        { ...NOTICE, type, provider, undo, byOperator: true as const },
        { ...NOTICE, type, provider, undo, byOperator: true as const, after: {} },
        { ...NOTICE, type, provider, undo, isAttempt: true as const },
      ]),
    ),
  ),
];
const NUMBERS = ['+8613800138001', '+85251230000'] as PhoneNumber[];
const MESSAGES: readonly SmsMessage[] = CONTENTS.flatMap((content) =>
  NUMBERS.flatMap((to) => LANGUAGES.map((language) => ({ ...content, to, language }))),
);
const registered = templatesToRegister(SIGNATURE.notMeUrl);

describe('every message', () => {
  const filled = MESSAGES.map((message) => ({ message, ...fillTemplate(message) }));

  test('has a template of its country, and every template a message', () => {
    for (const { message, key } of filled)
      expect(registered.get(key)?.isAbroad).toBe(!message.to.startsWith('+86'));
    expect(new Set(filled.map(({ key }) => key))).toEqual(new Set(registered.keys()));
    for (const name of TEMPLATE_NAMES) expect([...registered.keys()]).toContain(`cn.${name}`);
  });

  test('fills in as many places as there are, by the rules: short, of a code digits alone, and no link', () => {
    for (const { key, parameters } of filled) {
      const { text = '', kind, isAbroad } = registered.get(key) ?? {};
      expect([...new Set(text.match(/\{\d\}/g))]).toEqual(
        parameters.map((_value, index) => `{${index + 1}}`),
      );
      for (const parameter of parameters) {
        expect(parameter).toMatch(kind === 'code' ? /^\d{1,6}$/ : /^[^【】:/]+$/);
        expect([...parameter].length).toBeLessThanOrEqual(isAbroad ? 12 : 6);
      }
    }
  });

  test('says by its template what it is for', () => {
    const keyOf = (content: SmsContent) => fillTemplate({ ...MAINLAND_SMS, ...content });
    const linked = { ...NOTICE, type: 'linked', provider: 'wechat', undo: { code } } as const;
    expect(keyOf(linked)).toEqual({ key: 'cn.notice_change', parameters: ['已关联', '微信', code] });
    expect(keyOf({ ...linked, type: 'unlinked', byOperator: true })).toEqual({
      key: 'cn.notice_support',
      parameters: ['已解绑', '微信', code],
    });
    expect(keyOf({ ...linked, type: 'suspended', isAttempt: true })).toEqual({
      key: 'cn.notice_return',
      parameters: ['登录被拒绝', '微信', code],
    });
    expect(keyOf({ ...linked, undo: undefined }).key).toBe('cn.notice_only');
    expect(keyOf({ ...linked, type: 'phone_changed', undo: undefined })).toEqual({
      key: 'cn.notice_phone',
      parameters: [],
    });
  });
});

describe('the templates to register', () => {
  test.each([...registered])('%s obeys Tencent’s rules for them', (_key, { kind, text, isAbroad }) => {
    expect(text).not.toMatch(/[【】¥★]|\{\d\}\s*\{\d\}|^\{\d\}$/);
    expect(text.length).toBeLessThanOrEqual(200);
    // A code's has the word for it, and no link; https://www.tencentcloud.com/document/product/382/40659
    if (kind === 'code') expect(text).toMatch(isAbroad ? /code/ : /验证码/);
    if (kind === 'code') expect(text).not.toMatch(/https?:/);
    else expect(text).not.toMatch(/验证码/);
  });

  test('of a code to China fit one part, with a signature of 12', () => {
    for (const [key, { kind, text }] of registered) {
      if (kind === 'code' && key.startsWith('cn.'))
        expect(
          '【】'.length + 12 + text.replace('{1}', '047281').replace('{2}', '60').length,
        ).toBeLessThanOrEqual(70);
    }
  });
});
