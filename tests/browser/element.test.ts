/// <reference lib="dom" />
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Hono } from 'hono';
import { freePort } from '../../local/ports.ts';
import { type RunningServer, serve } from '../../local/server.ts';
import { pageFaults } from './axe.ts';
import {
  type Browser,
  dialog,
  launchBrowser,
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

let world: World;
let browser: Browser;
/** Somebody else's console, on an origin of its own: the sample page, and either of the two pages that `/oauth-result` may be. */
let host: RunningServer;
let consoleOrigin: string;
let resultPage: 'of the console' | 'of the sample';

beforeAll(async () => {
  const port = await freePort();
  consoleOrigin = `http://localhost:${port}`;
  const app = new Hono().get('*', async (context) => {
    const { pathname } = new URL(context.req.url);
    const isResult = pathname === '/oauth-result' && resultPage === 'of the sample';
    const reply = await fetch(`${world.urls.console}${isResult ? '/sample/oauth-result.html' : pathname}`);
    return new Response(reply.body, reply);
  });
  host = await serve(app, port, 'machine');
  [world, browser] = await Promise.all([
    startLocalWorld({ CONSOLE_ORIGINS: consoleOrigin }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  await host?.stop();
});

const samplePage = () => `${consoleOrigin}/sample/`;
const events = (page: Page) => page.getByRole('log').getByRole('listitem').allTextContents();

/** A browser in which somebody has signed in at the console, and then opened the sample page. */
async function openSample(address: string) {
  const context = await openContext(browser);
  const violations: string[] = [];
  await context.exposeFunction('violated', (violation: string) => violations.push(violation));
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violated } = window as unknown as { violated: (violation: string) => void };
      violated(`${event.violatedDirective} ${event.blockedURI}`);
    }),
  );
  const page = await context.newPage();
  await page.goto(`${consoleOrigin}/sign-in`);
  await signInByEmail(world, page, address);
  await page.goto(samplePage());
  await row(page, 'email').waitFor();
  return { context, page, violations };
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

test('a page without any framework links a WeChat by the element, suspends it and uses it again, and unlinks it', async () => {
  const phone = '+8613800138002';
  resultPage = 'of the sample';
  const { context, page, violations } = await openSample('registered@example.com');

  // A reload in the middle goes on where it was.
  await page.getByRole('button', { name: '关联微信' }).click();
  const check = dialog(page, '身份验证');
  const code = await sendIn(world, page, '身份验证', phone);
  await page.reload();
  await check.getByRole('textbox', { name: '验证码' }).fill(code);
  const popup = context.waitForEvent('page');
  await check.getByRole('button', { name: '确定' }).click();
  const wechat = await popup;
  await wechat.waitForURL(/connect\/qrconnect/);
  await scanAs(wechat, 'lin');
  await closeSuccess(page, '关联成功');
  expect(wechat.isClosed()).toBe(true);
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('linked');
  expect(await events(page)).toEqual(['changed {"action":"link","provider":"wechat","display":"林同学"}']);
  // The focus is back at the row, inside of the shadow root.
  const focused = () =>
    page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label'));
  await expect(focused()).resolves.toBe('解绑微信');

  // What is new is on probation, can be suspended by keeping the other one alone, and be used again.
  await expect(row(page, 'wechat').getAttribute('data-state')).resolves.toBe('probation');
  await passCheck(page, '仅保留此方式：邮箱', phone);
  await closeSuccess(page, '已仅保留一种方式');
  await expect(row(page, 'wechat').getAttribute('data-state')).resolves.toBe('suspended');
  expect((await events(page)).at(-1)).toBe(
    'changed {"action":"only","provider":"email","display":"r***d@example.com"}',
  );
  await passCheck(page, '恢复使用微信', phone);
  await closeSuccess(page, '恢复成功');
  await page.locator('tr[data-provider=wechat][data-state=probation]').waitFor();
  expect((await events(page)).at(-1)).toMatch(/^changed .*"clear"/);

  await passCheck(page, '解绑微信', phone);
  await closeSuccess(page, '解绑成功');
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('none');
  expect((await events(page)).at(-1)).toMatch(/^changed .*"unlink"/);
  expect(violations).toEqual([]);
  await context.close();
});

test('it goes to WeChat in the same tab, and comes back by either result page', async () => {
  const phone = '+8613800138005';
  const context = await openContext(browser);
  await context.addInitScript(() => {
    window.open = () => null;
  });
  const page = await context.newPage();
  await page.goto(`${consoleOrigin}/sign-in`);
  await signInByEmail(world, page, 'linked@example.com');
  await page.goto(samplePage());
  await passCheck(page, '解绑微信', phone);
  await closeSuccess(page, '解绑成功');

  await passCheck(page, '关联微信', phone);
  const wechat = dialog(page, '关联微信');
  await wechat.getByText('浏览器拦截了', { exact: false }).waitFor();
  resultPage = 'of the console';
  await wechat.getByRole('button', { name: '在当前页面打开' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'deny');
  await wechat.getByRole('alert').filter({ hasText: '取消' }).waitFor();
  expect(page.url()).toBe(samplePage());
  resultPage = 'of the sample';
  await wechat.getByRole('button', { name: '在当前页面打开' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'qiang');
  await closeSuccess(page, '关联成功');
  expect(page.url()).toBe(samplePage());
  await context.close();
});

test('it links an email, speaks the page’s language and wears its appearance, and tells of a session that ends', async () => {
  const phone = '+8613800138003';
  resultPage = 'of the sample';
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(samplePage());
  await page.getByText('请先登录').waitFor();
  await page.getByRole('log').getByRole('listitem').first().waitFor();
  expect(await events(page)).toEqual(['not-signed-in']);
  await page.getByRole('link', { name: '前往登录' }).click();
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'hua');
  await row(page, 'email').waitFor();
  expect(page.url()).toBe(samplePage());

  await passCheck(page, '关联邮箱', phone);
  const email = dialog(page, '关联邮箱账号');
  await email.getByRole('textbox', { name: '邮箱地址' }).fill('hua@example.com');
  await email
    .getByRole('textbox', { name: '验证码' })
    .fill(await sendIn(world, page, '关联邮箱账号', 'hua@example.com'));
  await email.getByRole('button', { name: '确定' }).click();
  await closeSuccess(page, '关联成功');

  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Unlink email' }).waitFor();
  const background = () =>
    page
      .getByRole('table', { name: 'Sign-in methods' })
      .getByRole('columnheader')
      .first()
      .evaluate((cell) => getComputedStyle(cell).backgroundColor);
  await page.getByRole('combobox').selectOption('light');
  const light = await background();
  await page.getByRole('combobox').selectOption('dark');
  expect(await background()).not.toBe(light);
  // Nothing of it moves any more, half-way between two colours.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(pageFaults(page)).resolves.toEqual([]);
  await page.getByRole('button', { name: 'Unlink email' }).click();
  await dialog(page, 'Verify it’s you').waitFor();
  await expect(pageFaults(page)).resolves.toEqual([]);
  await dialog(page, 'Verify it’s you').getByRole('button', { name: 'Cancel' }).click();
  await page.setViewportSize({ width: 375, height: 700 });
  await expect(pageFaults(page)).resolves.toEqual([]);

  await context.clearCookies();
  await page.getByRole('button', { name: 'Unlink email' }).click();
  await dialog(page, 'Verify it’s you').getByRole('button', { name: 'Send code' }).click();
  await page.getByText('Your session has ended').waitFor();
  expect((await events(page)).at(-1)).toBe('not-signed-in');
  await context.close();
});

test('without a theme it is light on a surface of its own, whatever the system is, and without an API it says so', async () => {
  const context = await openContext(browser, { colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(samplePage());
  const look = await page.locator('account-linking').evaluate((element) => {
    element.removeAttribute('theme');
    const { backgroundColor } = getComputedStyle(element);
    // The sample page has painted it in its own colours.
    return [element.getAttribute('theme-mode'), backgroundColor === 'rgba(0, 0, 0, 0)'];
  });
  expect(look).toEqual(['light', false]);
  await page.locator('account-linking').evaluate((element) => element.removeAttribute('api-base'));
  await page.getByText('<account-linking> has no api-base', { exact: false }).waitFor();
  await context.close();
});
