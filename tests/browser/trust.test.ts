/// <reference lib="dom" />
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Hono } from 'hono';
import { type RunningServer, serve } from '../../local/server.ts';
import { shareWorld } from './hooks.ts';
import {
  codesTo,
  dialog,
  messagesTo,
  nextCode,
  openContext,
  type Page,
  row,
  scanAs,
  scanInWindow,
  sendIn,
  signInByEmail,
} from './support.ts';

jest.setTimeout(240_000);

const TURNSTILE = 'https://challenges.cloudflare.com/**';

/**
 * Turnstile's widget for the tests: it answers at once, or by a button, in the order of `answers`. Its token says who passed, where and for
 * what.
 */
const WIDGET = `
  const answers = window.turnstileAnswers ?? [];
  window.turnstile = {
    render: (holder, options) => {
      const token = (who) => [who, location.hostname, options.action].join('|');
      if (answers.length === 0) setTimeout(() => options.callback(token('human')));
      else {
        const button = holder.appendChild(document.createElement('button'));
        button.type = 'button';
        button.textContent = '我不是机器人';
        button.onclick = () => options.callback(token(answers.shift()));
      }
      return 'widget';
    },
    remove: () => {},
  };`;

let verifier: RunningServer;

const shared = shareWorld(async () => {
  // Cloudflare's side: it knows a human's answers.
  const cloudflare = new Hono().post('/turnstile/v0/siteverify', async (context) => {
    const { response } = await context.req.json<{ response: string }>();
    const [who, hostname, action] = response.split('|');
    return context.json(
      who === 'human'
        ? { success: true, 'error-codes': [], hostname, action }
        : { success: false, 'error-codes': ['invalid-input-response'] },
    );
  });
  verifier = await serve(cloudflare, 0, 'machine');
  return {
    HUMAN_CHECK: 'turnstile',
    HUMAN_CHECK_AFTER: '0',
    HUMAN_CHECK_SITE_KEY: 'test-site-key',
    HUMAN_CHECK_SECRET: 'test-secret',
    HUMAN_CHECK_URL: verifier.origin,
    RESEND_SECONDS: '10',
  };
});
afterAll(() => verifier?.stop());

/** A browser of its own, that Turnstile takes for human. */
async function openBrowser(options: Parameters<typeof openContext>[1] = {}) {
  const context = await openContext(shared.browser, options);
  const asked: string[] = [];
  await context.route(TURNSTILE, (route) => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'text/javascript', body: WIDGET });
  });
  const page = await context.newPage();
  return { context, page, asked };
}

const signInPage = () => `${shared.world.urls.console}/sign-in`;
const atSignIn = (page: Page) => page.getByRole('heading', { name: '登录', exact: true }).waitFor();

async function signInByWeChat(page: Page, person: string): Promise<void> {
  await page.goto(signInPage());
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, person);
  await page.getByRole('heading', { name: '账号信息' }).waitFor();
}

const history = (page: Page) => page.getByRole('table', { name: '最近活动' });
const events = (page: Page, name: string) =>
  history(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) });

/**
 * The newest message that says so, once it has come. Codes are asked for only when the notices before them are there: the newest
 * message is then the code.
 */
