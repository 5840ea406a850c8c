/// <reference lib="dom" />
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import { Hono } from 'hono';
import { writeScript } from '../../client/build.ts';
import type { AccountLinkingElement, GetToken } from '../../console/element/account-linking.d.ts';
import { freePort } from '../../local/ports.ts';
import { type RunningServer, serve } from '../../local/server.ts';
import {
  type Browser,
  codesTo,
  dialog,
  launchBrowser,
  nextCode,
  openContext,
  type Page,
  row,
  scanAs,
  scanInWindow,
  sendIn,
  startLocalWorld,
  type World,
} from './support.ts';

jest.setTimeout(240_000);

let world: World;
let browser: Browser;
/** A console on another site than the API: 127.0.0.1, where that is localhost. Its backend gives its page the token of a session. */
let host: RunningServer;
/** Opens a session of whoever is signed in at that console. */
let customer: () => Promise<string>;
/** The tokens that its backend has given, newest last. */
const given: string[] = [];

const PAGE = `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8">
    <title>另一个站点</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <script type="module" src="/console.js"></script>
    <script type="module" src="/element/account-linking.js"></script>
  </head>
  <body>
    <account-linking api-base="API"></account-linking>
    <div role="log"><ol></ol></div>
  </body>
</html>`;

/** What the console runs, as docs/console.md has it. */
function consoleScript(): void {
  const getToken: GetToken = async ({ renew }) => {
    const kept = sessionStorage.getItem('token');
    if (kept && !renew) return kept;
    const reply = await fetch('/token', { method: 'POST' });
    const { token } = (await reply.json()) as { token: string };
    sessionStorage.setItem('token', token);
    return token;
  };
  const element = document.querySelector('account-linking') as AccountLinkingElement;
  element.getToken = getToken;
  for (const type of ['changed', 'signed-out', 'not-signed-in'])
    element.addEventListener(type, () => {
      const item = document.createElement('li');
      item.textContent = type;
      document.querySelector('[role=log] ol')?.append(item);
    });
}

/** A page that has nothing but the client, as its package has it, and no bundler. */
const PLAIN = `<!doctype html>
<html lang="en" data-api="API">
  <head>
    <meta charset="utf-8">
    <title>Plain</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <script type="importmap">{"imports":{"account-linking-client":"/client.js"}}</script>
    <script type="module" src="/plain.js"></script>
  </head>
  <body>
    <label>Code <input></label>
    <button>Send</button>
    <button>Link</button>
    <ol></ol>
  </body>
</html>`;

/** What it runs, as client/README.md has it; at `/plain/end`, where windows end. */
async function plainScript(): Promise<void> {
  const { countDown, createClient, Failure, linkInWindow, openProviderWindow, reportOutcome } = await import(
    'account-linking-client'
  );
  if (location.pathname === '/plain/end') return void reportOutcome();
  const client = createClient({
    apiOrigin: document.documentElement.dataset['api'] ?? '',
    language: () => 'en',
    getToken: async () =>
      ((await (await fetch('/token', { method: 'POST' })).json()) as { token: string }).token,
  });
  const say = (text: string) => {
    const item = document.createElement('li');
    item.textContent = text;
    document.querySelector('ol')?.append(item);
  };
  const [send, link] = document.querySelectorAll('button');
  send?.addEventListener('click', async () => {
    const { resendAt } = await client.sendIdentityCheck({ purpose: 'link_qq' });
    countDown(resendAt, client.clock, (seconds) => {
      send.textContent = seconds > 0 ? `Resend in ${seconds} s` : 'Send';
    });
  });
  const linkQQ = async (opened: Window) => {
    const code = document.querySelector('input')?.value ?? '';
    await client.verifyIdentityCheck({ purpose: 'link_qq', code });
    const options = { provider: 'qq', window: opened, returnTo: `${location.origin}/plain/end` } as const;
    const { display, relation } = await linkInWindow(client, options);
    say(`${display} ${relation}`);
  };
  link?.addEventListener('click', async () => {
    const opened = openProviderWindow('Going to QQ…');
    if (!opened) return say('blocked');
    await linkQQ(opened).catch((error) => {
      opened.close();
      say(error instanceof Failure ? `${error.code} ${error.attemptsLeft}` : `${error}`);
    });
  });
}

const cookiesOf = (reply: Response) => reply.headers.getSetCookie().map((line) => parseSetCookie(line));
const sessionIn = (reply: Response) =>
  cookiesOf(reply).find(({ name }) => name === '__Host-session')?.value ?? '';

