import { expect, jest, test } from '@jest/globals';
import { shareWorld } from './hooks.ts';
import { dialog, openContext, type Page, row, scanAs, sendIn, signInByEmail } from './support.ts';

jest.setTimeout(240_000);

const PHONE = '+8613800138001';
const ADDRESS = 'alice@example.com';

const shared = shareWorld();

async function signInByQQ(page: Page): Promise<void> {
  await page.goto(`${shared.world.urls.console}/sign-in`);
  await page.getByRole('link', { name: 'QQ 登录' }).click();
  await page.waitForURL(/oauth2\.0\/authorize/);
  await scanAs(page, 'ming');
  await page.getByRole('heading', { name: '账号信息' }).waitFor();
}

/** The identity check of an action whose button has just been pressed; 确定 is left to the test. */
async function fillIdentityCheck(page: Page): Promise<void> {
  const code = await sendIn(shared.world, page, '身份验证', PHONE);
  await dialog(page, '身份验证').getByRole('textbox', { name: '验证码' }).fill(code);
}

async function closeSuccess(page: Page, name: string): Promise<void> {
  const success = dialog(page, name);
  await success.waitFor();
  await success.getByRole('button', { name: '确定' }).click();
  await success.waitFor({ state: 'hidden' });
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^账号菜单/ }).click();
  await page.getByRole('menuitem', { name: '退出登录' }).click();
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
}

async function unlink(page: Page, button: string, closing: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await fillIdentityCheck(page);
  await dialog(page, '身份验证').getByRole('button', { name: '确定' }).click();
  await dialog(page, '解绑成功').getByRole('button', { name: closing }).click();
}

test('a customer walks through the whole user guide', async () => {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));

  // Opened without a session, the page asks to sign in.
  await page.goto(shared.world.urls.console);
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await signInByQQ(page);
  await expect(row(page, 'qq').getAttribute('data-relation')).resolves.toBe('registered');
  await expect(page.getByText('138****8001').count()).resolves.toBeGreaterThan(0);

  // 关联邮箱
  await page.getByRole('button', { name: '关联邮箱' }).click();
  await fillIdentityCheck(page);
  await dialog(page, '身份验证').getByRole('button', { name: '确定' }).click();
  const emailDialog = dialog(page, '关联邮箱账号');
  await emailDialog.getByRole('textbox', { name: '邮箱地址' }).fill('Alice@Example.com');
  const mailCode = await sendIn(shared.world, page, '关联邮箱账号', ADDRESS);
  await emailDialog.getByRole('textbox', { name: '验证码' }).fill(mailCode);
  await emailDialog.getByRole('button', { name: '确定' }).click();
  await closeSuccess(page, '关联成功');
  await expect(row(page, 'email').getAttribute('data-relation')).resolves.toBe('linked');

  // 关联微信
  await page.getByRole('button', { name: '关联微信' }).click();
  await fillIdentityCheck(page);
  const popup = context.waitForEvent('page');
  await dialog(page, '身份验证').getByRole('button', { name: '确定' }).click();
  const wechat = await popup;
  await wechat.waitForURL(/connect\/qrconnect/);
  await scanAs(wechat, 'lin');
  await closeSuccess(page, '关联成功');
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('linked');
  expect(wechat.isClosed()).toBe(true);

  // Signed out, the linked email opens the account, and so does the linked WeChat: to look at it, while they are on probation.
  await signOut(page);
  await signInByEmail(shared.world, page, ADDRESS);
  await signOut(page);
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'lin');
  await page.getByText(/^这次登录在 .*前只能查看$/).waitFor();
  await expect(page.getByRole('button', { name: '解绑微信' }).isDisabled()).resolves.toBe(true);
  await signOut(page);

  // 解绑邮箱, then 解绑微信.
  await signInByQQ(page);
  await unlink(page, '解绑邮箱', '确定');
  await dialog(page, '解绑成功').waitFor({ state: 'hidden' });
  await expect(row(page, 'email').getAttribute('data-relation')).resolves.toBe('none');
  await unlink(page, '解绑微信', '确定');
  await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('none');
  await signOut(page);

  // Neither opens the account any more.
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'lin');
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await expect(page.getByRole('alert').filter({ hasText: /微信/ }).count()).resolves.toBeGreaterThan(0);
  await page.goto(shared.world.urls.console);
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
  expect(errors).toEqual([]);
  await context.close();
});
