import {
  type Account,
  type Client,
  createClient,
  Failure,
  type FailureCode,
  type Method,
  secondsUntil,
} from 'account-linking-client';

/**
 * A program of somebody else's, in a folder with nothing but the package: strict types, no library besides. `package.test.ts` checks its
 * types and runs it.
 */

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
const { API_ORIGIN: apiOrigin = '', TOKEN: token = '', ADDRESS: email = '' } = process.env;

const client: Client = createClient({ apiOrigin, getToken: () => token, language: () => 'en' });

/** What the person at the phone reads. */
async function readCode(): Promise<string> {
  return (await fetch(`${apiOrigin}/inbox`)).text();
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error(`no failure: ${String(error)}`);
  return error;
}

const find = (account: Account): Method | undefined =>
  account.methods.find(({ provider }) => provider === 'email');

const before = find(await client.showAccount());
const tooEarly: FailureCode = (await failureOf(client.sendLinkEmailCode({ email }))).code;
const sent = await client.sendIdentityCheck({ purpose: 'link_email' });
const right = await readCode();
const wrong = right.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
const { code, attemptsLeft, status, detail } = await failureOf(
  client.verifyIdentityCheck({ purpose: 'link_email', code: wrong }),
);
await client.verifyIdentityCheck({ purpose: 'link_email', code: right });
await client.sendLinkEmailCode({ email });
const { method } = await client.linkEmail({ email, code: await readCode() });
const { events } = await client.showHistory();
const { sessions } = await client.listSessions();
await client.endSession();
const over = (await failureOf(client.showAccount())).code;

console.log(
  JSON.stringify({
    before: before?.relation,
    tooEarly,
    secondsLeft: secondsUntil(sent.expiresAt, client.clock.now()) > 0,
    wrong: { code, attemptsLeft, status, detail: typeof detail },
    linked: method.relation,
    newest: events[0]?.type,
    sessions: sessions.length,
    over,
  }),
);

// @ts-expect-error There is no such purpose.
export const mistaken = () => client.sendIdentityCheck({ purpose: 'link_pigeon' });
// @ts-expect-error A code is missing.
export const incomplete = () => client.linkEmail({ email });
// @ts-expect-error There is no such call.
export const unknown = () => client.sellAccount();