async function openSessionByEmail(address: string): Promise<string> {
  const post = (path: string, body: object) =>
    fetch(`${world.urls.api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const seen = (await codesTo(world, address)).length;
  const sent = await post('/sign-in/email/send', { email: address });
  const { challengeId } = (await sent.json()) as { challengeId: string };
  const code = await nextCode(world, address, seen);
  return sessionIn(await post('/sign-in/email', { challengeId, code }));
}

async function openSessionBy(provider: 'wechat' | 'qq', person: string): Promise<string> {
  const go = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, { redirect: 'manual', headers });
  const away = await go(`${world.urls.api}/sign-in/${provider}`);
  const cookie = cookiesOf(away)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  const scan = new URL(away.headers.get('location') ?? '');
  scan.searchParams.set('scan_as', person);
  const back = await go(scan.href);
  return sessionIn(await go(back.headers.get('location') ?? '', { cookie }));
}

const JAVASCRIPT = { 'content-type': 'text/javascript' };

async function scriptOfClient(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'account-linking-client-'));
  try {
    const file = join(folder, 'index.js');
    await writeScript(file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  const port = await freePort();
  const client = await scriptOfClient();
  const app = new Hono()
    .get('/security', (context) => context.html(PAGE.replace('API', world.urls.api)))
    .get('/console.js', (context) => context.body(`(${consoleScript})();`, 200, JAVASCRIPT))
    .get('/plain', (context) => context.html(PLAIN.replace('API', world.urls.api)))
    .get('/plain/end', (context) => context.html(PLAIN))
    .get('/plain.js', (context) => context.body(`(${plainScript})();`, 200, JAVASCRIPT))
    .get('/client.js', (context) => context.body(client, 200, JAVASCRIPT))
    .post('/token', async (context) => {
      const token = await customer();
      given.push(token);
      return context.json({ token });
    })
    .get('*', async (context) => {
      const { pathname } = new URL(context.req.url);
      const path = pathname === '/oauth-result' ? '/sample/oauth-result.html' : pathname;
      const reply = await fetch(`${world.urls.console}${path}`);
      return new Response(reply.body, reply);
    });
  host = await serve(app, port, 'machine');
  // It is not the console's first, where flows end that say nothing else.
  const CONSOLE_ORIGINS = `http://localhost:${await freePort()},${host.origin}`;
  const settings = { CONSOLE_ORIGINS, LINKABLE_PROVIDERS: 'email,wechat,qq' };
  [world, browser] = await Promise.all([startLocalWorld(settings), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  await host?.stop();
});

async function openConsole(options: { windows: boolean }) {
  const context = await openContext(browser);
  if (!options.windows)
    await context.addInitScript(() => {
      window.open = () => null;
    });
  const page = await context.newPage();
  await page.goto(`${host.origin}/security`);
  await row(page, 'email').waitFor();
  return { context, page };
}

async function passCheck(page: Page, button: string, phone: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const code = await sendIn(world, page, '身份验证', phone);
  await dialog(page, '身份验证').getByRole('textbox', { name: '验证码' }).fill(code);
  await dialog(page, '身份验证').getByRole('button', { name: '确定' }).click();
}

async function closeSuccess(page: Page, name: string): Promise<void> {
  await dialog(page, name).getByRole('button', { name: '确定' }).click();
  await dialog(page, name).waitFor({ state: 'hidden' });
}

const relation = (page: Page, provider: string) => row(page, provider).getAttribute('data-relation');
const events = (page: Page) => page.getByRole('log').getByRole('listitem').allTextContents();
const byToken = (method: string, path: string) =>
  fetch(`${world.urls.api}${path}`, { method, headers: { authorization: `Bearer ${given.at(-1)}` } });

test('a console on another site links a WeChat in a window by token, and unlinks it', async () => {
  customer = () => openSessionBy('qq', 'ming');
  const phone = '+8613800138001';
  const { context, page } = await openConsole({ windows: true });
  const requests: (string | undefined)[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(world.urls.api) && request.method() !== 'OPTIONS')
      requests.push(request.headers()['authorization']);
  });

  await page.getByRole('button', { name: '关联微信' }).click();
  const check = dialog(page, '身份验证');
  const code = await sendIn(world, page, '身份验证', phone);
  await check.getByRole('textbox', { name: '验证码' }).fill(code);
  const popup = context.waitForEvent('page');
  await check.getByRole('button', { name: '确定' }).click();
  const wechat = await popup;
  await wechat.waitForURL(/connect\/qrconnect/);
  // Who has declined may scan again.
  await scanInWindow(wechat, 'deny');
  await dialog(page, '关联微信').getByRole('alert').filter({ hasText: '取消' }).waitFor();
  const again = context.waitForEvent('page');
  await dialog(page, '关联微信').getByRole('button', { name: '重新打开窗口' }).click();
  const second = await again;
  await second.waitForURL(/connect\/qrconnect/);
  await scanInWindow(second, 'lin');
  await closeSuccess(page, '关联成功');
  await expect(relation(page, 'wechat')).resolves.toBe('linked');

  // Its session ends, and another one takes its place without a word.
  await byToken('DELETE', '/session');
  await passCheck(page, '解绑微信', phone);
  await closeSuccess(page, '解绑成功');
  await expect(relation(page, 'wechat')).resolves.toBe('none');
  expect(await events(page)).toEqual(['changed', 'changed']);
  expect(given).toHaveLength(2);

  // Nothing of this takes a cookie: the window alone has one, which the flow is bound to.
  expect(requests.length).toBeGreaterThan(5);
  for (const authorization of requests) expect(authorization).toMatch(/^Bearer /);
  expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-browser']);
  await context.close();
});

