import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { tencentCalls } from '../../lib/tencent/call.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import { TENCENT_ACCOUNT } from '../support/tencent.ts';

const NOW = Date.UTC(2026, 10, 24, 10);
let now = NOW;
let server: MessagesServer;

beforeAll(async () => {
  server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: [], protectConfigurationIds: [] },
    tencentSms: { ...TENCENT_ACCOUNT, countries: ['86', '852'] },
    now: () => new Date(now),
  });
});
beforeEach(() => {
  // Another day: each test has all of a number's messages.
  now += 24 * 60 * 60 * 1000;
});
afterAll(() => server.stop());

const LINK = '2400001';
const NOTICE = '2400009';
const LINK_ABROAD = '2400027';
const PHONE = '+8613800138001';
const GOOD = {
  PhoneNumberSet: [PHONE],
  SmsSdkAppId: TENCENT_ACCOUNT.appId,
  SignName: TENCENT_ACCOUNT.signName,
  TemplateId: LINK,
  TemplateParamSet: ['047281', '5'],
};
const service = {
  service: 'sms',
  version: '2021-01-11',
  region: 'ap-guangzhou',
  credentials: TENCENT_ACCOUNT.credentials,
  timeoutMilliseconds: 5_000,
};
const replySchema = z.looseObject({ Response: z.looseObject({}) });

/** What Tencent answers: the code of the call, or of each message. */
async function ask(
  changes: object = {},
  {
    action = 'SendSms',
    clock = () => now,
    ...signed
  }: object & { action?: string; clock?: () => number } = {},
): Promise<string | readonly string[]> {
  const call = tencentCalls({ ...service, origin: server.origin, ...signed }, fetch, clock);
  const reply = await call(action, { ...GOOD, ...changes }, replySchema);
  const { Error: error, SendStatusSet: set = [] } = reply.Response as {
    Error?: { Code: string };
    SendStatusSet?: readonly { Code: string }[];
  };
  return error?.Code ?? set.map(({ Code }) => Code);
}

describe('the stand-in for Tencent’s SMS', () => {
  test('delivers a filled template with its signature', async () => {
    expect(await ask()).toEqual(['Ok']);
    expect(server.inbox.list(PHONE)[0]).toMatchObject({
      text: '【示例云】验证码 047281，用于关联登录方式，5 分钟内有效。请勿告诉任何人。如非本人操作，请检查账号。',
      code: '047281',
    });
    const params = ['linked', 'our login', '047281'];
    const abroad = {
      PhoneNumberSet: ['+85251230000'],
      SignName: '',
      TemplateId: '2400035',
      TemplateParamSet: params,
    };
    expect(await ask(abroad)).toEqual(['Ok']);
    expect(server.inbox.list('+85251230000')[0]).toMatchObject({
      text: expect.stringMatching(/^Activity on your account: linked \(sign-in method: our login\)/),
      code: '047281',
    });
  });

  test.each([
    ['another key', { credentials: { secretId: 'other', secretKey: 'x' } }, 'AuthFailure.SecretIdNotFound'],
    [
      'a wrong key',
      { credentials: { ...TENCENT_ACCOUNT.credentials, secretKey: 'x' } },
      'AuthFailure.SignatureFailure',
    ],
    ['the signature of another service', { service: 'captcha' }, 'AuthFailure.SignatureFailure'],
    ['an old signature', { clock: () => now - 301_000 }, 'AuthFailure.SignatureExpire'],
    ['another version', { version: '2019-07-11' }, 'NoSuchVersion'],
    ['another region', { region: 'ap-southeast-1' }, 'UnsupportedRegion'],
    ['another action', { action: 'SendSmsAll' }, 'InvalidAction'],
  ])('refuses a call with %s', async (_what, signed, code) => {
    expect(await ask({}, signed)).toBe(code);
  });

  test.each([
    [{ PhoneNumberSet: [] }, 'MissingParameter.EmptyPhoneNumberSet'],
    [
      { PhoneNumberSet: [PHONE, '+85251230000'] },
      'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber',
    ],
    [{ SmsSdkAppId: '1400000002' }, 'UnauthorizedOperation.SmsSdkAppIdVerifyFail'],
    [{ TemplateId: undefined }, 'MissingParameter'],
    [{ TemplateParamSet: [5] }, 'InvalidParameter'],
    [{ Text: 'code 047281' }, 'UnknownParameter'],
  ])('refuses a request with %j', async (changes, code) => {
    expect(await ask(changes)).toBe(code);
  });

  test.each([
    [{ TemplateId: '1' }, 'FailedOperation.TemplateUnapprovedOrNotExist'],
    [{ SignName: '别人的' }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    [{ SignName: '【示例云】' }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    [{ SignName: undefined }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    [{ TemplateParamSet: ['047281'] }, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'],
    [{ TemplateParamSet: ['047281', '5', '6'] }, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'],
    [{ TemplateParamSet: ['0472815', '5'] }, 'InvalidParameterValue.TemplateParameterFormatError'],
    [{ TemplateParamSet: ['047281', '五'] }, 'InvalidParameterValue.TemplateParameterFormatError'],
    [
      { TemplateId: NOTICE, TemplateParamSet: ['七个字太长了吧', '微信', '047281'] },
      'InvalidParameterValue.TemplateParameterLengthLimit',
    ],
    [
      { TemplateId: NOTICE, TemplateParamSet: ['已关联', 'a.cn', '047281'] },
      'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter',
    ],
    [
      { TemplateId: NOTICE, TemplateParamSet: ['【已关联】', '微信', '047281'] },
      'FailedOperation.TemplateIncorrectOrUnapproved',
    ],
    [{ PhoneNumberSet: ['+86-138'] }, 'InvalidParameterValue.IncorrectPhoneNumber'],
    [{ PhoneNumberSet: ['+15005550006'] }, 'UnsupportedOperation.UnsupportedRegion'],
    [{ PhoneNumberSet: ['+85251230000'] }, 'UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone'],
    [{ TemplateId: LINK_ABROAD }, 'UnsupportedOperation.GlobalTemplateToChineseMainlandPhone'],
  ])('refuses a message with %j', async (changes, code) => {
    const before = server.inbox.list().length;
    expect(await ask(changes)).toEqual([code]);
    expect(server.inbox.list()).toHaveLength(before);
  });

  test('sends the same text to a number once in 30 seconds, and ten messages in a day of Beijing', async () => {
    expect(await ask()).toEqual(['Ok']);
    expect(await ask()).toEqual(['LimitExceeded.PhoneNumberThirtySecondLimit']);
    now += 30_000;
    expect(await ask()).toEqual(['Ok']);
    const other = (index: number) => ask({ TemplateParamSet: [`00000${index}`, '5'] });
    for (let index = 2; index < 10; index += 1) expect(await other(index)).toEqual(['Ok']);
    expect(await other(1)).toEqual(['LimitExceeded.PhoneNumberDailyLimit']);
    // Six hours to midnight in Beijing.
    now += 6 * 60 * 60 * 1000;
    expect(await other(1)).toEqual(['Ok']);
  });

  test('refuses more than 200 numbers at once', async () => {
    const numbers = Array.from({ length: 201 }, () => PHONE);
    expect(await ask({ PhoneNumberSet: numbers })).toBe('LimitExceeded.PhoneNumberCountLimit');
  });

  test('answers what is neither signed nor JSON as Tencent does', async () => {
    const headers = { 'x-tc-action': 'SendSms' };
    const reply = await fetch(server.origin, { method: 'POST', headers, body: 'no json' });
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      Response: { Error: { Code: 'AuthFailure.InvalidAuthorization' } },
    });
  });
});
