import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { type Member, newMember, wrongCode } from '../support/people.ts';
import { createRoutedWorld } from '../support/tencent.ts';

const environmentBefore = { ...process.env };
const { world, server, stop } = await createRoutedWorld();
/** Here `link` is registered with other words than ours, of which one place is missing; and +86 goes by Tencent alone. */
const spoiled = await createRoutedWorld(
  { templates: new Map([['2400001', { kind: 'code', text: '验证码 {1}。', isAbroad: false }]]) },
  { SMS_ROUTES: '86=tencent' },
);

beforeAll(() => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: server.origin,
  });
});
beforeEach(() => server.faults.clear());
afterAll(async () => {
  process.env = environmentBefore;
  await Promise.all([stop(), spoiled.stop()]);
});

const purpose = 'link_wechat';
const send = ({ browser }: Member) => browser.post('/otp/send', { purpose });
const refuse = (errcode: string) => server.faults.next('SendSms', { kind: 'errcode', errcode });
const textsTo = (phone: string) => server.inbox.list(phone).map(({ text }) => text);
const said = ({ observer }: typeof world, reason: string) =>
  observer.lines.filter(({ fields }) => (fields as { reason?: string }).reason === reason);

test('a code to +86 goes the whole way, as the registered template has it', async () => {
  const member = await newMember(world);
  expect((await send(member)).status).toBe(202);
  const [{ code = null, text = '' } = {}] = server.inbox.list(member.phone);
  expect(text).toBe(
    `【示例云】验证码 ${code}，用于关联登录方式，5 分钟内有效。请勿告诉任何人。如非本人操作，请检查账号。`,
  );
  const verify = (typed: unknown) => member.browser.post('/otp/verify', { purpose, code: typed });
  expectProblem(await verify(wrongCode(String(code))), 'code_wrong', { attemptsLeft: 4 });
  expect((await verify(code)).status).toBe(200);
  expect(world.outbox.sent).toEqual([]);
});

test('what Tencent refuses is told, and gives back quota and interval', async () => {
  const member = await newMember(spoiled.world);
  for (let tries = 0; tries < 6; tries += 1) expectProblem(await send(member), 'delivery_failed');
  expect(spoiled.server.inbox.list(member.phone)).toEqual([]);
  expect((await member.browser.get('/account')).json.checks).toEqual([]);
  const refused = said(spoiled.world, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ level: 'error', fields: { channel: 'sms', vendor: 'tencent' } });
});

describe('where there is another vendor', () => {
  test('it sends what Tencent certainly did not, and the refusal is counted and logged', async () => {
    const member = await newMember(world);
    refuse('FailedOperation.InsufficientBalanceInSmsPackage');
    world.observer.counted.length = 0;
    expect((await send(member)).status).toBe(202);
    expect(textsTo(member.phone)).toEqual([expect.stringMatching(/^【示例云】验证码 \d{6}，用于关联微信，/)]);
    expect(world.observer.counted).toEqual(expect.arrayContaining(['SmsRefused', 'SmsAccepted']));
    expect(said(world, 'FailedOperation.InsufficientBalanceInSmsPackage')).toHaveLength(1);
  });

  test('it does not send what may be on its way', async () => {
    const [asked, lost] = [await newMember(world), await newMember(world)];
    refuse('InternalError.Timeout');
    expectProblem(await send(asked), 'delivery_failed');
    expect(textsTo(asked.phone)).toEqual([]);
    expectProblem(await send(asked), 'too_soon', { retryAfter: 60 });
    server.faults.next('SendSms', { kind: 'reset', afterEffect: true });
    expectProblem(await send(lost), 'delivery_failed');
    expect(textsTo(lost.phone)).toHaveLength(1);
  });

  test.each([
    ['FailedOperation.PhoneNumberInBlacklist', 'recipient_opted_out'],
    ['LimitExceeded.AppCountryOrRegionInBlacklist', 'country_not_served'],
    ['LimitExceeded.PhoneNumberDailyLimit', 'delivery_failed'],
  ] as const)('it does not send where the number is the reason: %s', async (code, problem) => {
    const member = await newMember(world);
    refuse(code);
    expectProblem(await send(member), problem);
    expect(textsTo(member.phone)).toEqual([]);
    expect((await send(member)).status).toBe(202);
  });
});
