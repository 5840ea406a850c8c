import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Assertions } from './assertions.ts';
import { beginVisit, endVisit, type Registration, type Visit } from './openid.ts';

const COOKIE = 'sample-console';

/** What this console keeps of a browser. */
interface SampleSession {
  visit?: Visit;
  accountId?: string;
}

/**
 * The backend of a company's console, as far as account linking needs one: it signs people in with the company's own login, and gives the page
 * an assertion for who is signed in. Mounted at `/sample`.
 */
export function createBackend(registration: Registration, assertions: Assertions): Hono {
  const sessions = new Map<string, SampleSession>();
  const backend = new Hono();

  backend.get('/login', (context) => {
    const { visit, url } = beginVisit(registration, context.req.query('login_hint'));
    const id = randomUUID();
    sessions.set(id, { visit });
    setCookie(context, COOKIE, id, { path: '/sample', httpOnly: true, sameSite: 'Lax' });
    return context.redirect(url);
  });

  backend.get('/callback', async (context) => {
    const before = getCookie(context, COOKIE) ?? '';
    const { visit } = sessions.get(before) ?? {};
    sessions.delete(before);
    const accountId = visit && (await endVisit(registration, visit, context.req.query()));
    if (accountId === undefined) return context.redirect('/sample/?login=failed');
    // Another id than before: who knew that one is not signed in.
    const id = randomUUID();
    sessions.set(id, { accountId });
    setCookie(context, COOKIE, id, { path: '/sample', httpOnly: true, sameSite: 'Lax' });
    return context.redirect('/sample/?login=done');
  });

  backend.post('/assertion', async (context) => {
    const { accountId } = sessions.get(getCookie(context, COOKIE) ?? '') ?? {};
    if (accountId === undefined) return context.json({ error: 'not signed in' }, 401);
    return context.json({ assertion: await assertions.make(accountId) });
  });

  backend.get('/jwks.json', (context) => context.json(assertions.keys));
  return backend;
}
