import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { type Faults, meetFaults } from '../faults.ts';
import type { Invoke } from '../operator/app.ts';
import type { Inbox } from './inbox.ts';
import { smsReports } from './reports.ts';

const SERVICE = 'PinpointSMSVoiceV2';
const CONTENT_TYPE = 'application/x-amz-json-1.0';
const BODY_MAX = 1600;
const PHONE = /^\+?[1-9][0-9]{1,18}$/;
const IDENTITY = /^[A-Za-z0-9_:/+-]{1,256}$/;
const MESSAGE_TYPES = ['TRANSACTIONAL', 'PROMOTIONAL'];

/** An error as AWS JSON 1.0 carries it: status, `__type`, and the fields of that error's own. */
interface AwsError {
  readonly status: 400 | 500;
  readonly type: string;
  readonly fields: Record<string, unknown>;
}

const invalid = (reason: string, field: string, message: string): AwsError => ({
  status: 400,
  type: 'ValidationException',
  fields: { Message: message, Reason: reason, Fields: [{ Name: field, Message: message }] },
});

const missing = (field: string) => invalid('MISSING_PARAMETER', field, `${field} is required.`);

const malformed = (field: string, constraint: string) =>
  invalid(
    'FIELD_VALIDATION_FAILED',
    field,
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`,
  );

const notFound = (type: string, id: string): AwsError => ({
  status: 400,
  type: 'ResourceNotFoundException',
  fields: { Message: 'The resource was not found.', ResourceType: type, ResourceId: id },
});

const identityNotAllowed = (to: string): AwsError => ({
  ...invalid(
    'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY',
    'destinationPhoneNumber',
    `The origination identity can't send to the country of ${to}.`,
  ),
});

const NO_IDENTITY: AwsError = {
  status: 400,
  type: 'ConflictException',
  fields: { Message: 'There is nothing to send from.', Reason: 'NO_ORIGINATION_IDENTITIES_FOUND' },
};

/**
 * Whether an identity may send to a number. China takes neither sender ids nor numbers of other countries: only short codes, whose texts
 * AWS Support has registered. Of a pool it depends on what is in it.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html,
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-sms-template-registration.html
 */
function maySendTo(to: string, identity: string): boolean {
  const isPool = /^pool-|:pool\//.test(identity);
  const isShortCode = /^\d{4,12}$/.test(identity);
  return !to.startsWith('+86') || isPool || isShortCode;
}

/** What this AWS account has: the identities it may send from, and its protect configurations. */
export interface SmsAccount {
  readonly originationIdentities: readonly string[];
  readonly protectConfigurationIds: readonly string[];
}

interface SendTextMessage {
  readonly to: string;
  readonly text: string;
  readonly isDryRun: boolean;
}

/**
 * Checks a request as SendTextMessage does:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 */
function judge(request: Record<string, unknown>, account: SmsAccount): SendTextMessage | AwsError {
  const {
    DestinationPhoneNumber: to,
    OriginationIdentity: from,
    MessageBody: text,
    MessageType: type,
  } = request;
  if (to === undefined) return missing('DestinationPhoneNumber');
  if (typeof to !== 'string' || !PHONE.test(to))
    return malformed(
      'DestinationPhoneNumber',
      'Member must satisfy regular expression pattern: \\+?[1-9][0-9]{1,18}',
    );
  if (text === undefined || text === '') return missing('MessageBody');
  if (typeof text !== 'string' || text.length > BODY_MAX)
    return malformed('MessageBody', `Member must have length less than or equal to ${BODY_MAX}`);
  if (from !== undefined && (typeof from !== 'string' || !IDENTITY.test(from)))
    return malformed(
      'OriginationIdentity',
      'Member must satisfy regular expression pattern: [A-Za-z0-9_:/\\+-]+',
    );
  if (type !== undefined && !MESSAGE_TYPES.includes(String(type)))
    return malformed('MessageType', `Member must satisfy enum value set: [${MESSAGE_TYPES.join(', ')}]`);
  if (from !== undefined && !account.originationIdentities.includes(from)) {
    return notFound(/^\+?\d/.test(from) ? 'phone-number' : 'sender-id', from);
  }
  const phone = to.startsWith('+') ? to : `+${to}`;
  // Where none is named, AWS takes what the account has for the country.
  if (from === undefined && !account.originationIdentities.some((identity) => maySendTo(phone, identity)))
    return NO_IDENTITY;
  if (from !== undefined && !maySendTo(phone, from)) return identityNotAllowed(phone);
  const protect = request['ProtectConfigurationId'];
  if (protect !== undefined && !account.protectConfigurationIds.includes(String(protect)))
    return notFound('protect-configuration', String(protect));
  return { to: phone, text, isDryRun: request['DryRun'] === true };
}

function answer(context: Context, status: 200 | 400 | 500, body: Record<string, unknown>): Response {
  context.header('x-amzn-RequestId', randomUUID());
  return context.body(JSON.stringify(body), status, { 'content-type': CONTENT_TYPE });
}

const fail = (context: Context, { status, type, fields }: AwsError) =>
  answer(context, status, { __type: type, ...fields });

/** Of AWS's front, which answers before any service does: these have no namespace of the service. */
const refuse = (context: Context, type: string, message: string) =>
  fail(context, { status: 400, type: `com.amazon.coral.service#${type}`, fields: { message } });

const operationOf = (context: Context): string =>
  (context.req.header('x-amz-target') ?? '').replace(`${SERVICE}.`, '');

/** Stands in for AWS End User Messaging SMS, whose one operation here is SendTextMessage; messages go into the inbox. */
export function createSmsApp(inbox: Inbox, account: SmsAccount, faults: Faults, invoke: Invoke): Hono {
  const app = new Hono();
  app.post(
    '/',
    meetFaults(faults, operationOf, (context, type) =>
      fail(context, { status: 400, type: String(type), fields: { Message: 'injected fault' } }),
    ),
    async (context) => {
      if (context.req.header('x-amz-target') !== `${SERVICE}.SendTextMessage`)
        return refuse(context, 'UnknownOperationException', 'No such operation.');
      if (!context.req.header('authorization')?.startsWith('AWS4-HMAC-SHA256 '))
        return refuse(context, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
      const request: unknown = await context.req.json().catch(() => undefined);
      if (typeof request !== 'object' || request === null || Array.isArray(request))
        return refuse(context, 'SerializationException', 'The body is no JSON object.');
      const judged = judge(request as Record<string, unknown>, account);
      if ('status' in judged) return fail(context, judged);
      const messageId = randomUUID();
      const reports = smsReports({ messageId, context: Reflect.get(request, 'Context') }, invoke);
      if (!judged.isDryRun) inbox.deliver({ channel: 'sms', to: judged.to, text: judged.text, reports });
      return answer(context, 200, { MessageId: messageId });
    },
  );
  return app;
}
