import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import { Hono } from 'hono';
import { createOwnLogin } from '../../lib/own-login/own-login.ts';
import { createLogin } from '../../local/login/login.ts';
import { freePort } from '../../local/ports.ts';
import { createAssertions } from '../../local/sample/assertions.ts';
import { createBackend } from '../../local/sample/backend.ts';
import { type RunningServer, serve } from '../../local/server.ts';
import { expectProblem } from '../support/contract.ts';
import { createWorld } from '../support/world.ts';

// The worked example of docs/own-login.md: oidc-provider as the company's login, a console's backend, and the service.

const world = await createWorld();
const servers: RunningServer[] = [];
let consoleOrigin: string;

beforeAll(async () => {
  const [loginPort, consolePort] = [await freePort(), await freePort()];
  consoleOrigin = `http://localhost:${consolePort}`;
  const registration = {
    login: `http://localhost:${loginPort}/login`,
    clientId: 'sample-console',
    clientSecret: 'a-secret',
    redirectUri: `${consoleOrigin}/sample/callback`,
  };
  const issuer = `${consoleOrigin}/sample`;
  const audience = world.settings.API_ORIGIN;
  const assertions = await createAssertions(issuer, audience);
  const backend = new Hono().route('/sample', createBackend(registration, assertions));
  servers.push(
    await serve(await createLogin(registration.login, registration), loginPort, 'machine'),
    await serve(backend, consolePort, 'machine'),
  );
  // Both sides by the clock of the machine: the login has no other.
  world.pass({ seconds: Math.floor(Date.now() / 1000) - world.nowSeconds });
  const keysUrl = `${issuer}/jwks.json`;
  const settings = { issuer, audience, keysUrl, timeoutMilliseconds: 5_000 };
  Object.assign(world.dependencies, { ownLogin: createOwnLogin(settings, fetch, world.dependencies.clock) });
});
afterAll(async () => {
  for (const { stop } of servers) await stop();
});

/** A browser at the sample console, on the real network: it keeps cookies by their paths, and follows redirects. */
class Visitor {
  private readonly cookies = new Map<string, { readonly value: string; readonly path: string }>();

  async send(url: string, method = 'GET'): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.cookies].filter(([, { path }]) => pathname.startsWith(path));
    const cookie = sent.map(([name, { value }]) => `${name.split(' ')[0]}=${value}`).join('; ');
    const reply = await fetch(url, { method, redirect: 'manual', headers: { cookie } });
    for (const line of reply.headers.getSetCookie()) {
      const { name, value = '', path = '/' } = parseSetCookie(line);
      if (value === '') this.cookies.delete(`${name} ${path}`);
      else this.cookies.set(`${name} ${path}`, { value, path });
    }
    const location = reply.headers.get('location');
    if (location === null || URL.parse(location, url)?.pathname === '/sample/') return reply;
    return this.send(new URL(location, url).href);
  }

  /** @returns where the login led to */
  async logIn(hint: string): Promise<string | null> {
    const reply = await this.send(`${consoleOrigin}/sample/login?login_hint=${hint}`);
    return reply.headers.get('location');
  }

  async assertion(): Promise<{ readonly assertion?: string }> {
    return (await this.send(`${consoleOrigin}/sample/assertion`, 'POST')).json() as object;
  }
}

test('whoever signs in at the company is signed in at the API, once for each assertion', async () => {
  const visitor = new Visitor();
  expect(await visitor.assertion()).toEqual({ error: 'not signed in' });
  expect(await visitor.logIn('100000002')).toBe('/sample/?login=done');
  const { assertion } = await visitor.assertion();
  const browser = world.browser();
  const reply = await browser.post('/sessions', { assertion });
  expect(reply).toMatchObject({ status: 201, json: { accountId: '100000002' } });
  expect((await browser.get('/account')).json).toMatchObject({ session: { openedBy: 'assertion' } });
  expectProblem(await browser.post('/sessions', { assertion }), 'assertion_invalid');
  expect((await browser.post('/sessions', await visitor.assertion())).status).toBe(201);
});

test('the login asks as whom, and may be left', async () => {
  const page = await new Visitor().send(`${consoleOrigin}/sample/login`);
  const text = await page.text();
  for (const account of ['100000001', '200000001', '100000005']) expect(text).toContain(account);
  const visitor = new Visitor();
  expect(await visitor.logIn('deny')).toBe('/sample/?login=failed');
  expect(await visitor.assertion()).toEqual({ error: 'not signed in' });
});

test('a sub-account of the company is told that it is one, and an account that is not imported that there is none', async () => {
  for (const [account, code] of [
    ['200000001', 'sub_account'],
    ['400000000', 'account_unknown'],
  ] as const) {
    const visitor = new Visitor();
    await visitor.logIn(account);
    expectProblem(await world.browser().post('/sessions', await visitor.assertion()), code);
  }
});

test('a callback of another browser signs nobody in', async () => {
  const visitor = new Visitor();
  await visitor.logIn('100000002');
  const stranger = new Visitor();
  const reply = await stranger.send(`${consoleOrigin}/sample/callback?code=made-up&state=made-up`);
  expect(reply.headers.get('location')).toBe('/sample/?login=failed');
});
