/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import { shareWorld } from './hooks.ts';
import {
  dialog,
  messagesTo,
  openContext,
  type Page,
  row,
  sendIn,
  signInByEmail,
  signInByWeChat,
} from './support.ts';

jest.setTimeout(240_000);

const shared = shareWorld(() => ({ RESEND_SECONDS: '2', SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' }));

const atSignIn = (page: Page) => page.getByRole('heading', { name: '登录', exact: true }).waitFor();
const notices = (page: Page) => page.locator('.notices [data-notice]');

async function openPage() {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  await page.goto(`${shared.world.urls.console}/sign-in`);
  return { context, page };
}

/** Somebody signs in with an address, in a browser of their own. */
async function signInElsewhere(address: string) {
  const other = await openPage();
  await signInByEmail(shared.world, other.page, address);
  return other;
}

/** The identity check of an action whose button has just been pressed, and the action with it. */
async function passCheck(page: Page, phone: string): Promise<void> {
  const check = dialog(page, '身份验证');
  const code = await sendIn(shared.world, page, '身份验证', phone);
  await check.getByRole('textbox', { name: '验证码' }).fill(code);
  await check.getByRole('button', { name: '确定' }).click();
}

async function closeSuccess(page: Page, name: string): Promise<void> {
  await dialog(page, name).getByRole('button', { name: '确定' }).click();
  await dialog(page, name).waitFor({ state: 'hidden' });
}

async function linkSent(to: string, said: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const texts = (await messagesTo(shared.world, to))
      .map(({ text }) => text)
      .filter((text) => said.test(text));
    const [link] = texts.flatMap((text) => /http\S+\/not-me#\S+/.exec(text)?.[0] ?? []);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no link came with ${said}`);
}

test('whose account was signed in to is said after every sign-in, until it is closed, and leads out', async () => {
  const { context, page } = await openPage();
  await signInByEmail(shared.world, page, 'nophone@example.com');
  await page.getByText('已登录账号 青禾数据').waitFor();
  await page.reload();
  await row(page, 'email').waitFor();
  await expect(page.getByText('已登录账号', { exact: false }).count()).resolves.toBe(0);

  // A scan that came from an attacker's screen is a sign-in like any other: the name is what gives it away.
  await signInByWeChat(shared.world, page, 'hua');
  await page.getByText('已登录账号 华章工作室').waitFor();
  await page.getByRole('main').getByRole('button', { name: '退出登录', exact: true }).click();
  await page.getByText('您已退出登录。').waitFor();
  await context.close();
});

test('what was linked a moment ago signs in to look and to sign out, and every other button says why it can’t', async () => {
  const phone = '+8613800138003';
  const { context, page } = await openPage();
  await signInByWeChat(shared.world, page, 'hua');
  await page.getByRole('button', { name: '关联邮箱' }).click();
  await dialog(page, '身份验证').getByText('关联后有 72 小时的观察期').waitFor();
  await passCheck(page, phone);
  const linking = dialog(page, '关联邮箱账号');
  await linking.getByRole('textbox', { name: '邮箱地址' }).fill('hua@example.com');
  const code = await sendIn(shared.world, page, '关联邮箱账号', 'hua@example.com');
  await linking.getByRole('textbox', { name: '验证码' }).fill(code);
  await linking.getByRole('button', { name: '确定' }).click();
  await dialog(page, '关联成功')
    .getByText(/^观察期至 .*用它登录只能查看。$/)
    .waitFor();
  await closeSuccess(page, '关联成功');
  await row(page, 'email').getByText('观察期', { exact: true }).waitFor();
  await expect(row(page, 'email').getAttribute('data-state')).resolves.toBe('probation');

  const other = await signInElsewhere('hua@example.com');
  await other.page.getByText(/^这次登录在 .*前只能查看$/).waitFor();
  await notices(other.page).first().waitFor();
  const buttons = other.page.locator('.methods button, .notices__actions button, .notices__only button');
  expect(await buttons.count()).toBeGreaterThan(4);
  for (const button of await buttons.all()) {
    await expect(button.isDisabled()).resolves.toBe(true);
    const id = await button.getAttribute('aria-describedby');
    await expect(other.page.locator(`[id="${id}"]`).textContent()).resolves.toContain('只能查看');
  }
  const menu = other.page.getByRole('button', { name: /^账号菜单/ });
  await menu.click();
  await other.page.getByRole('menuitem', { name: '退出所有设备', disabled: true }).click({ force: true });
  await expect(dialog(other.page, '退出所有设备').count()).resolves.toBe(0);
  await other.page.getByRole('menuitem', { name: '退出登录' }).click();
  await other.page.getByText('您已退出登录。').waitFor();
  await other.context.close();
  await context.close();
});

test('这是我本人 is taken at its word at once, and taken back where the service did not hear it', async () => {
  const address = 'linked@example.com';
  const { context, page } = await openPage();
  await signInByWeChat(shared.world, page, 'yue');
  await (await signInElsewhere(address)).context.close();
  await page.reload();
  await notices(page).first().waitFor();
  const mine = notices(page).getByRole('button', { name: /^这是我本人/ });

  await context.route(`${shared.world.urls.api}/account/notices/**`, (route) => route.abort());
  await mine.click();
  await notices(page).getByText('没有记录成功').waitFor();
  await context.unroute(`${shared.world.urls.api}/account/notices/**`);

  // Gone before the service has answered.
  const answer = Promise.withResolvers<void>();
  await context.route(`${shared.world.urls.api}/account/notices/**`, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await mine.click();
  await notices(page).first().waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: '账号信息' }).evaluate((title) => {
    if (title !== document.activeElement) throw new Error('the focus is lost');
  });
  const dismissed = page.waitForResponse((response) => response.request().method() === 'DELETE');
  answer.resolve();
  expect((await dismissed).status()).toBe(204);
  await page.reload();
  await row(page, 'email').waitFor();
  await expect(notices(page).count()).resolves.toBe(0);
  await context.close();
});

test('这不是我 takes a second press, ends this session too, and says how to get back in', async () => {
  const phone = '+8613800138005';
  const address = 'linked@example.com';
  const { context, page } = await openPage();
  await signInByWeChat(shared.world, page, 'yue');
  const attacker = await signInElsewhere(address);
  await page.reload();
  await page.locator('[data-notice=signed_in]').first().waitFor();
  await page
    .locator('[data-notice=signed_in]')
    .first()
    .getByRole('button', { name: /^这不是我/ })
    .click();
  const asking = dialog(page, '这不是您本人操作的？');
  await asking.getByText('会暂停使用', { exact: false }).waitFor();
  await asking.getByText('138****8005 会收到短信', { exact: false }).waitFor();
  await asking.getByRole('button', { name: '取消' }).click();
  await asking.waitFor({ state: 'hidden' });
  await page.reload();
  await page
    .locator('[data-notice=signed_in]')
    .first()
    .getByRole('button', { name: /^这不是我/ })
    .click();
  await asking.getByRole('button', { name: '不是我，立即保护账号' }).click();
  await atSignIn(page);
  await page.getByText('您的账号已受到保护').waitFor();
  await page.getByText('邮箱已暂停使用', { exact: false }).waitFor();
  await attacker.page.reload();
  await atSignIn(attacker.page);

  // The attacker's next sign-in is refused, in words that lead the owner to the phone.
  const form = attacker.page.getByRole('form', { name: '邮箱登录' });
  await form.getByRole('textbox', { name: '邮箱地址' }).fill(address);
  const seen = (await messagesTo(shared.world, address)).filter(({ code }) => code).length;
  await form.getByRole('button', { name: /发送验证码/ }).click();
  let code: string | null | undefined;
  for (let tries = 0; tries < 300 && !code; tries += 1) {
    const codes = (await messagesTo(shared.world, address)).flatMap((message) => message.code ?? []);
    if (codes.length > seen) [code] = codes;
    else await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await form.getByRole('textbox', { name: '验证码' }).fill(code ?? '');
  await form.getByRole('button', { name: '登录', exact: true }).click();
  await form.getByRole('alert').filter({ hasText: '邮箱已暂停使用' }).filter({ hasText: '手机' }).waitFor();
  await attacker.context.close();

  // Its link gives the method back, or keeps another one alone: without anybody having to confirm anything.
  const owner = await openPage();
  await owner.page.goto(await linkSent(phone, /尝试通过邮箱登录/));
  await owner.page.getByRole('heading', { name: '恢复您的登录方式' }).waitFor();
  const restore = owner.page.getByRole('region', { name: '恢复登录方式' });
  await expect(restore.getByRole('radio', { name: /^恢复使用邮箱/ }).isChecked()).resolves.toBe(true);
  await restore.getByRole('radio', { name: /^仅保留微信/ }).check();
  await restore.getByRole('button', { name: /发送验证码/ }).click();
  await restore.getByText('验证码已发送至', { exact: false }).waitFor();
  const [restoring = ''] = (await messagesTo(shared.world, phone)).flatMap((message) => message.code ?? []);
  await restore.getByRole('textbox', { name: '验证码' }).fill(restoring);
  await restore.getByRole('button', { name: '仅保留微信' }).click();
  await owner.page.getByText('现在只能用微信登录您的账号', { exact: false }).waitFor();
  await owner.context.close();
  await signInByWeChat(shared.world, page, 'yue');
  await expect(row(page, 'email').getAttribute('data-state')).resolves.toBe('suspended');

  // 恢复使用, from the account page.
  await page.getByRole('button', { name: '恢复使用邮箱' }).click();
  await passCheck(page, phone);
  await closeSuccess(page, '恢复成功');
  await expect(row(page, 'email').getAttribute('data-state')).resolves.toBe('active');
  await context.close();
});

test('仅保留此方式 leaves this session and the method that opened it, and nothing else', async () => {
  const phone = '+8613800138003';
  const { context, page } = await openPage();
  await signInByWeChat(shared.world, page, 'hua');
  const other = await signInElsewhere('hua@example.com');
  await page.reload();
  await page.locator('.notices__only').getByRole('button', { name: '仅保留此方式：微信' }).click();
  const check = dialog(page, '身份验证');
  await check.getByText('邮箱（h***a@example.com）和官网（100000003）会暂停使用', { exact: false }).waitFor();
  // A reload in the middle goes on where it was.
  await page.reload();
  await check.getByText('邮箱（h***a@example.com）和官网（100000003）会暂停使用', { exact: false }).waitFor();
  await passCheck(page, phone);
  await closeSuccess(page, '已仅保留一种方式');
  await expect(row(page, 'email').getAttribute('data-state')).resolves.toBe('suspended');
  await expect(row(page, 'email').getByRole('button', { name: '恢复使用邮箱' }).isEnabled()).resolves.toBe(
    true,
  );
  await expect(page.getByRole('button', { name: /^仅保留此方式/ }).count()).resolves.toBe(0);
  await other.page.reload();
  await atSignIn(other.page);
  await other.context.close();
  await context.close();
});

test('too many sign-ins from one network are said as such, and other ways are offered', async () => {
  const { context, page } = await openPage();
  const { api, console } = shared.world.urls;
  await context.route(`${api}/sign-in/qq?*`, (route) =>
    route.fulfill({
      status: 302,
      headers: { location: `${console}/oauth-result?provider=qq&result=quota_exceeded` },
    }),
  );
  await page.getByRole('link', { name: 'QQ 登录' }).click();
  await page.getByText('登录次数过于频繁').waitFor();
  expect(page.url()).toBe(`${console}/sign-in`);
  await context.close();
});

test('the sample console signs in with a login of its own, which the owner can disown and use again', async () => {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  const { console } = shared.world.urls;
  const signIn = page.getByRole('link', { name: '通过示例云官网登录' });
  await page.goto(`${console}/sample/`);
  await signIn.click();
  await page.getByRole('link', { name: /100000002/ }).click();
  await row(page, 'email').waitFor();
  await expect(row(page, 'assertion').locator('th').textContent()).resolves.toContain('官网');

  const other = await openPage();
  await signInByEmail(shared.world, other.page, 'registered@example.com');
  const told = notices(other.page).filter({ hasText: '官网' });
  await told.getByRole('button', { name: /^这不是我/ }).click();
  await dialog(other.page, '这不是您本人操作的？')
    .getByText('官网（100000002）', { exact: false })
    .first()
    .waitFor();
  await dialog(other.page, '这不是您本人操作的？').getByRole('button', { name: /保护/ }).click();
  await atSignIn(other.page);
  await page.reload();
  await page.getByRole('alert').filter({ hasText: '已暂停' }).waitFor();
  await signIn.waitFor();

  await signInByEmail(shared.world, other.page, 'registered@example.com');
  await row(other.page, 'assertion').getByRole('button', { name: '恢复使用官网' }).click();
  await passCheck(other.page, '+8613800138002');
  await closeSuccess(other.page, '恢复成功');
  await page.reload();
  await row(page, 'assertion').waitFor();
  await other.context.close();
  await context.close();
});
