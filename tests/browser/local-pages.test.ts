/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import { startStandIns, wechat } from '../local/stand-ins.ts';
import { pageFaults } from './axe.ts';
import { type Browser, launchBrowser, openContext, type Page } from './support.ts';

jest.setTimeout(120_000);

const LINK = 'https://console.example.com/not-me#100000001.abc.def';

let browser: Browser;
let messages: MessagesServer;
let standIns: Awaited<ReturnType<typeof startStandIns>>;

/** A function that has something against the name Bob. */
const accountEvents = {
  bus: 'default',
  source: 'account-system',
  retrySeconds: 0,
  invoke: async ({ detail }: { detail: unknown }) =>
    (detail as { name?: string }).name === 'Bob' ? { errorMessage: 'name: is Bob' } : 'updated',
};

beforeAll(async () => {
  const sms = { originationIdentities: ['SENDER'], protectConfigurationIds: [] };
  [browser, messages, standIns] = await Promise.all([
    launchBrowser(),
    startMessagesServer({ port: 0, sms, accountEvents }),
    startStandIns(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await messages?.stop();
  await standIns?.server.stop();
});

const publish = () =>
  fetch(`${messages.origin}/events`, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({
      Entries: [
        {
          EventBusName: 'default',
          Source: 'account-linking',
          DetailType: 'identity.linked',
          Detail: JSON.stringify({ accountId: '100000001', provider: 'email' }),
        },
      ],
    }),
  });

describe('the inbox', () => {
  test('shows messages as they come, copies a code by a click or a key, and opens links', async () => {
    const context = await openContext(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(messages.origin);
    await page.getByText('实时更新中').waitFor();
    await page.getByText('还没有消息', { exact: false }).waitFor();

    messages.inbox.deliver({ channel: 'sms', to: '+8613800138001', text: '验证码 246802，5 分钟内有效。' });
    messages.inbox.deliver({
      channel: 'email',
      to: 'alice@example.com',
      text: `不是您本人操作？请打开 ${LINK} 。`,
      mail: { subject: '关联了微信', html: `<p style="color:#333"><a href="${LINK}">打开</a></p>` },
    });
    const copy = page.getByRole('button', { name: /^246802 / });
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await copy.click();
    await page.getByRole('status').filter({ hasText: '已复制验证码 246802' }).waitFor();
    expect(await copied()).toBe('246802');
    messages.inbox.deliver({ channel: 'sms', to: '+8613800138002', text: 'code 135791' });
    const other = page.getByRole('button', { name: /^135791 / });
    await other.focus();
    await page.keyboard.press('Enter');
    await other.getByText('已复制').waitFor();
    expect(await copied()).toBe('135791');

    messages.inbox.deliver({
      channel: 'email',
      to: 'carol@example.com',
      text: 'to carol',
      reports: { bounced: async () => null, complained: () => Promise.reject(new Error('no function')) },
    });
    await page.getByRole('button', { name: '退回' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: '已通知服务：发给 carol@example.com 的消息退回' })
      .waitFor();
    await page.getByRole('button', { name: '被标为垃圾邮件' }).click();
    await page.getByRole('status').filter({ hasText: '没能通知服务' }).waitFor();
    // The browser says so of the answer.
    expect(errors.splice(0)).toHaveLength(1);

    const link = page.getByRole('link', { name: LINK });
    await expect(link.getAttribute('target')).resolves.toBe('_blank');
    await expect(link.getAttribute('rel')).resolves.toContain('noopener');
    await page.getByText('邮件样式').click();
    await page.frameLocator('iframe').getByRole('link', { name: '打开' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  test('finds a recipient by part of a number however it is grouped, or by its chip', async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    messages.inbox.deliver({ channel: 'sms', to: '+8613800138011', text: 'to 8011' });
    messages.inbox.deliver({ channel: 'email', to: 'bob@example.com', text: 'to bob' });
    await page.goto(messages.origin);
    await page.getByText('to bob').waitFor();
    await page.getByRole('searchbox', { name: '收件人' }).fill('138 0013-8011');
    await page.getByText('to 8011').waitFor();
    await expect(page.getByText('to bob').count()).resolves.toBe(0);
    await page.getByRole('button', { name: 'bob@example.com' }).click();
    await expect(page.getByText('to 8011').count()).resolves.toBe(0);
    // What comes for somebody else meanwhile is announced, and waits.
    messages.inbox.deliver({ channel: 'sms', to: '+8613800138011', text: 'another to 8011' });
    await page.getByRole('status').filter({ hasText: '新短信，发给 +8613800138011' }).waitFor();
    await expect(page.getByText('another to 8011').count()).resolves.toBe(0);
    await page.getByRole('button', { name: '全部' }).click();
    await page.getByText('another to 8011').waitFor();
    await context.close();
  });

  test('shows the events of the bus in a tab of its own, by keyboard as well', async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await page.goto(messages.origin);
    await page.getByRole('tab', { name: /^消息/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: /^事件/, selected: true }).waitFor();
    await publish();
    await page.getByRole('tabpanel').getByText('identity.linked').first().waitFor();
    await page.reload();
    await page.getByRole('tabpanel').getByText('"100000001"', { exact: false }).first().waitFor();
    await context.close();
  });
});

describe('account events', () => {
  test('are sent from a form, and shown with what became of them, and what is parked is sent again', async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(messages.origin);
    await page.getByRole('tab', { name: /^消息/ }).focus();
    await page.keyboard.press('ArrowLeft');
    const panel = page.getByRole('tabpanel', { name: /^账号事件/ });
    await panel.getByText('还没有账号事件').waitFor();
    await panel.getByLabel('示例').selectOption({ label: '更换手机号' });
    const detail = panel.getByLabel('事件内容（JSON）');
    await expect(detail.inputValue()).resolves.toContain('"accountId": "100000001"');
    const send = panel.getByRole('button', { name: '发送', exact: true });
    await send.click();
    await panel.getByRole('article').filter({ hasText: '已更新' }).getByText('100000001，版本 2').waitFor();

    await detail.fill('{oops');
    await send.click();
    await panel.getByRole('alert').filter({ hasText: '不是有效的 JSON' }).waitFor();
    await detail.fill('{"accountId":"b1","revision":3,"name":"Bob"}');
    await send.click();
    await panel.getByRole('article').filter({ hasText: '死信队列' }).getByText('name: is Bob').waitFor();
    await panel.getByRole('button', { name: '重新发送死信队列中的 1 条' }).click();
    await panel.getByRole('article').filter({ hasText: '已重新发送' }).waitFor();
    await expect(panel.getByRole('article').count()).resolves.toBe(3);
    await page.reload();
    await panel.getByRole('article').filter({ hasText: '死信队列' }).getByText('b1，版本 3').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});

const wechatQuery = (more = '') =>
  `/connect/qrconnect?appid=${wechat.appId}&redirect_uri=${encodeURIComponent('http://localhost:3001/callback')}&response_type=code&scope=snsapi_login&state=s${more}`;

/** Every page of the local world, made ready to be looked at. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'the inbox': async (page) => {
    messages.inbox.deliver({ channel: 'sms', to: '+8613800138001', text: 'code 246802' });
    await page.goto(messages.origin);
    await page.getByRole('article').first().waitFor();
  },
  'the events': async (page) => {
    await publish();
    await page.goto(`${messages.origin}/events`);
    await page.getByRole('article').first().waitFor();
  },
  'the account events': async (page) => {
    await page.goto(`${messages.origin}/account-events`);
    await page.getByRole('article').first().waitFor();
  },
  'WeChat’s QR code': async (page) => {
    await page.goto(standIns.server.origin + wechatQuery());
  },
  'WeChat on the phone': async (page) => {
    await page.goto(standIns.server.origin + wechatQuery());
    const confirm = new URL((await page.locator('.code a').first().getAttribute('href')) ?? '');
    await page.goto(`${standIns.server.origin}${confirm.pathname}${confirm.search}`);
  },
  'a QR code that is gone': async (page) => {
    await page.goto(`${standIns.server.origin}/connect/confirm?uuid=gone`);
  },
  QQ: async (page) => {
    await page.goto(
      `${standIns.server.origin}/oauth2.0/authorize?client_id=900000009&redirect_uri=${encodeURIComponent('http://localhost:3001/callback')}&response_type=code&state=s`,
    );
  },
  'who is there': async (page) => {
    await page.goto(standIns.server.origin);
  },
};

describe.each([
  ['in Chinese, light, on a wide screen', { locale: 'zh-CN', colorScheme: 'light', width: 1440 }],
  ['in English, dark, on a phone', { locale: 'en-US', colorScheme: 'dark', width: 375 }],
] as const)('%s', (_name, { locale, colorScheme, width }) => {
  test.each(Object.keys(PAGES))('%s is accessible, and fits', async (name) => {
    const context = await openContext(browser, {
      locale,
      colorScheme,
      viewport: { width, height: 740 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await PAGES[name]?.(page);
    await expect(pageFaults(page)).resolves.toEqual([]);
    await context.close();
  });
});

test('a WeChat confirmed on the phone moves the page on the computer on', async () => {
  const context = await openContext(browser);
  await context.route('http://localhost:3001/**', (route) => route.fulfill({ body: 'back' }));
  const computer = await context.newPage();
  await computer.goto(standIns.server.origin + wechatQuery());
  const confirm = new URL((await computer.locator('.code a').first().getAttribute('href')) ?? '');
  const phone = await context.newPage();
  await phone.goto(`${standIns.server.origin}${confirm.pathname}${confirm.search}`);
  await computer.getByText('已扫描，请在手机上选择').waitFor();
  await phone.getByRole('button', { name: /林同学/ }).click();
  await phone.getByRole('heading', { name: '已确认' }).waitFor();
  await computer.waitForURL(/localhost:3001\/callback\?.*code=/);
  await context.close();
});
