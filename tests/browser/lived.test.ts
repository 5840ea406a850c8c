/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import type { BrowserContext, Locator } from 'playwright-core';
import { shareWorld } from './hooks.ts';
import { codesTo, dialog, openContext, type Page, scanAs, scanInWindow, sendIn } from './support.ts';

jest.setTimeout(240_000);

const PHONE = '+8613800138001';

const shared = shareWorld();

/** The account of QQ's `ming`, which has a phone, and no email and no WeChat; signed in once for all tests. */
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;

async function openAccount() {
  const { world, browser } = shared;
  const context = await openContext(browser, signedIn && { storageState: signedIn });
  const page = await context.newPage();
  if (signedIn) await page.goto(world.urls.console);
  else {
    await page.goto(`${world.urls.console}/sign-in`);
    await page.getByRole('link', { name: 'QQ 登录' }).click();
    await page.waitForURL(/oauth2\.0\/authorize/);
    await scanAs(page, 'ming');
    await page.getByRole('heading', { name: '账号信息' }).waitFor();
    signedIn = await context.storageState();
  }
  await page.locator('.methods').waitFor();
  return { context, page };
}

const code = (within: Locator) => within.getByRole('textbox', { name: '验证码' });
const check = (page: Page) => dialog(page, '身份验证');
const open = (page: Page, button: string) => page.getByRole('button', { name: button }).click();

test('six boxes take a paste, an input method’s full-width digits and the phone’s autofill', async () => {
  const { context, page } = await openAccount();
  await open(page, '关联邮箱');
  const field = code(check(page));
  await expect(field.getAttribute('autocomplete')).resolves.toBe('one-time-code');
  await expect(field.getAttribute('inputmode')).resolves.toBe('numeric');
  await expect(check(page).locator('.code-field__box').count()).resolves.toBe(6);

  // The whole message, as it is copied from a phone.
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await field.focus();
  await page.evaluate(() => navigator.clipboard.writeText('【云控制台】验证码 482 913，5 分钟内有效。'));
  await page.keyboard.press('Control+V');
  await expect(field.inputValue()).resolves.toBe('482913');

  // An input method shows what is being composed, and commits full-width digits.
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  const input = await context.newCDPSession(page);
  for (const text of ['１', '１２', '１２３']) {
    await input.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
    await expect(field.inputValue()).resolves.toBe(text);
  }
  await input.send('Input.insertText', { text: '１２３４５６' });
  await expect(field.inputValue()).resolves.toBe('123456');

  // Autofill sets the value as a whole.
  await field.fill('');
  await field.fill('654321');
  await expect(field.inputValue()).resolves.toBe('654321');
  await page.keyboard.press('Escape');
  await context.close();
});

test('a countdown goes on after a reload and in another tab, and one code serves both', async () => {
  const { world } = shared;
  const { context, page } = await openAccount();
  const other = await context.newPage();
  await other.goto(world.urls.console);
  await open(page, '关联邮箱');
  await open(other, '关联邮箱');
  const sent = await sendIn(world, page, '身份验证', PHONE);
  const counting = (tab: Page) => check(tab).getByRole('button', { name: /秒后可重发/ });
  const seconds = async (tab: Page) => Number.parseInt((await counting(tab).textContent()) ?? '', 10);
  await counting(other).waitFor();
  await other.reload();
  await counting(other).waitFor();
  await page.reload();
  await counting(page).waitFor();
  expect(Math.abs((await seconds(page)) - (await seconds(other)))).toBeLessThanOrEqual(2);

  // What one tab verifies, the other one goes on from.
  await code(check(other)).fill(sent);
  await check(other).getByRole('button', { name: '确定' }).click();
  await dialog(page, '关联邮箱账号').waitFor();
  await context.close();
});

test('WeChat’s answer comes where its page severs the opener, after the window was closed and opened again', async () => {
  const { world } = shared;
  const { context, page } = await openAccount();
  const before = (await codesTo(world, PHONE)).length;
  let severed = 0;
  await context.route('**/connect/qrconnect**', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    severed += 1;
    const headers = { ...response.headers(), 'cross-origin-opener-policy': 'same-origin' };
    await route.fulfill({ response, headers });
  });
  await open(page, '关联微信');
  await code(check(page)).fill(await sendIn(world, page, '身份验证', PHONE));
  const linking = dialog(page, '关联微信');
  const popup = async (press: Locator) => {
    const opened = context.waitForEvent('page');
    await press.click();
    const window = await opened;
    await window.waitForURL(/connect\/qrconnect/);
    return window;
  };
  const confirm = check(page).getByRole('button', { name: '确定' });
  const again = linking.getByRole('button', { name: '重新打开窗口' });

  // Closed by a slip: the page says how to go on.
  await (await popup(confirm)).close();
  await linking.getByText('没有看到窗口，或者不小心关闭了它？可以重新打开。', { exact: false }).waitFor();

  // Refused on the phone: why, and what to do.
  await scanInWindow(await popup(again), 'deny');
  await linking.getByText('您在微信中取消了授权').waitFor();
  await linking.getByText('如需继续，请重新扫描并确认。').waitFor();

  // A sub-account's.
  await scanInWindow(await popup(again), 'xiaozi');
  await linking.getByText('这个微信属于一个子账号').waitFor();
  await linking.getByText('请换一个微信', { exact: false }).waitFor();

  const last = await popup(linking.getByRole('button', { name: '换一个微信扫描' }));
  await expect(last.evaluate(() => window.opener === null)).resolves.toBe(true);
  await scanAs(last, 'mei');
  await dialog(page, '关联成功').waitFor();
  expect(severed).toBeGreaterThanOrEqual(4);
  // All of that took one identity check.
  expect(await codesTo(world, PHONE)).toHaveLength(before + 1);
  await context.close();
});
