/// <reference lib="dom" />
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ROUTES } from '../../lib/contract/routes.ts';
import { main } from '../../local/doctor/main.ts';
import {
  type Browser,
  dialog,
  launchBrowser,
  messagesTo,
  openContext,
  type Page,
  row,
  scanAs,
  sendIn,
  signInByEmail,
  startLocalWorld,
  type World,
} from './support.ts';

jest.setTimeout(240_000);

const PHONE = '+8613800138002';
const ADDRESS = 'registered@example.com';

let world: World;
let browser: Browser;

beforeAll(async () => {
  // The whole of it, as `npm start` has it.
  [world, browser] = await Promise.all([startLocalWorld({}, false), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

declare global {
  interface Window {
    /** Everything of this document that moved by itself, as Cumulative Layout Shift adds it up (web.dev/articles/cls). */
    shifted: { value: number; sources: string[] }[];
  }
}

/** A page, and everything about it that a browser finds fault with. */
async function watchedPage(options: Parameters<typeof openContext>[1] = {}) {
  const context = await openContext(browser, options);
  const violations: string[] = [];
  const errors: string[] = [];
  const strangers: string[] = [];
  await context.exposeFunction('violated', (violation: string) => violations.push(violation));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violated } = window as unknown as { violated: (violation: string) => void };
      violated(`${event.violatedDirective} ${event.blockedURI} at ${location.pathname}`);
    });
    window.shifted = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
          sources: { node?: Element }[];
        };
        if (hadRecentInput) continue;
        window.shifted.push({
          value,
          sources: sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? ''),
        });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const known = [world.urls.console, world.urls.api];
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && !known.includes(origin)) strangers.push(request.url());
  });
  return { context, page, violations, errors, strangers };
}

const shifts = (page: Page) =>
  page.evaluate(() => ({
    total: window.shifted.reduce((sum, { value }) => sum + value, 0),
    of: window.shifted.flatMap(({ sources }) => sources),
  }));

async function linkFromNotice(): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const texts = (await messagesTo(world, ADDRESS)).map(({ text }) => text);
    const link = texts.map((text) => /http\S+\/not-me#\S+/.exec(text)?.[0]).find((found) => found);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no notice came');
}

test('the doctor finds nothing wrong with it, nor with the machine', async () => {
  const names = {
    CONSOLE_PORT: 'console',
    API_PORT: 'api',
    INBOX_PORT: 'inbox',
    PROVIDERS_PORT: 'providers',
    DYNAMODB_PORT: 'dynamodb',
  } as const;
  const ports = Object.entries(names).map(([name, part]) => [name, new URL(world.urls[part]).port]);
  const { PATH, JAVA_HOME } = process.env;
  const { status, output } = await main([], { PATH, JAVA_HOME, ...Object.fromEntries(ports) });
  expect([status, output]).toEqual([0, expect.stringMatching(/, 0 failed, /)]);
  for (const check of ['world', 'wechat-app', 'qq-app', 'cors']) expect(output).toContain(`✓ ${check}`);
});

test('the HTTP API can be read and tried on a page of its own, which asks nobody but the console and the API', async () => {
  const { context, page, violations, errors, strangers } = await watchedPage();
  await page.goto(`${world.urls.console}/api-docs/`);
  const operation = page.locator('#operations-Account-showAccount');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table .response');
  await answer.getByRole('cell', { name: '401', exact: true }).first().waitFor();
  await answer.getByText('"not_signed_in"').waitFor();
  expect(await page.locator('.opblock').count()).toBe(ROUTES.length);
  expect({ violations, strangers }).toEqual({ violations: [], strangers: [] });
  // An answer of no success is one that browsers log.
  expect(errors.filter((text) => !text.includes('401'))).toEqual([]);
  await context.close();
});

