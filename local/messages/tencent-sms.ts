import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { TENCENT_SMS_VERSION } from '../../lib/messages/tencent-sms.ts';
import { signTc3, type Tc3Credentials } from '../../lib/tencent/tc3.ts';
import { type Faults, meetFaults } from '../faults.ts';
import type { Invoke } from '../operator/app.ts';
import type { Inbox } from './inbox.ts';
import { pullNow } from './reports.ts';
import { TencentReceipts } from './tencent-receipts.ts';
import type { RegisteredTemplate } from './tencent-templates.ts';

/** What an account at Tencent Cloud has for SMS. */
export interface TencentSmsAccount {
  readonly credentials: Tc3Credentials;
  readonly appId: string;
  readonly signName: string;
  /** By their ids. */
  readonly templates: ReadonlyMap<string, RegisteredTemplate>;
  /** Messages to one number in a day of Beijing; 10 unless the console says otherwise. */
  readonly perNumberAndDay?: number;
  /** Calling codes of where it sends; everywhere if there are none. */
  readonly countries?: readonly string[];
}

/** https://cloud.tencent.com/document/api/1110/36931: the request is good for so long before and after it was signed. */
const SIGNATURE_SECONDS = 5 * 60;
const REGIONS = ['ap-beijing', 'ap-guangzhou', 'ap-nanjing'];
const ACTIONS = ['SendSms', 'PullSmsSendStatus'];
const NUMBERS_MAX = 200;
/** https://cloud.tencent.com/document/product/382/39023 */
const TEXT_MAX = 500;
/** https://cloud.tencent.com/document/product/382/13301, and abroad https://www.tencentcloud.com/document/product/382/40659 */
const PARAMETER_MAX = { mainland: 6, abroad: 12 };
/** https://cloud.tencent.com/developer/techpedia/1295/8938 */
const SAME_TEXT_SECONDS = 30;
const PER_NUMBER_AND_DAY = 10;
const BEIJING_MILLISECONDS = 8 * 60 * 60 * 1000;

/** Tencent takes numbers of the mainland without +86, too; nobody here sends such. */
const E164 = /^\+[1-9]\d{6,14}$/;
const LINK = /https?:|www\.|\b[\w-]+\.(com|cn|net|org)\b/i;
const PARAMETERS = new Set([
  'PhoneNumberSet',
  'SmsSdkAppId',
  'SignName',
  'TemplateId',
  'TemplateParamSet',
  'ExtendCode',
  'SessionContext',
  'SenderId',
]);

interface SendSms {
  readonly PhoneNumberSet: readonly string[];
  readonly SmsSdkAppId: string;
  readonly SignName?: string;
  readonly TemplateId: string;
  readonly TemplateParamSet?: readonly string[];
  readonly SessionContext?: string;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** @returns a code of Tencent's where it is not of the form */
function parseSendSms(body: unknown): SendSms | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'InvalidParameter';
  if (Object.keys(body).some((name) => !PARAMETERS.has(name))) return 'UnknownParameter';
  const { PhoneNumberSet, TemplateParamSet = [], ...texts } = body as Record<string, unknown>;
  for (const name of ['SmsSdkAppId', 'TemplateId']) if (!(name in texts)) return 'MissingParameter';
  if (Object.values(texts).some((value) => typeof value !== 'string')) return 'InvalidParameter';
  if (!isTexts(TemplateParamSet)) return 'InvalidParameter';
  if (!isTexts(PhoneNumberSet) || PhoneNumberSet.length === 0) return 'MissingParameter.EmptyPhoneNumberSet';
  if (PhoneNumberSet.length > NUMBERS_MAX) return 'LimitExceeded.PhoneNumberCountLimit';
  return { ...(texts as unknown as SendSms), PhoneNumberSet, TemplateParamSet };
}

const isMainland = (number: string) => number.startsWith('+86');