test('it goes to WeChat in the same tab and comes back where it began; and it links an email', async () => {
  customer = () => openSessionByEmail('linked@example.com');
  const phone = '+8613800138005';
  const { context, page } = await openConsole({ windows: false });
  await passCheck(page, '解绑微信', phone);
  await closeSuccess(page, '解绑成功');
  await passCheck(page, '关联微信', phone);
  const wechat = dialog(page, '关联微信');
  await wechat.getByRole('button', { name: '在当前页面打开' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'qiang');
  await closeSuccess(page, '关联成功');
  expect(page.url()).toBe(`${host.origin}/security`);
  await context.close();

  customer = () => openSessionBy('wechat', 'hua');
  const other = await openConsole({ windows: false });
  await passCheck(other.page, '关联邮箱', '+8613800138003');
  const email = dialog(other.page, '关联邮箱账号');
  await email.getByRole('textbox', { name: '邮箱地址' }).fill('hua@example.com');
  const code = await sendIn(world, other.page, '关联邮箱账号', 'hua@example.com');
  await email.getByRole('textbox', { name: '验证码' }).fill(code);
  await email.getByRole('button', { name: '确定' }).click();
  await closeSuccess(other.page, '关联成功');
  await passCheck(other.page, '解绑邮箱', '+8613800138003');
  await closeSuccess(other.page, '解绑成功');
  expect(await other.context.cookies()).toEqual([]);
  await other.context.close();
});

test('a window that somebody else has opened links nothing, even if its code is brought to the page', async () => {
  customer = () => openSessionByEmail('registered@example.com');
  const { context, page } = await openConsole({ windows: true });
  const finishes: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/finish')) finishes.push(request.url());
  });
  // The customer's own window never gets there; an attacker has its URL.
  await context.route('**/oauth/wechat/window?*', (route) => route.abort());
  const begun = page.waitForResponse((reply) => reply.url().endsWith('/links/wechat') && reply.ok());
  await passCheck(page, '关联微信', '+8613800138002');
  const { flowId, authorizeUrl } = (await (await begun).json()) as Record<string, string>;
  const attacker = await openContext(browser, { javaScriptEnabled: false });
  const window = await attacker.newPage();
  await window.goto(authorizeUrl ?? '');
  await scanAs(window, 'mei');
  const end = window.url();
  expect(end).toMatch(new RegExp(`^${host.origin}/oauth-result\\?.*flow=${flowId}&result=confirm#finish=`));

  // The code is good: the customer is led to where it would be taken.
  const lure = await context.newPage();
  await lure.goto(end);
  await lure.getByText('可以关闭这个窗口了').waitFor();
  expect(lure.url()).not.toContain('finish');
  const polled = () => page.waitForResponse((reply) => reply.url().endsWith('/account'));
  await page.bringToFront();
  await polled();
  await polled();
  expect(finishes).toEqual([]);
  await expect(relation(page, 'wechat')).resolves.toBe('none');
  await attacker.close();
  await context.close();
});

test('a page with nothing but the packaged client counts down, and links a QQ in a window', async () => {
  customer = () => openSessionBy('wechat', 'hua');
  const phone = '+8613800138003';
  const context = await openContext(browser);
  const page = await context.newPage();
  const faults: unknown[] = [];
  page.on('pageerror', (fault) => faults.push(fault));
  await page.goto(`${host.origin}/plain`);
  const said = (text: string) => page.getByRole('listitem').filter({ hasText: text }).waitFor();

  const seen = (await codesTo(world, phone)).length;
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('button', { name: /^Resend in [1-6]?\d s$/ }).waitFor();
  const code = await nextCode(world, phone, seen);
  const link = async (typed: string) => {
    await page.getByRole('textbox', { name: 'Code' }).fill(typed);
    const popup = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Link' }).click();
    return popup;
  };
  await link(code.replace(/\d$/, (digit) => `${(Number(digit) + 1) % 10}`));
  await said('code_wrong 4');
  const window = await link(code);
  await window.waitForURL(/oauth2\.0\/authorize/);
  await scanInWindow(window, 'fang');
  await said('方方 linked');
  expect(faults).toEqual([]);
  expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-browser']);
  await context.close();
});
