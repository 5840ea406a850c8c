/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import { shareWorld } from './hooks.ts';
import {
  dialog,
  nextCode,
  openContext,
  row,
  scanAs,
  sendIn,
  signInByEmail,
  signInByWeChat,
} from './support.ts';

jest.setTimeout(240_000);

const shared = shareWorld();

test('an address is replaced through a reload, and a WeChat by another one, which ends the session that it had opened', async () => {
  const { world, browser } = shared;
  const phone = '+8613800138003';
  const context = await openContext(browser);
  const page = await context.newPage();
  await signInByWeChat(world, page, 'hua');
  const pass = async () => {
    const check = dialog(page, '身份验证');
    await check.getByRole('textbox', { name: '验证码' }).fill(await sendIn(world, page, '身份验证', phone));
    await check.getByRole('button', { name: '确定' }).click();
  };
  const linkTo = async (title: string, address: string, seen = 0) => {
    const mail = dialog(page, title);
    await mail.getByRole('textbox', { name: '邮箱地址' }).fill(address);
    await mail.getByRole('button', { name: '发送验证码' }).click();
    await mail.getByRole('textbox', { name: '验证码' }).fill(await nextCode(world, address, seen));
    await mail.getByRole('button', { name: '确定' }).click();
  };
  await page.getByRole('button', { name: '关联邮箱' }).click();
  await pass();
  await linkTo('关联邮箱账号', 'first@example.com');
  await dialog(page, '关联成功').getByRole('button', { name: '确定' }).click();

  await page.getByRole('button', { name: '更换邮箱' }).click();
  await dialog(page, '更换邮箱 · 身份验证').getByText('会一直可用', { exact: false }).waitFor();
  await pass();
  await dialog(page, '更换邮箱账号').waitFor();
  await page.reload();
  // The one that is linked already is told at once, and nothing is spent.
  const again = dialog(page, '更换邮箱账号');
  await again.getByRole('textbox', { name: '邮箱地址' }).fill('first@example.com');
  await again.getByRole('button', { name: '发送验证码' }).click();
  await again.getByRole('alert').waitFor();
  await linkTo('更换邮箱账号', 'second@example.com');
  await dialog(page, '更换成功').getByText('s***d@example.com', { exact: false }).waitFor();
  await dialog(page, '更换成功').getByRole('button', { name: '确定' }).click();
  await row(page, 'email').getByText('s***d@example.com').waitFor();
  await context.close();

  // What signed in here is what is replaced.
  const other = await openContext(browser);
  const own = await other.newPage();
  await own.goto(`${world.urls.console}/sign-in`);
  await own.getByRole('link', { name: '微信登录' }).click();
  await own.waitForURL(/connect\/qrconnect/);
  await scanAs(own, 'yue');
  await own.getByRole('button', { name: '更换微信' }).click();
  const check = dialog(own, '更换微信 · 身份验证');
  await check.getByText('其中包括您现在的会话', { exact: false }).waitFor();
  await check
    .getByRole('textbox', { name: '验证码' })
    .fill(await sendIn(world, own, '身份验证', '+8613800138005'));
  const opened = other.waitForEvent('page');
  await check.getByRole('button', { name: '确定' }).click();
  const popup = await opened;
  await popup.waitForURL(/connect\/qrconnect/);
  await scanAs(popup, 'mei').catch(() => undefined);
  await own.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await other.close();

  const back = await openContext(browser);
  const after = await back.newPage();
  await after.goto(`${world.urls.console}/sign-in`);
  await signInByEmail(world, after, 'linked@example.com');
  await row(after, 'wechat').getByText('观察期').first().waitFor();
  await expect(row(after, 'wechat').getAttribute('data-relation')).resolves.toBe('linked');
  await back.close();
});
