/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { expect, jest, test } from '@jest/globals';
import { pageFaults } from './axe.ts';
import { shareWorld } from './hooks.ts';
import {
  dialog,
  focusedName,
  messagesTo,
  openContext,
  type Page,
  row,
  sendIn,
  signInByEmail,
  signInByWeChat,
  tabTo,
} from './support.ts';

jest.setTimeout(240_000);

const shared = shareWorld(() => ({ RESEND_SECONDS: '2', SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' }));

const PHONE = '+8613800138005';
const devices = (page: Page) => page.locator('tr[data-session]');
const PHONE_WIDE = { width: 320, height: 800 };

async function openPage(signIn: 'email' | 'wechat') {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  await page.goto(`${shared.world.urls.console}/sign-in`);
  if (signIn === 'email') await signInByEmail(shared.world, page, 'linked@example.com');
  else await signInByWeChat(shared.world, page, 'yue');
  await row(page, 'email').waitFor();
  await devices(page).first().waitFor();
  return { context, page };
}

async function typeCode(page: Page): Promise<void> {
  const code = await sendIn(shared.world, page, '身份验证', PHONE);
  await dialog(page, '身份验证').getByRole('textbox', { name: '验证码' }).fill(code);
}

/** As it is, and as wide as a small phone. */
async function expectNoFaults(page: Page): Promise<void> {
  expect(await pageFaults(page)).toEqual([]);
  const before = page.viewportSize();
  await page.setViewportSize(PHONE_WIDE);
  expect(await pageFaults(page)).toEqual([]);
  if (before) await page.setViewportSize(before);
}

test('the devices that are signed in are listed, and signed out one by one, by keyboard', async () => {
  const here = await openPage('email');
  const there = await openPage('wechat');
  const { page } = here;
  await page.reload();
  await devices(page).nth(1).waitFor();
  await expect(devices(page).count()).resolves.toBe(2);
  await devices(page).first().getByText('当前设备').waitFor();
  await devices(page).nth(1).getByText('微信').waitFor();
  await expectNoFaults(page);

  await tabTo(page, '退出所有设备');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await focusedName(page)).toMatch(/^退出登录：Chrome（Linux），/);
  await page.keyboard.press('Enter');
  await page.getByText('已退出登录。还有 1 台设备登录着。').waitFor();
  await expect(devices(page).count()).resolves.toBe(1);
  // The row that was pressed is gone, and the focus is at the one that is left.
  expect(await focusedName(page)).toMatch(/^退出登录：/);
  await there.page.reload();
  await there.page.getByRole('heading', { name: '登录', exact: true }).waitFor();

  await page.keyboard.press('Enter');
  await page.getByText('您已退出登录。').waitFor();
  await here.context.close();
  await there.context.close();
});

test('preferences are saved once the identity is checked, through a reload, and every channel is told', async () => {
  const { context, page } = await openPage('wechat');
  const save = page.getByRole('button', { name: '保存设置' });
  await expect(save.isDisabled()).resolves.toBe(true);
  await page.getByRole('radio', { name: '仅邮件' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('radio', { name: 'English' }).check();
  await save.click();
  await dialog(page, '身份验证').getByText('登录提醒的方式：仅邮件').waitFor();
  await expectNoFaults(page);
  await page.keyboard.press('Escape');
  expect(await focusedName(page)).toBe('保存设置');
  await page.keyboard.press('Enter');
  await typeCode(page);

  await page.reload();
  await dialog(page, '身份验证').getByText('通知的语言：English').waitFor();
  const [sms] = await messagesTo(shared.world, PHONE);
  await dialog(page, '身份验证')
    .getByRole('textbox', { name: '验证码' })
    .fill(sms?.code ?? '');
  await page.keyboard.press('Enter');
  await dialog(page, '设置已保存').waitFor();
  await page.keyboard.press('Enter');
  await dialog(page, '设置已保存').waitFor({ state: 'hidden' });
  await page.reload();
  await expect(page.getByRole('radio', { name: '仅邮件' }).isChecked()).resolves.toBe(true);
  await page.locator('[data-event=preferences_changed]').waitFor();
  await expect(save.isDisabled()).resolves.toBe(true);
  await context.close();
});

test('the account’s data comes as a file, once the identity is checked', async () => {
  const { context, page } = await openPage('wechat');
  await page.getByRole('button', { name: '导出账号数据' }).click();
  await dialog(page, '身份验证').getByText('没有打码', { exact: false }).waitFor();
  await expectNoFaults(page);
  await typeCode(page);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const file = await download;
  expect(file.suggestedFilename()).toBe('account-100000005.json');
  const data = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(data.account).toMatchObject({ accountId: '100000005', phone: PHONE });
  await dialog(page, '数据已导出').waitFor();
  await page.keyboard.press('Enter');
  await dialog(page, '数据已导出').waitFor({ state: 'hidden' });
  expect(await focusedName(page)).toBe('导出账号数据');

  // The check stays open: once more takes no code.
  await page.keyboard.press('Enter');
  const again = page.waitForEvent('download');
  await dialog(page, '身份验证').getByRole('button', { name: '确定' }).click();
  await again;
  await context.close();
});
