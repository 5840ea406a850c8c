import { parseSetCookie } from 'cookie';
import type { CanaryInbox } from './inbox.ts';

/** The canary could not go on. It says where and why, and nothing of what it was sent. */
export class CanaryStopped extends Error {
  override readonly name = 'CanaryStopped';
  readonly step: string;
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(step: string, { status, code }: { status?: number; code?: string | undefined } = {}) {
    super(step);
    this.step = step;
    this.status = status;
    this.code = code;
  }
}

export interface Canary {
  readonly address: string;
  /** Where the API is. */
  readonly origin: string;
  readonly inbox: CanaryInbox;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const REQUEST_MILLISECONDS = 30_000;
/** Half a function's life: the requests take the rest. */
const MAIL_MILLISECONDS = 60_000;

/** @throws CanaryStopped unless it is answered with this status */
async function ask(
  { origin, fetch }: Canary,
  request: string,
  { expected, body, cookie }: { readonly expected: number; readonly body?: object; readonly cookie?: string },
): Promise<{ readonly json: Readonly<Record<string, unknown>>; readonly cookies: string[] }> {
  const [method = '', path = ''] = request.split(' ');
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: {
      'accept-language': 'en',
      ...(body && { 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_MILLISECONDS),
  }).catch((error: Error) => {
    throw new CanaryStopped(request, { code: error.name });
  });
  // A gateway that answers by itself may say so in another form.
  const json = await reply.json().catch(() => ({}));
  const { status } = reply;
  if (status !== expected) throw new CanaryStopped(request, { status, code: json.code });
  return { json, cookies: reply.headers.getSetCookie() };
}

/** The six digits of a mail with a code, which has no others. */
const codeIn = (text: string): string | undefined =>
  /(?<!\d)\d{6}(?!\d)/.exec(text.replace(/https?:\/\/\S+/g, ''))?.[0];

/** Waits for a mail with a code that came since. @throws CanaryStopped if none does in time */
async function receiveCode({ inbox, clock }: Canary, since: number): Promise<string> {
  while (clock() < since + MAIL_MILLISECONDS) {
    for (const { at, text } of await inbox.receive()) {
      // What came before is of the last time.
      const code = at >= since ? codeIn(text) : undefined;
      if (code !== undefined) return code;
    }
  }
  throw new CanaryStopped('no mail came');
}

/**
 * Does what a customer does: asks for a code, waits for its mail, signs in with it, looks at the account, and signs out.
 *
 * @throws CanaryStopped, or what `fetch` or the inbox failed with
 */
export async function signInAndOut(canary: Canary): Promise<void> {
  const { address: email, clock } = canary;
  // SES tells time in whole seconds in places, and its clock is not ours.
  const since = clock() - 5_000;
  const asked = await ask(canary, 'POST /sign-in/email/send', { expected: 202, body: { email } });
  const code = await receiveCode(canary, since);
  const { challengeId } = asked.json;
  const { cookies } = await ask(canary, 'POST /sign-in/email', {
    expected: 200,
    body: { challengeId, code },
  });
  const cookie = cookies
    .map((line) => parseSetCookie(line))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  await ask(canary, 'GET /account', { expected: 200, cookie });
  await ask(canary, 'DELETE /session', { expected: 204, cookie });
}
