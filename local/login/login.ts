import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { exportJWK, generateKeyPair } from 'jose';
import { type Context as OidcContext, Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import type { Person } from '../people.ts';
import { languageOf } from '../providers/language.ts';
import { page, personList } from '../providers/layout.ts';
import type { Look } from '../providers/style.ts';

/** A console that people sign in to with the login. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** Its own adapter under another name: under its own it warns, with each start, that it forgets. */
class Kept extends MemoryAdapter {}

type Env = { Bindings: HttpBindings };

const LOOK: Look = { colour: '#8a3b12', ink: ['#8a3b12', '#f0a878'], soft: ['#faf4ef', '#231d18'] };

const texts = {
  zh: {
    title: '示例云官网登录（模拟）',
    whom: '以哪个账号登录？',
    refuse: '取消',
    sub: '子账号',
    unknown: '这次登录已经结束，请返回后重新开始。',
  },
  en: {
    title: 'Example Cloud’s own login (stand-in)',
    whom: 'Which account do you sign in to?',
    refuse: 'Cancel',
    sub: 'sub-account',
    unknown: 'This visit to the login is over. Please go back and begin again.',
  },
} as const;

const ACCOUNTS = join(import.meta.dirname, '..', 'demo-accounts.jsonl');

/** Whoever has an account at the start can sign in, sub-accounts too. */
async function readPeople(): Promise<Person[]> {
  const lines = (await readFile(ACCOUNTS, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const { accountId, name, parentId } = JSON.parse(line) as Record<string, string | null>;
    const isSub = parentId !== null;
    return {
      name: String(accountId),
      nickname: String(name),
      ...(isSub && { about: { zh: texts.zh.sub, en: texts.en.sub } }),
    };
  });
}

/** Whoever signs in here is asked no more questions. */
async function grantAll({ oidc: { client, session, provider } }: OidcContext): Promise<unknown> {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
}

async function createProvider(issuer: string, { clientId, clientSecret, redirectUri }: Client) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return new Provider(issuer, {
    adapter: Kept,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/login/as/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    loadExistingGrant: grantAll,
    // Who comes back is asked again: whoever tries it out wants to be somebody else.
    ttl: { Session: 1, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  });
}

/** Express's name for the path before the mount point was taken off, by which the provider knows where it is. */
type Mounted = IncomingMessage & { originalUrl?: string };

/**
 * The login that Example Cloud has already: an OpenID provider at `/login`, with a page that asks as whom. `login_hint` of OpenID Connect
 * (an account id, or `deny`) answers at once.
 *
 * @param issuer ends in `/login`
 */
export async function createLogin(issuer: string, client: Client): Promise<Hono> {
  const provider = await createProvider(issuer, client);
  const people = await readPeople();
  const answer = provider.callback();
  const login = new Hono<Env>();

  const finish = async (context: Context<Env>, name: string) => {
    const { incoming, outgoing } = context.env;
    const result =
      name === 'deny' ? { error: 'access_denied' } : { login: { accountId: name, remember: false } };
    return context.redirect(await provider.interactionResult(incoming, outgoing, result), 303);
  };

  login.get('/login/as/:uid', async (context) => {
    const { incoming, outgoing } = context.env;
    const language = languageOf(context);
    const t = texts[language];
    const interaction = await provider.interactionDetails(incoming, outgoing).catch(() => undefined);
    if (interaction === undefined)
      return page(
        context,
        LOOK,
        language,
        t.title,
        html`<h1>${t.title}</h1><p class="centre">${t.unknown}</p>`,
        {
          status: 400,
        },
      );
    const hint = context.req.query('as') ?? interaction.params['login_hint'];
    if (typeof hint === 'string') return finish(context, hint);
    const as = (name: string) => `/login/as/${interaction.uid}?as=${encodeURIComponent(name)}`;
    const body = html`<h1>${t.title}</h1>
<h2>${t.whom}</h2>
${personList(people, language, ({ name }, inside) => html`<a class="person" href="${as(name)}">${inside}</a>`)}
<a class="refuse" href="${as('deny')}">${t.refuse}</a>`;
    return page(context, LOOK, language, t.title, body);
  });

  login.all('/login/*', async (context) => {
    const { outgoing } = context.env;
    const incoming = context.env.incoming as Mounted;
    const { url = '/' } = incoming;
    incoming.originalUrl = url;
    incoming.url = url.slice('/login'.length);
    await answer(incoming, outgoing as Parameters<typeof answer>[1]);
    return RESPONSE_ALREADY_SENT;
  });
  return login as unknown as Hono;
}
