/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { shareWorld } from './hooks.ts';
import {
  dialog,
  focusedName,
  messagesTo,
  nextCode,
  openContext,
  type Page,
  row,
  scanAs,
  tabTo,
} from './support.ts';

jest.setTimeout(240_000);

const PHONE = '+8613800138001';
const ADDRESS = 'keys@example.com';

const shared = shareWorld();

/** Where the focus is can be seen: by an outline, or by the box the next digit goes to. */
function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return true;
    if (element.matches('.code-field__input'))
      return element.parentElement?.querySelector('.code-field__box--active') !== null;
    const boxes = [element, element.closest('.t-input')].filter((box) => box !== null);
    return boxes.some((box) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(box);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
  });
}

/** Once around by Tab: what has the focus, stop by stop. @throws where it can't be seen */
async function stops(page: Page, count: number): Promise<string[]> {
  const names: string[] = [];
  for (let presses = 0; presses < count; presses += 1) {
    await page.keyboard.press('Tab');
    const name = await focusedName(page);
    if (!(await isFocusSeen(page))) throw new Error(`the focus on ${name} can’t be seen`);
    names.push(name);
  }
  return names;
}

/** The focus never leaves a dialog for the page behind it. */
async function expectFocusKept(page: Page, around: Locator): Promise<void> {
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let presses = 0; presses < 10; presses += 1) {
      await page.keyboard.press(key);
      const outside = await around.evaluate((element) => {
        const active = document.activeElement;
        return active !== document.body && !element.contains(active);
      });
      expect(outside).toBe(false);
    }
  }
}

/** How often screen readers are told something within a time. */
async function announcements(page: Page, millis: number): Promise<string[]> {
  return page.evaluate(async (time) => {
    const heard: string[] = [];
    const hear = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest('[role=status], [role=alert], [aria-live]');
        if (region) heard.push(region.textContent ?? '');
      }
    });
    hear.observe(document.body, { subtree: true, childList: true, characterData: true });
    await new Promise((resolve) => setTimeout(resolve, time));
    hear.disconnect();
    return heard;
  }, millis);
}

/** 身份验证, from 发送验证码, which has the focus, to the last of six digits; Enter is left to the test. */
async function typeIdentityCheck(page: Page, seen: number): Promise<void> {
  await dialog(page, '身份验证').waitFor();
  await tabTo(page, '发送验证码');
  await page.keyboard.press('Enter');
  const code = await nextCode(shared.world, PHONE, seen);
  await page.getByRole('button', { name: /秒后可重发/ }).waitFor();
  expect(await focusedName(page)).toBe('验证码');
  await page.keyboard.type(code);
}

/** The newest link that was sent to a phone. */
async function linkTo(to: string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const texts = (await messagesTo(shared.world, to)).map(({ text }) => text);
    const link = texts.map((text) => /http\S+\/not-me#\S+/.exec(text)?.[0]).find((found) => found);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no link came');
}

async function closeByEnter(page: Page, name: string): Promise<void> {
  await dialog(page, name).waitFor();
  expect(await focusedName(page)).toMatch(/^(确定|重新登录)$/);
  await page.keyboard.press('Enter');
  await dialog(page, name).waitFor({ state: 'hidden' });
}

async function signInByQQ(page: Page): Promise<void> {
  await page.goto(shared.world.urls.console);
  await page.getByRole('heading', { name: '登录', exact: true }).waitFor();
  await page.keyboard.press('Tab');
  expect(await focusedName(page)).toBe('跳到主要内容');
  await page.keyboard.press('Enter');
  await tabTo(page, 'QQ 登录');
  await page.keyboard.press('Enter');
  await page.waitForURL(/oauth2\.0\/authorize/);
  await tabTo(page, /ming/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '账号信息' }).waitFor();
  await row(page, 'email').waitFor();
}

