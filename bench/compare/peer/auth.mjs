// better-auth as it would run on Lambda: its HTTP handler behind the event of an HTTP API, on SQLite in a file.
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { NodeSqliteDialect } from '@better-auth/kysely-adapter/node-sqlite-dialect';
import { betterAuth } from 'better-auth';
import { emailOTP } from 'better-auth/plugins/email-otp';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { phoneNumber } from 'better-auth/plugins/phone-number';
import { Kysely } from 'kysely';

const { PEER_DATABASE = '', PEER_OUTSIDE = '', PEER_SECRET, PEER_DELAY_MILLISECONDS = '0' } = process.env;
const ORIGIN = 'https://api.example.com';

const delayMilliseconds = Number(PEER_DELAY_MILLISECONDS);
let queries = 0;
/** Each query waits for its answer as long as for one from a store beyond the network. */
const delay = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    queries += 1;
    await wait(delayMilliseconds);
    return result;
  },
};

const database = new DatabaseSync(PEER_DATABASE);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');

async function send(to, code) {
  await fetch(`${PEER_OUTSIDE}/peer/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, code }),
  });
}

export const auth = betterAuth({
  baseURL: ORIGIN,
  secret: PEER_SECRET,
  database: {
    db: new Kysely({
      dialect: new NodeSqliteDialect({ database }),
      plugins: delayMilliseconds > 0 ? [delay] : [],
    }),
    type: 'sqlite',
    transaction: true,
  },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  account: { accountLinking: { enabled: true, allowDifferentEmails: true, trustedProviders: ['provider'] } },
  plugins: [
    phoneNumber({ sendOTP: ({ phoneNumber: to, code }) => send(to, code) }),
    emailOTP({
      changeEmail: { enabled: true },
      sendVerificationOTP: ({ email: to, otp }) => send(to, otp),
    }),
    genericOAuth({
      config: [
        {
          providerId: 'provider',
          clientId: 'client',
          clientSecret: 'client-secret',
          authorizationUrl: `${PEER_OUTSIDE}/peer/authorize`,
          tokenUrl: `${PEER_OUTSIDE}/peer/token`,
          userInfoUrl: `${PEER_OUTSIDE}/peer/userinfo`,
          scopes: ['profile'],
        },
      ],
    }),
  ],
});

export async function handler({ rawPath, rawQueryString, cookies = [], headers, body, requestContext }) {
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  const request = new Request(`${ORIGIN}${rawPath}${query}`, {
    method: requestContext.http.method,
    headers: { ...headers, ...(cookies.length > 0 && { cookie: cookies.join('; ') }) },
    ...(body !== undefined && { body }),
  });
  const response = await auth.handler(request);
  const { 'set-cookie': _cookies, ...answered } = Object.fromEntries(response.headers);
  return {
    statusCode: response.status,
    headers: { ...answered, ...(queries > 0 && { 'x-queries': String(queries) }) },
    cookies: response.headers.getSetCookie(),
    body: await response.text(),
  };
}
