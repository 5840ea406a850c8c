/// <reference lib="dom" />
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import { LOCAL_OPERATOR } from '../../local/operator/app.ts';
import { invokeOn } from '../support/operator.ts';
import { newMember, newPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';
import { pageFaults } from './axe.ts';
import { type Browser, launchBrowser, openContext, type Page } from './support.ts';

jest.setTimeout(120_000);

const world = await createWorld();
let browser: Browser;
let messages: MessagesServer;

beforeAll(async () => {
  const sms = { originationIdentities: ['SENDER'], protectConfigurationIds: [] };
  [browser, messages] = await Promise.all([
    launchBrowser(),
    startMessagesServer({ port: 0, sms, invoke: invokeOn(world) }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await messages?.stop();
});

/** The support desk's page, and what the browser complains of. */
async function openDesk(language: 'zh-CN' | 'en' = 'zh-CN') {
  const page = await (await openContext(browser)).newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${messages.origin}/operator?lang=${language}`);
  return { page, errors };
}

async function lookUp(page: Page, by: string, what: string): Promise<void> {
  await page.locator('#by').selectOption(by);
  await page.locator('#what').fill(what);
  await page.locator('#what').press('Enter');
}

const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

test('an account is found by its phone, helped for a reason, and has it all in its history', async () => {
  const member = await newMember(world, { links: ['email', 'wechat'] });
  const { page, errors } = await openDesk();
  await lookUp(page, 'phone', member.phone);
  await page.getByRole('button', { name: member.accountId }).click();
  await page.getByRole('heading', { name: member.who }).waitFor();
  expect(await page.content()).not.toContain(member.phone.slice(3));
  expect(await page.content()).not.toContain(member.address);

  // Without a reason nothing is done.
  await page.getByRole('button', { name: '退出所有设备' }).click();
  await said(page, '请先填写原因。');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('reason');
  expect((await member.browser.get('/account')).status).toBe(200);

  await page.getByLabel('原因').fill('工单 4711');
  await page.getByRole('button', { name: '解绑微信' }).click();
  await said(page, '已完成，已通知账号的主人。');
  await page.getByRole('row').filter({ hasText: '客服解绑' }).filter({ hasText: '工单 4711' }).waitFor();
  expect(await page.getByRole('button', { name: '解绑微信' }).count()).toBe(0);
  expect(await page.getByRole('row').filter({ hasText: LOCAL_OPERATOR }).count()).toBeGreaterThan(1);

  await page.getByLabel('原因').fill('工单 4712');
  await page.getByRole('button', { name: '退出所有设备' }).click();
  await page.getByRole('row').filter({ hasText: '工单 4712' }).waitFor();
  expect((await member.browser.get('/account')).status).toBe(401);
  expect(await pageFaults(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('a split person is shown in English, too, and released', async () => {
  const whole = await newPerson(world, { links: ['wechat'] });
  const [openid = ''] = whole.subjects.wechat;
  const other = await newPerson(world, { links: [{ provider: 'wechat', subject: openid }] });
  await world.browser().signInBy('wechat', whole.who);
  const { page } = await openDesk('en');
  await lookUp(page, 'wechat', openid);
  await page.getByRole('heading', { name: other.who }).waitFor();
  await page.getByText('belong to different accounts', { exact: false }).waitFor();
  await page.getByLabel('Reason').fill('two accounts of one person');
  await page.getByRole('button', { name: `Release ${openid} from account ${other.accountId}` }).click();
  await said(page, 'Done. The owner is told.');
  expect(await page.getByText('belong to different accounts', { exact: false }).count()).toBe(0);
  expect((await world.browser().signInBy('wechat', whole.who)).result).toBe('signed_in');
});

test('what is not found is said in words, in the language of the page', async () => {
  const { page } = await openDesk();
  await lookUp(page, 'account', 'nobody');
  await said(page, '没有成功：没有这个账号，或者它已注销。');
  await page.getByRole('button', { name: 'English' }).click();
  await lookUp(page, 'phone', '+8613899999999');
  await said(page, 'No account has this phone.');
  expect(await pageFaults(page)).toEqual([]);
});