async function told(to: string, said: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const message = (await messagesTo(shared.world, to)).find(({ text }) => said.test(text));
    if (message) return message.text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody said ${said}`);
}

describe('signing out everywhere', () => {
  test('says what it does, ends every session, and says so', async () => {
    const here = await openBrowser();
    const there = await openBrowser();
    await here.page.goto(signInPage());
    await signInByEmail(shared.world, here.page, 'linked@example.com');
    await signInByWeChat(there.page, 'yue');

    const { page } = here;
    await page.reload();
    await events(page, '登录').first().waitFor();
    await expect(events(page, '登录').count()).resolves.toBe(2);
    await expect(history(page).getByText('Chrome（Linux）').count()).resolves.toBe(2);

    const menu = page.getByRole('button', { name: /^账号菜单/ });
    await menu.click();
    await page.getByRole('menuitem', { name: '退出所有设备' }).click();
    const asking = dialog(page, '退出所有设备');
    await asking.getByText('所有设备和浏览器', { exact: false }).waitFor();
    await asking.getByRole('button', { name: '取消' }).click();
    await asking.waitFor({ state: 'hidden' });
    await expect(menu.evaluate((button) => button === document.activeElement)).resolves.toBe(true);

    await menu.click();
    await page.getByRole('menuitem', { name: '退出所有设备' }).click();
    await asking.getByRole('button', { name: '退出所有设备' }).click();
    await atSignIn(page);
    await page.getByText('您已退出所有设备。').waitFor();
    await there.page.reload();
    await atSignIn(there.page);
    await here.context.close();
    await there.context.close();
  });
});

describe('“this wasn’t me”', () => {
  const PHONE = '+8613800138002';
  const ADDRESS = 'registered@example.com';

  test('from a WeChat that was linked to its being unlinked again', async () => {
    const { context, page } = await openBrowser();
    await page.goto(signInPage());
    await signInByEmail(shared.world, page, ADDRESS);
    await told(PHONE, /在新设备上/);

    // A WeChat that is somebody else's is refused, and the history says why; another one is linked.
    await page.getByRole('button', { name: '关联微信' }).click();
    const check = dialog(page, '身份验证');
    await check
      .getByRole('textbox', { name: '验证码' })
      .fill(await sendIn(shared.world, page, '身份验证', PHONE));
    const first = context.waitForEvent('page');
    await check.getByRole('button', { name: '确定' }).click();
    const scanning = await first;
    await scanning.waitForURL(/connect\/qrconnect/);
    await scanInWindow(scanning, 'yue');
    const again = context.waitForEvent('page');
    await dialog(page, '关联微信').getByRole('button', { name: '换一个微信扫描' }).click();
    const second = await again;
    await second.waitForURL(/connect\/qrconnect/);
    await scanAs(second, 'qiang');
    await dialog(page, '关联成功').getByRole('button', { name: '确定' }).click();
    await events(page, '关联').first().waitFor();
    await expect(events(page, '未成功').first().textContent()).resolves.toContain('这个微信已关联到其他账号');

    // The owner reads of it on another device, by a mail whose gateway has rewritten the link. Opening it changes nothing.
    const [link = ''] = /http\S+\/not-me#\S+/.exec(await told(ADDRESS, /关联了微信/)) ?? [];
    const owner = await openBrowser({ viewport: { width: 375, height: 700 } });
    await owner.page.goto(`${link.replace('#', '%23')}&utm_source=mail`);
    await owner.page.getByRole('heading', { name: '这是您本人操作的吗？' }).waitFor();
    expect(owner.page.url()).toBe(`${shared.world.urls.console}/not-me`);
    await owner.page.getByText('Chrome（Linux）').waitFor();
    await owner.page.getByText('什么都不会改变', { exact: false }).waitFor();
    await owner.page.reload();
    const confirm = owner.page.getByRole('button', { name: '这不是我操作的' });
    await confirm.waitFor();
    await expect(
      owner.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).resolves.toBeLessThanOrEqual(0);
    await page.reload();
    await page.getByRole('heading', { name: '账号信息' }).waitFor();
    await expect(page.getByRole('button', { name: '解绑微信' }).isEnabled()).resolves.toBe(true);

    // Nothing is sent before the second press, which is another button at another place; a double click is one press.
    const sent: string[] = [];
    owner.page.on('request', (request) => sent.push(request.url()));
    const firstPlace = await confirm.boundingBox();
    await confirm.dblclick();
    const sure = owner.page.getByRole('button', { name: '不是我，立即保护账号' });
    await sure.waitFor();
    const secondPlace = await sure.boundingBox();
    expect(secondPlace?.y).toBeGreaterThan((firstPlace?.y ?? 0) + (firstPlace?.height ?? 0));
    await expect(confirm.count()).resolves.toBe(0);
    expect(sent).toEqual([]);

    // Confirming it ends every session.
    await sure.click();
    await owner.page.getByRole('heading', { name: '您的账号已受到保护' }).waitFor();
    await page.reload();
    await atSignIn(page);
    await told(PHONE, /24 小时内不能关联/);

    // Restoring takes the registered phone, not just the link.
    const form = owner.page.getByRole('region', { name: '恢复登录方式' });
    await expect(form.getByRole('radio', { name: /^解绑这个微信/ }).isChecked()).resolves.toBe(true);
    await expect(form.getByRole('radio').count()).resolves.toBe(3);
    const code = form.getByRole('textbox', { name: '验证码' });
    const seen = (await codesTo(shared.world, PHONE)).length;
    await form.getByRole('button', { name: '发送验证码' }).click();
    await form.getByRole('button', { name: /重/ }).waitFor();
    const right = await nextCode(shared.world, PHONE, seen);
    await code.fill(right === '000000' ? '111111' : '000000');
    await form.getByRole('button', { name: '解绑这个微信' }).click();
    await form.getByRole('alert').filter({ hasText: '4' }).waitFor();
    await owner.page.reload();
    await code.fill(right);
    await form.getByRole('button', { name: '解绑这个微信' }).click();
    await owner.page.getByText('恢复成功').waitFor();

    // A used link says what became of it, and does nothing again.
    await owner.page.goto('about:blank');
    await owner.page.goto(link);
    await owner.page.getByText(/^这之前的活动已在 .*处理$/).waitFor();
    await expect(confirm.count()).resolves.toBe(0);
    await owner.context.close();

    // Signing in works, changing does not until the freeze is over.
    await told(ADDRESS, /解绑了微信/);
    await signInByEmail(shared.world, page, ADDRESS);
    await page.getByText(/前不能关联新的登录方式$/).waitFor();
    await expect(row(page, 'wechat').getAttribute('data-relation')).resolves.toBe('none');
    await expect(page.getByRole('button', { name: '关联微信' }).isDisabled()).resolves.toBe(true);
    await events(page, '冻结关联').first().waitFor();
    await events(page, '解绑').first().waitFor();
    await context.close();
  });

  const MADE_UP = '100000002.c0mb2k4xz1aB-_9ZyXwV12.pAAAAAAAAAAAAAAAAAAAAAAAAAA';

  test('is no longer valid by a link that nobody sent', async () => {
    const { context, page } = await openBrowser();
    await page.goto(`${shared.world.urls.console}/not-me#${MADE_UP}`);
    await page.getByRole('heading', { name: '这个链接已失效' }).waitFor();
    await page.getByRole('button', { name: '前往登录' }).click();
    await atSignIn(page);
    await context.close();
  });

  test.each(['', '#', '#cut', `#${MADE_UP.slice(0, -4)}`, '.', '%2523'])(
    'takes a pasted link where its own came as /not-me%s',
    async (rest) => {
      const { context, page } = await openBrowser();
      await page.goto(`${shared.world.urls.console}/not-me${rest}`);
      await page.getByRole('heading', { name: '查看通知' }).waitFor();
      const field = page.getByRole('textbox', { name: '完整的链接' });
      await page.getByRole('button', { name: '打开', exact: true }).click();
      await page.getByRole('alert').filter({ hasText: '请先粘贴链接' }).waitFor();
      await field.fill(`${shared.world.urls.console}/not-me`);
      await page.getByRole('button', { name: '打开', exact: true }).click();
      await page.getByRole('alert').filter({ hasText: '不是通知里的完整链接' }).waitFor();
      await field.fill(`【Example Cloud】请打开 <${shared.world.urls.console}/not-me#${MADE_UP}> 。`);
      await page.getByRole('button', { name: '打开', exact: true }).click();
      await page.getByRole('heading', { name: '这个链接已失效' }).waitFor();
      expect(page.url()).not.toContain('AAAA');
      await context.close();
    },
  );
});

