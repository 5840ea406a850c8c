/**
 * What became of a message.
 * - `accepted`: the service took it, which is not yet "it arrived";
 * - `refused`: it certainly will not go out: a 4xx, throttled, or nothing was ever sent;
 * - `unknown`: it may or may not go out: a time-out, a broken connection, a 5xx.
 *
 * `reason` is an error's name or system code, never its text, which can hold the phone, the address or the message.
 */
export type Delivery =
  | { outcome: 'accepted'; messageId: string }
  | {
      outcome: 'refused';
      reason: string;
      /** The recipient takes no messages of ours, whenever they are sent. */
      permanent?: true;
    }
  | { outcome: 'unknown'; reason: string };

/** The connection was never made: https://nodejs.org/api/errors.html#common-system-errors and its resolver codes. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** Some services throttle with 503, so the name counts more than the status. */
const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ThrottledException',
]);
/** What End User Messaging says of one number, and not of how we ask: its `Reason` beside a ConflictException. */
const RECIPIENT_REFUSES = new Set([
  'DESTINATION_PHONE_NUMBER_OPTED_OUT',
  'DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE',
]);
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
  const refused =
    THROTTLED.has(name) ||
    NEVER_SIGNED.has(name) ||
    NEVER_CONNECTED.has(code) ||
    readString(error, 'syscall') === 'connect' ||
    (status !== undefined && status >= 400 && status < 500);
  const reason = readReason(name, code);
  if (!refused) return { outcome: 'unknown', reason };
  const permanent = RECIPIENT_REFUSES.has(readString(error, 'Reason'));
  return { outcome: 'refused', reason, ...(permanent && { permanent }) };
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
