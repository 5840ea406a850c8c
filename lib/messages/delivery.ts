import type { ProblemCode } from '../linking/problem.ts';

/**
 * What became of a message.
 * - `accepted`: the service took it, which is not yet "it arrived";
 * - `refused`: it certainly will not go out: a 4xx, throttled, or nothing was ever sent;
 * - `unknown`: it may or may not go out: a time-out, a broken connection, a 5xx.
 *
 * `reason` is an error's name or system code, never its text, which can hold the phone, the address or the message.
 */
export type Delivery =
  | ({ outcome: 'accepted'; messageId: string } & Routed)
  | ({
      outcome: 'refused';
      reason: string;
      /** Whose fault it is, if sending it once more would change nothing by itself. */
      fault?: 'recipient' | 'ours';
      /** What is the matter with the recipient, where that can be told. */
      problem?: RecipientProblem;
      /** Whether another service may be asked in its place, where that is not told by the fault: for a recipient's no, and else yes. */
      another?: boolean;
    } & Routed)
  | ({ outcome: 'unknown'; reason: string } & Routed);

/** Where there is more than one service to send with. */
interface Routed {
  /** Which one it was. */
  vendor?: string;
  /** Those that were asked before it, and refused. */
  earlier?: readonly Delivery[];
}

export type RecipientProblem = Extract<ProblemCode, 'country_not_served' | 'recipient_opted_out'>;

/** The connection was never made: https://nodejs.org/api/errors.html#common-system-errors and its resolver codes. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** Whether an error says that nothing was sent, for want of a connection. */
export const isNeverConnected = (error: unknown): boolean =>
  NEVER_CONNECTED.has(readString(error, 'code')) || readString(error, 'syscall') === 'connect';
/** Some services throttle with 503, so the name counts more than the status. */
const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ThrottledException',
]);
/** AWS itself does not send there, where another may. */
const COUNTRY_NOT_REACHED = 'DESTINATION_COUNTRY_BLOCKED';
/**
 * What End User Messaging says of a number or its country, and not of how we ask: its `Reason` beside a ConflictException or a
 * ValidationException. A number that is not verified is not among them: that is its sandbox, and we are still in it.
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors
 */
const RECIPIENT_REASONS: ReadonlyMap<string, RecipientProblem | undefined> = new Map([
  ['DESTINATION_PHONE_NUMBER_OPTED_OUT', 'recipient_opted_out'],
  ['DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE', undefined],
  ['DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION', 'country_not_served'],
  [COUNTRY_NOT_REACHED, 'country_not_served'],
]);
/** What it says of any parameter: of the number, unless its `Fields` name another. */
const PARAMETER_REASONS = new Set(['INVALID_PARAMETER', 'FIELD_VALIDATION_FAILED']);
/**
 * What SES says of an address that is none. What it rejects as MessageRejected is our doing, such as a sender that is not verified; mail
 * to an address that it suppresses, it accepts.
 * https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
 */
const INVALID_ADDRESS = 'InvalidParameterValue';
/** Nothing is sent unsigned. */
const NEVER_SIGNED = new Set(['CredentialsProviderError']);
const WELL_FORMED_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/**
 * Sends once and classifies what came of it. Never throws: whatever `send` throws is an outcome too.
 *
 * @param send resolves to the id the service gave the message
 */
export async function deliver(send: () => Promise<string | undefined>): Promise<Delivery> {
  try {
    const messageId = await send();
    // An answer without an id is no receipt: it need not come from the service at all.
    return messageId
      ? { outcome: 'accepted', messageId }
      : { outcome: 'unknown', reason: 'MessageIdMissing' };
  } catch (error) {
    return classify(error);
  }
}

function classify(error: unknown): Delivery {
  const name = readString(error, 'name');
  const code = readString(error, 'code');
  const status = readStatus(error);
  const reason = readReason(name, code);
  if (THROTTLED.has(name) || isNeverConnected(error)) return { outcome: 'refused', reason };
  const isRequestRefused = status !== undefined && status >= 400 && status < 500;
  if (!NEVER_SIGNED.has(name) && !isRequestRefused) return { outcome: 'unknown', reason };
  if (!isAboutRecipient(error, name)) return { outcome: 'refused', reason, fault: 'ours' };
  const said = readString(error, 'Reason');
  const problem = RECIPIENT_REASONS.get(said);
  const another = said === COUNTRY_NOT_REACHED && { another: true };
  return { outcome: 'refused', reason, fault: 'recipient', ...(problem && { problem }), ...another };
}

function isAboutRecipient(error: unknown, name: string): boolean {
  if (name === INVALID_ADDRESS) return true;
  const reason = readString(error, 'Reason');
  if (!PARAMETER_REASONS.has(reason)) return RECIPIENT_REASONS.has(reason);
  const fields = readProperty(error, 'Fields');
  return (
    !Array.isArray(fields) || fields.every((field) => readString(field, 'Name') === 'DestinationPhoneNumber')
  );
}

/** System errors are all called Error (or, with several addresses, AggregateError): their code says more. */
function readReason(name: string, code: string): string {
  const telling = name === 'Error' || name === 'AggregateError' || name === '' ? code || name : name;
  return WELL_FORMED_NAME.test(telling) ? telling : 'Error';
}

function readString(error: unknown, key: string): string {
  const value = readProperty(error, key);
  return typeof value === 'string' ? value : '';
}

function readStatus(error: unknown): number | undefined {
  const status = readProperty(readProperty(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

function readProperty(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