describe('a human check', () => {
  const send = (page: Page) => page.getByRole('button', { name: '发送验证码' });

  test('is loaded only where it is asked for, and can be tried again', async () => {
    const { context, page, asked } = await openBrowser();
    await page.addInitScript(() => Object.assign(window, { turnstileAnswers: ['robot', 'human'] }));
    await page.goto(signInPage());
    await page.getByRole('textbox', { name: '邮箱地址' }).fill('nophone@example.com');
    expect(asked).toEqual([]);
    await send(page).click();
    const check = page.getByRole('group', { name: '安全验证' });
    await check.getByRole('button', { name: '我不是机器人' }).click();
    await check.getByText('安全验证没有通过', { exact: false }).waitFor();
    await check.getByRole('button', { name: '我不是机器人' }).click();
    await page.getByText('您会收到邮件', { exact: false }).waitFor();
    await expect(check.count()).resolves.toBe(0);
    expect(asked).toHaveLength(1);
    await context.close();
  });

  test('that can’t be loaded is said so, and other methods still work', async () => {
    const { context, page } = await openBrowser();
    await context.unroute(TURNSTILE);
    await context.route(TURNSTILE, (route) => route.abort());
    await page.goto(signInPage());
    await page.getByRole('textbox', { name: '邮箱地址' }).fill('sub@example.com');
    await send(page).click();
    const check = page.getByRole('group', { name: '安全验证' });
    await check.getByText('安全验证加载不出来').waitFor();
    await context.unroute(TURNSTILE);
    await context.route(TURNSTILE, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: WIDGET }),
    );
    await check.getByRole('button', { name: '重试' }).click();
    await page.getByText('您会收到邮件', { exact: false }).waitFor();
    await context.close();
  });
});