/** What is wrong with the parameters of a template, by Tencent's rules for them. */
function parameterProblem(
  { kind, text, isAbroad }: RegisteredTemplate,
  parameters: readonly string[],
): string | undefined {
  const places = new Set(text.match(/\{\d+\}/g));
  if (places.size !== parameters.length) return 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate';
  for (const parameter of parameters) {
    if (LINK.test(parameter)) return 'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter';
    if (/[【】]/.test(parameter)) return 'FailedOperation.TemplateIncorrectOrUnapproved';
    if (kind === 'code' && !/^\d{0,6}$/.test(parameter))
      return 'InvalidParameterValue.TemplateParameterFormatError';
    if ([...parameter].length > (isAbroad ? PARAMETER_MAX.abroad : PARAMETER_MAX.mainland))
      return 'InvalidParameterValue.TemplateParameterLengthLimit';
  }
  return undefined;
}

/** The message as it arrives: the signature and the template, filled in. */
const written = (signName: string | undefined, { text }: RegisteredTemplate, parameters: readonly string[]) =>
  `${signName ? `【${signName}】` : ''}${text.replace(/\{(\d+)\}/g, (_place, number) => parameters[Number(number) - 1] ?? '')}`;

/** Counts what went to each number. */
class Frequency {
  readonly #sent: { readonly to: string; readonly text: string; readonly at: number }[] = [];
  readonly #perDay: number;

  constructor(perDay: number) {
    this.#perDay = perDay;
  }

  problem(to: string, text: string, at: number): string | undefined {
    const mine = this.#sent.filter((sent) => sent.to === to);
    const isSame = mine.some((sent) => sent.text === text && at - sent.at < SAME_TEXT_SECONDS * 1000);
    if (isSame) return 'LimitExceeded.PhoneNumberThirtySecondLimit';
    const dayOf = (time: number) => new Date(time + BEIJING_MILLISECONDS).toISOString().slice(0, 10);
    const today = mine.filter((sent) => dayOf(sent.at) === dayOf(at)).length;
    return today >= this.#perDay ? 'LimitExceeded.PhoneNumberDailyLimit' : undefined;
  }

  note(to: string, text: string, at: number): void {
    this.#sent.push({ to, text, at });
  }
}

/** What is wrong with a signed call, whatever it asks for. */
function callProblem(
  context: Context,
  body: string,
  account: TencentSmsAccount,
  now: number,
): string | undefined {
  const header = (name: string) => context.req.header(name) ?? '';
  const { credentials } = account;
  const timestamp = Number(header('x-tc-timestamp'));
  const [, secretId] = /^TC3-HMAC-SHA256 Credential=([^/]*)\//.exec(header('authorization')) ?? [];
  if (secretId === undefined) return 'AuthFailure.InvalidAuthorization';
  if (secretId !== credentials.secretId) return 'AuthFailure.SecretIdNotFound';
  if (!(Math.abs(now / 1000 - timestamp) <= SIGNATURE_SECONDS)) return 'AuthFailure.SignatureExpire';
  const request = {
    host: header('host'),
    service: 'sms',
    contentType: header('content-type'),
    body,
    timestamp,
  };
  if (header('authorization') !== signTc3(request, credentials)) return 'AuthFailure.SignatureFailure';
  if (header('x-tc-version') !== TENCENT_SMS_VERSION) return 'NoSuchVersion';
  if (header('x-tc-region') === '') return 'MissingParameter';
  return REGIONS.includes(header('x-tc-region')) ? undefined : 'UnsupportedRegion';
}

const answer = (context: Context, response: object) =>
  context.json({ Response: { ...response, RequestId: randomUUID() } });

/** An error of the whole call: status 200, as all that Tencent answers. */
const fail = (context: Context, code: string) =>
  answer(context, { Error: { Code: code, Message: `refused: ${code}` } });

/**
 * Stands in for Tencent Cloud SMS, whose actions here are SendSms: https://cloud.tencent.com/document/product/382/55981, and
 * PullSmsSendStatus: https://cloud.tencent.com/document/product/382/55977. Messages go into the inbox as they arrive, with signature and text of the registered template.
 */
