// Makes better-auth's people, without its HTTP: what comes before a measured request is nobody's figure.
import { createHmac } from 'node:crypto';
import { getMigrations } from 'better-auth/db/migration';
import { auth } from './auth.mjs';

const context = await auth.$context;
let count = 0;

/** The session cookie as better-call signs it. */
function cookieLine(token) {
  const signature = createHmac('sha256', context.secret).update(token).digest('base64');
  return `${context.authCookies.sessionToken.name}=${encodeURIComponent(`${token}.${signature}`)}`;
}

async function create(links) {
  count += 1;
  const number = String(count).padStart(6, '0');
  const adapter = context.internalAdapter;
  const phoneNumber = `+8610000${number}`;
  const user = await adapter.createUser(
    {
      email: `p${number}@example.com`,
      emailVerified: true,
      name: `p${number}`,
      phoneNumber,
      phoneNumberVerified: true,
    },
    { method: 'test' },
  );
  const accounts = [];
  for (const providerId of links)
    accounts.push(
      await adapter.createAccount({ userId: user.id, providerId, accountId: `${providerId}-p${number}` }),
    );
  const session = await adapter.createSession(user.id);
  return {
    who: `p${number}`,
    phone: phoneNumber,
    accountId: accounts.at(-1).id,
    cookie: cookieLine(session.token),
  };
}

/** Makes the tables, or the next person, who is linked to these providers. */
export async function handler({ migrate = false, links = [] }) {
  if (!migrate) return create(links);
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  return {};
}