test('the whole page lives under its policy, asks nobody but the console and the API, and logs no error', async () => {
  const { context, page, violations, errors, strangers } = await watchedPage();
  const policies: (string | undefined)[] = [];
  page.on('response', (response) => {
    if (response.request().isNavigationRequest())
      policies.push(response.headers()['content-security-policy']);
  });
  await page.goto(`${world.urls.console}/sign-in`);
  await page.getByRole('button', { name: '切换到深色外观' }).click();
  await page.getByRole('button', { name: '切换到浅色外观' }).click();
  await signInByEmail(world, page, ADDRESS);
  await page.getByRole('table', { name: '最近活动' }).waitFor();
  await page.getByRole('button', { name: '切换到深色外观' }).click();

  // The dialogs, up to WeChat's window. What happens in that one is not this page's.
  await page.getByRole('button', { name: '关联微信' }).click();
  const code = await sendIn(world, page, '身份验证', PHONE);
  const check = dialog(page, '身份验证');
  await check.getByRole('textbox', { name: '验证码' }).fill(code === '000000' ? '111111' : '000000');
  await check.getByRole('button', { name: '确定' }).click();
  await check.getByRole('alert').filter({ hasText: '4' }).waitFor();
  await check.getByRole('textbox', { name: '验证码' }).fill(code);
  const popup = context.waitForEvent('page');
  await check.getByRole('button', { name: '确定' }).click();
  const wechat = await popup;
  await wechat.waitForURL(/connect\/qrconnect/);
  await scanAs(wechat, 'mei');
  await dialog(page, '关联成功').getByRole('button', { name: '确定' }).click();
  await page.getByRole('button', { name: '切换到浅色外观' }).click();
  await page.getByRole('button', { name: '解绑微信' }).click();
  await check.getByRole('button', { name: '取消' }).click();
  await page.getByRole('button', { name: /^账号菜单/ }).click();
  await page.getByRole('menuitem', { name: '退出所有设备' }).click();
  await dialog(page, '退出所有设备').getByRole('button', { name: '取消' }).click();

  const notice = await watchedPage({ colorScheme: 'dark' });
  await notice.page.goto(await linkFromNotice());
  await notice.page.getByRole('button', { name: '这不是我操作的' }).click();
  await notice.page.getByRole('button', { name: '不是我，立即保护账号' }).click();
  await notice.page.getByRole('heading', { name: '您的账号已受到保护' }).waitFor();

  expect(policies.length).toBeGreaterThan(0);
  for (const policy of policies) expect(policy).toMatch(/default-src 'none'(?!.*unsafe)/);
  // A wrong code is an answer that browsers log, and so is that nobody is signed in yet.
  const ownErrors = errors.filter((error) => !/status of (401|422)/.test(error));
  expect({ violations, ownErrors, strangers }).toEqual({ violations: [], ownErrors: [], strangers: [] });
  expect([notice.violations, notice.errors, notice.strangers]).toEqual([[], [], []]);
  await notice.context.close();
  await context.close();
});

test.each([
  ['a wide screen', { width: 1440, height: 900 }],
  ['a phone', { width: 375, height: 700 }],
])('nothing jumps while a slow service answers, on %s', async (_name, viewport) => {
  const { context, page } = await watchedPage({ viewport });
  await page.goto(`${world.urls.console}/sign-in`);
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'hua');
  await row(page, 'email').waitFor();

  const answers: (() => void)[] = [];
  await context.route(`${world.urls.api}/account**`, async (route) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    await route.continue();
  });
  await page.reload();
  await page.getByText('正在加载账号信息').waitFor({ state: 'attached' });
  answers.shift()?.();
  await row(page, 'email').waitFor();
  // Activity is asked for once the account is there, and comes later still.
  await page.getByText('正在加载最近活动').waitFor({ state: 'attached' });
  for (let waiting = 0; waiting < 100 && answers.length === 0; waiting += 1)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  for (const answer of answers) answer();
  await page.getByRole('table', { name: '最近活动' }).waitFor();
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  const { total, of } = await shifts(page);
  expect({ of, small: total < 0.1 }).toEqual({ of: expect.anything(), small: true });
  await context.close();
});

test('signing out shows that it takes its time, and the other tab is led to the sign-in page', async () => {
  const { context, page } = await watchedPage();
  await page.goto(`${world.urls.console}/sign-in`);
  await signInByEmail(world, page, 'linked@example.com');
  const other = await context.newPage();
  await other.goto(world.urls.console);
  await row(other, 'email').waitFor();
  const release = Promise.withResolvers<void>();
  await context.route(`${world.urls.api}/session`, async (route) => {
    await release.promise;
    await route.continue();
  });
  const menu = page.getByRole('button', { name: /^账号菜单/ });
  await menu.click();
  await page.getByRole('menuitem', { name: '退出登录' }).click();
  await page.getByRole('status').filter({ hasText: '正在退出登录…' }).waitFor({ state: 'attached' });
  await expect(menu.getAttribute('aria-busy')).resolves.toBe('true');
  release.resolve();
  await page.getByText('您已退出登录。').waitFor();
  await other.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await context.close();
});

test('files that are named by their content may be kept, and the page that names them is asked for each time', async () => {
  const page = await fetch(world.urls.console);
  const html = await page.text();
  const [script = ''] = /\/assets\/[^"]+\.js/.exec(html) ?? [];
  const asset = await fetch(`${world.urls.console}${script}`);
  await asset.body?.cancel();
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  const missing = await fetch(`${world.urls.console}/assets/of-an-older-release.js`);
  await missing.body?.cancel();
  expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
});