test('the whole user guide by keyboard alone', async () => {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  await signInByQQ(page);

  // The order is that of the page, and every stop can be seen.
  const menu = /^账号菜单/;
  const order = await stops(page, 11);
  const from = order.findIndex((name) => menu.test(name));
  expect(order.slice(from, from + 6)).toEqual([
    expect.stringMatching(menu),
    '退出登录',
    '关闭提示',
    '复制账号 ID',
    '关联邮箱',
    '关联微信',
  ]);
  await tabTo(page, '关闭提示');
  await page.keyboard.press('Enter');
  await page.getByText('已登录账号', { exact: false }).waitFor({ state: 'hidden' });
  await expect(row(page, 'email').getByRole('button').textContent()).resolves.toBe('关联');

  // 关联邮箱. Escape leaves it, with the focus where it came from.
  await tabTo(page, '关联邮箱');
  await page.keyboard.press('Enter');
  const check = dialog(page, '身份验证');
  await check.waitFor();
  expect(await focusedName(page)).toBe('发送验证码');
  await stops(page, 4);
  await expectFocusKept(page, check);
  await page.keyboard.press('Escape');
  await check.waitFor({ state: 'hidden' });
  expect(await focusedName(page)).toBe('关联邮箱');
  await page.keyboard.press('Enter');
  await typeIdentityCheck(page, 0);
  // The countdown runs, and nothing is read aloud for it.
  expect(await announcements(page, 2200)).toEqual([]);

  // A wrong code is said at once, and once.
  const right = await check.getByRole('textbox', { name: '验证码' }).inputValue();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(right === '000000' ? '111111' : '000000');
  const heard = announcements(page, 1500);
  await page.keyboard.press('Enter');
  const errors = (await heard).filter((text) => text.includes('验证码不正确'));
  expect(new Set(errors).size).toBe(1);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(right);
  await page.keyboard.press('Enter');
  const email = dialog(page, '关联邮箱账号');
  await email.waitFor();
  expect(await focusedName(page)).toBe('邮箱地址');
  await page.keyboard.type(ADDRESS);
  await tabTo(page, '发送验证码');
  await page.keyboard.press('Enter');
  const mailCode = await nextCode(shared.world, ADDRESS, 0);
  await email.getByRole('button', { name: /秒后可重发/ }).waitFor();
  await page.keyboard.type(mailCode);
  await page.keyboard.press('Enter');
  await closeByEnter(page, '关联成功');
  expect(await focusedName(page)).toBe('解绑邮箱');
  await expect(row(page, 'email').getByRole('button').allTextContents()).resolves.toEqual(['解绑', '更换']);

  // 关联微信, in its own window.
  await tabTo(page, '关联微信');
  await page.keyboard.press('Enter');
  await typeIdentityCheck(page, 1);
  const popup = context.waitForEvent('page');
  await page.keyboard.press('Enter');
  const wechat = await popup;
  await wechat.waitForURL(/connect\/qrconnect/);
  const waiting = dialog(page, '关联微信');
  await waiting.waitFor();
  await expectFocusKept(page, waiting);
  await tabTo(wechat, /lin/);
  await wechat.keyboard.press('Enter');
  await closeByEnter(page, '关联成功');
  expect(await focusedName(page)).toBe('解绑微信');

  // 解绑, twice.
  await page.keyboard.press('Enter');
  await typeIdentityCheck(page, 2);
  await page.keyboard.press('Enter');
  await closeByEnter(page, '解绑成功');
  expect(await focusedName(page)).toBe('关联微信');
  await page.keyboard.press('Shift+Tab');
  expect(await focusedName(page)).toBe('更换邮箱');
  await page.keyboard.press('Shift+Tab');
  expect(await focusedName(page)).toBe('解绑邮箱');
  await page.keyboard.press('Enter');
  await typeIdentityCheck(page, 3);
  await page.keyboard.press('Enter');
  await closeByEnter(page, '解绑成功');
  expect(await focusedName(page)).toBe('关联邮箱');

  // The account menu, as 账号信息 is found and the session is ended.
  await page.keyboard.press('Shift+Tab');
  expect(await focusedName(page)).toBe('复制账号 ID');
  await page.keyboard.press('Shift+Tab');
  expect(await focusedName(page)).toMatch(menu);
  await page.keyboard.press('Enter');
  expect(await focusedName(page)).toBe('账号信息');
  await page.keyboard.press('Escape');
  expect(await focusedName(page)).toMatch(menu);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  expect(await focusedName(page)).toBe('退出登录');
  await page.keyboard.press('Enter');
  await page.getByText('您已退出登录。').waitFor();
  await context.close();
});

test('an owner answers by keyboard alone what others have done, here and behind the link of a notice', async () => {
  const { world, browser } = shared;
  const signIn = async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await page.goto(`${world.urls.console}/sign-in`);
    await page.getByRole('link', { name: '微信登录' }).click();
    await page.waitForURL(/connect\/qrconnect/);
    await scanAs(page, 'hua');
    await row(page, 'email').waitFor();
    return { context, page };
  };
  const { context, page } = await signIn();
  for (let others = 0; others < 2; others += 1) await (await signIn()).context.close();

  // 这是我本人: the focus goes to the next one.
  await page.reload();
  const notices = page.locator('.notices [data-notice]');
  await notices.nth(1).waitFor();
  await tabTo(page, /^这是我本人/);
  await page.keyboard.press('Enter');
  const status = page.getByRole('status').filter({ hasText: '已记录。还有 1 条活动。' });
  await status.waitFor({ state: 'attached' });
  await expect(notices.count()).resolves.toBe(1);
  await expect(notices.first().evaluate((item) => item === document.activeElement)).resolves.toBe(true);

  // 这不是我 asks, and 取消 is what Enter presses.
  await tabTo(page, /^这不是我/);
  await page.keyboard.press('Enter');
  const asking = dialog(page, '这不是您本人操作的？');
  await asking.waitFor();
  expect(await focusedName(page)).toBe('取消');
  await expectFocusKept(page, asking);
  await page.keyboard.press('Escape');
  await asking.waitFor({ state: 'hidden' });
  expect(await focusedName(page)).toMatch(/^这不是我/);
  await context.close();

  // Behind the link: the second press is another one, and the focus is led past what it will do.
  const reader = await openContext(browser);
  const link = await reader.newPage();
  await link.goto(await linkTo('+8613800138003'));
  await link.getByRole('button', { name: '这不是我操作的' }).waitFor();
  await tabTo(link, '这不是我操作的');
  await link.keyboard.press('Enter');
  await link.getByRole('button', { name: '不是我，立即保护账号' }).waitFor();
  expect(await focusedName(link)).toBe('确定不是您本人操作的吗？');
  expect(await stops(link, 2)).toEqual(['返回', '不是我，立即保护账号']);
  await link.keyboard.press('Shift+Tab');
  await link.keyboard.press('Enter');
  expect(await focusedName(link)).toBe('这不是我操作的');
  await link.keyboard.press('Enter');
  await tabTo(link, '不是我，立即保护账号');
  await link.keyboard.press('Enter');
  await link.getByRole('heading', { name: '您的账号已受到保护' }).waitFor();
  expect(await focusedName(link)).toBe('您的账号已受到保护');
  await reader.close();
});