export function createTencentSmsApp(
  inbox: Inbox,
  account: TencentSmsAccount,
  faults: Faults,
  now: () => Date,
  invoke: Invoke,
): Hono {
  const app = new Hono();
  const receipts = new TencentReceipts();
  const frequency = new Frequency(account.perNumberAndDay ?? PER_NUMBER_AND_DAY);

  /** What is wrong with a message to one number; then nothing goes out to it. */
  function problemOf(request: SendSms, to: string, at: number): string | undefined {
    const { SignName: signName, TemplateParamSet: parameters = [] } = request;
    const template = account.templates.get(request.TemplateId);
    if (!E164.test(to)) return 'InvalidParameterValue.IncorrectPhoneNumber';
    if (account.countries && !account.countries.some((country) => to.startsWith(`+${country}`)))
      return 'UnsupportedOperation.UnsupportedRegion';
    if (template === undefined) return 'FailedOperation.TemplateUnapprovedOrNotExist';
    if (template.isAbroad && isMainland(to))
      return 'UnsupportedOperation.GlobalTemplateToChineseMainlandPhone';
    if (!template.isAbroad && !isMainland(to))
      return 'UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone';
    // Abroad there need not be any.
    if (signName !== account.signName && (signName || isMainland(to)))
      return 'FailedOperation.SignatureIncorrectOrUnapproved';
    const problem = parameterProblem(template, parameters);
    if (problem !== undefined) return problem;
    const text = written(signName, template, parameters);
    if ([...text].length > TEXT_MAX) return 'InvalidParameterValue.ContentLengthLimit';
    return frequency.problem(to, text, at);
  }

  function send(request: SendSms, to: string) {
    const at = now().getTime();
    const problem = problemOf(request, to, at);
    const template = account.templates.get(request.TemplateId);
    const status = { PhoneNumber: to, SessionContext: request.SessionContext ?? '' };
    if (problem !== undefined || template === undefined)
      return { ...status, SerialNo: '', Fee: 0, Code: problem, Message: `refused: ${problem}`, IsoCode: '' };
    const text = written(request.SignName, template, request.TemplateParamSet ?? []);
    frequency.note(to, text, at);
    const SerialNo = `2640:${randomUUID()}`;
    const undelivered = () => {
      receipts.add({ to, serialNo: SerialNo }, 'FAIL', now());
      return pullNow(invoke);
    };
    inbox.deliver({ channel: 'sms', to, text, reports: { undelivered } });
    const IsoCode = isMainland(to) ? 'CN' : '';
    return { ...status, SerialNo, Fee: 1, Code: 'Ok', Message: 'send success', IsoCode };
  }

  app.post(
    '/',
    meetFaults(
      faults,
      (context) => context.req.header('x-tc-action') ?? '',
      (context, code) => fail(context, String(code)),
    ),
    async (context) => {
      const body = await context.req.text();
      const problem = callProblem(context, body, account, now().getTime());
      if (problem !== undefined) return fail(context, problem);
      const action = context.req.header('x-tc-action') ?? '';
      if (!ACTIONS.includes(action)) return fail(context, 'InvalidAction');
      let json: unknown;
      try {
        json = JSON.parse(body);
      } catch {
        return fail(context, 'InvalidParameter');
      }
      if (action === 'PullSmsSendStatus') {
        const pulled = receipts.pull(json, account.appId);
        return typeof pulled === 'string' ? fail(context, pulled) : answer(context, pulled);
      }
      const request = parseSendSms(json);
      if (typeof request === 'string') return fail(context, request);
      if (request.SmsSdkAppId !== account.appId)
        return fail(context, 'UnauthorizedOperation.SmsSdkAppIdVerifyFail');
      const areas = new Set(request.PhoneNumberSet.map(isMainland));
      if (areas.size > 1)
        return fail(context, 'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber');
      return answer(context, { SendStatusSet: request.PhoneNumberSet.map((to) => send(request, to)) });
    },
  );
  return app;
}
