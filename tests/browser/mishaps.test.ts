/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import { shareWorld } from './hooks.ts';
import {
  codesTo,
  dialog,
  nextCode,
  openContext,
  row,
  scanAs,
  sendIn,
  signInByEmail,
  signInByWeChat,
  tabTo,
} from './support.ts';

jest.setTimeout(240_000);

const shared = shareWorld();

const signInPage = () => `${shared.world.urls.console}/sign-in`;

test('a reload, a blocked window and a WeChat that is somebody else’s do not cost a second SMS', async () => {
  const { world, browser } = shared;
  const phone = '+8613800138002';
  const context = await openContext(browser);
  // What a browser does that blocks windows.
  await context.addInitScript(() => {
    window.open = () => null;
  });
  const page = await context.newPage();
  await page.goto(signInPage());
  await signInByEmail(world, page, 'registered@example.com');

  await page.getByRole('button', { name: '关联微信' }).click();
  const code = await sendIn(world, page, '身份验证', phone);
  await page.reload();
  const check = dialog(page, '身份验证');
  await check.waitFor();
  // The countdown goes on where it was.
  await expect(check.getByRole('button', { name: /秒后可重发/ }).isDisabled()).resolves.toBe(true);
  // As people paste it: full-width, with a space.
  const fullWidth = code.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  await check.getByRole('textbox', { name: '验证码' }).fill(`${fullWidth.slice(0, 3)} ${fullWidth.slice(3)}`);
  // A double click is one click.
  await check.getByRole('button', { name: '确定' }).dblclick();

  const wechat = dialog(page, '关联微信');
  await wechat.getByText('浏览器拦截了', { exact: false }).waitFor();
  await wechat.getByRole('button', { name: '在当前页面打开' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'yue');
  await wechat.getByRole('alert').waitFor();
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('none');

  await wechat.getByRole('button', { name: '在当前页面打开' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'mei');
  await dialog(page, '关联成功').waitFor();
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('linked');
  expect(await codesTo(world, phone)).toHaveLength(1);
  await context.close();
});

test('unlinking what was signed in with, by keyboard alone, in English, on a phone’s width', async () => {
  const { world, browser } = shared;
  const phone = '+8613800138005';
  const context = await openContext(browser, { viewport: { width: 375, height: 700 } });
  const page = await context.newPage();
  await page.goto(signInPage());
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('link', { name: 'Sign in with WeChat' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'yue');
  await page.getByRole('heading', { name: 'Account information' }).waitFor();
  await expect(page.getAttribute('html', 'lang')).resolves.toBe('en');
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);

  await tabTo(page, 'Unlink WeChat');
  await page.keyboard.press('Enter');
  const check = dialog(page, 'Verify it’s you');
  await check.waitFor();
  await expect(check.getByText('can no longer sign in', { exact: false }).count()).resolves.toBeGreaterThan(
    0,
  );
  expect(await overflow()).toBeLessThanOrEqual(0);
  await tabTo(page, 'Send code');
  await page.keyboard.press('Enter');
  const code = await nextCode(world, phone, 0);
  await check.getByRole('button', { name: /Resend in/ }).waitFor();

  // A wrong code says how many tries are left, and loses nothing.
  await tabTo(page, 'Verification code');
  await page.keyboard.type(code === '000000' ? '111111' : '000000');
  await page.keyboard.press('Enter');
  await check.getByRole('alert').filter({ hasText: '4' }).waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  // This session was one of those that have ended.
  await dialog(page, 'Unlinked').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  await context.close();
});

test('a session that ends elsewhere is said so, and signing in leads back', async () => {
  const { world, browser } = shared;
  const context = await openContext(browser);
  const page = await context.newPage();
  await signInByWeChat(world, page, 'hua');
  await page.getByRole('button', { name: '关联邮箱' }).click();
  await context.clearCookies();
  await dialog(page, '身份验证').getByRole('button', { name: '发送验证码' }).click();
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await page.getByText('登录状态已失效', { exact: false }).first().waitFor();
  await context.close();
});

test('a dialog is left while the service keeps silent, and what it came to is told all the same', async () => {
  const { world, browser } = shared;
  const phone = '+8613800138003';
  const context = await openContext(browser);
  const page = await context.newPage();
  await signInByWeChat(world, page, 'hua');
  await page.getByRole('button', { name: '关联邮箱' }).click();
  const check = dialog(page, '关联邮箱 · 身份验证');
  const code = await sendIn(world, page, '身份验证', phone);
  await check.getByRole('textbox', { name: '验证码' }).fill(code);
  await check.getByRole('button', { name: '确定' }).click();
  const linking = dialog(page, '关联邮箱账号');
  const address = 'left@example.com';
  // Enter in the address asks for the code.
  await linking.getByRole('textbox', { name: '邮箱地址' }).fill(`\u200b${address}，`);
  await linking.getByRole('textbox', { name: '邮箱地址' }).press('Enter');
  const mailed = await nextCode(world, address, 0);
  await linking.getByRole('textbox', { name: '验证码' }).fill(`【示例云】验证码 ${mailed}，10 分钟内有效。`);

  const answer = Promise.withResolvers<void>();
  await context.route(`${world.urls.api}/links/email`, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await linking.getByRole('button', { name: '确定' }).click();
  await page.keyboard.press('Escape');
  await linking.waitFor({ state: 'hidden' });
  answer.resolve();
  await dialog(page, '关联成功').waitFor();
  await expect(row(page, 'email').getAttribute('data-relation')).resolves.toBe('linked');
  await context.close();
});

test('a dialog that is left while a code is judged does nothing afterwards', async () => {
  const { world, browser } = shared;
  const context = await openContext(browser);
  const page = await context.newPage();
  await signInByWeChat(world, page, 'hua');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.getByRole('button', { name: '解绑邮箱' }).click();
  const check = dialog(page, '身份验证');
  const code = await sendIn(world, page, '身份验证', '+8613800138003');
  await check.getByRole('textbox', { name: '验证码' }).fill(code);

  const answer = Promise.withResolvers<void>();
  const judged = page.waitForResponse(/otp\/verify/);
  await context.route(`${world.urls.api}/otp/verify`, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await check.getByRole('button', { name: '确定' }).click();
  await page.keyboard.press('Escape');
  await check.waitFor({ state: 'hidden' });
  answer.resolve();
  await (await judged).finished();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  expect(asked).toContain('POST /otp/verify');
  expect(asked).not.toContain('DELETE /links/email');
  await expect(row(page, 'email').getAttribute('data-relation')).resolves.toBe('linked');
  await context.close();
});
