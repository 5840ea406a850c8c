/// <reference lib="dom" />
import { expect, jest, test } from '@jest/globals';
import { shareWorld } from './hooks.ts';
import { openContext, row, scanAs } from './support.ts';

jest.setTimeout(60_000);
const shared = shareWorld();

/** What browsers have learned since those that the page is made for (`console/browsers.ts`), as far as scripts can tell. */
function forget(): void {
  const remove = (owner: object, ...names: string[]) => {
    for (const name of names) Reflect.deleteProperty(owner, name);
  };
  remove(AbortSignal, 'timeout', 'any');
  remove(AbortSignal.prototype, 'throwIfAborted');
  remove(Array.prototype, 'toSorted', 'toReversed', 'toSpliced', 'with');
  remove(Array, 'fromAsync');
  remove(Object, 'groupBy');
  remove(Map, 'groupBy');
  remove(Promise, 'withResolvers', 'try');
  remove(URL, 'canParse', 'parse');
  remove(String.prototype, 'isWellFormed', 'toWellFormed');
  remove(
    Set.prototype,
    'union',
    'intersection',
    'difference',
    'isSubsetOf',
    'isSupersetOf',
    'isDisjointFrom',
  );
  remove(Intl, 'DurationFormat');
  remove(Element.prototype, 'checkVisibility');
  remove(window, 'Iterator', 'requestIdleCallback', 'navigation');
}

test('an older browser signs in and opens a dialog, in the language that it asks for', async () => {
  const context = await openContext(shared.browser, { locale: 'en-US' });
  await context.addInitScript(forget);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${shared.world.urls.console}/sign-in`);
  await page.getByRole('link', { name: 'Sign in with QQ' }).click();
  await page.waitForURL(/oauth2\.0\/authorize/);
  // The provider's page speaks what the console spoke.
  await scanAs(page, 'ming');
  await row(page, 'email').getByRole('button', { name: 'Link email' }).click();
  await page.getByRole('dialog', { name: 'Link email · Verify it’s you' }).waitFor();
  expect(errors).toEqual([]);
  await context.close();
});

test('a callback that comes a second time leads to the account, and one in another browser says so', async () => {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  await page.goto(`${shared.world.urls.console}/sign-in`);
  const called = page.waitForRequest(/\/oauth\/qq\/callback/);
  await page.getByRole('link', { name: 'QQ 登录' }).click();
  await page.waitForURL(/oauth2\.0\/authorize/);
  await scanAs(page, 'ming');
  const callback = (await called).url();
  await row(page, 'email').waitFor();
  // As WeChat and QQ do it: the same page once more, in the tab that went there.
  await page.evaluate(() => sessionStorage.setItem('linking.same_tab', 'sign_in'));
  await page.goto(callback);
  await row(page, 'email').waitFor();

  const another = await openContext(shared.browser);
  const elsewhere = await another.newPage();
  await elsewhere.goto(callback);
  await elsewhere.getByText('请回到开始登录的浏览器').waitFor();
  await another.close();
  await context.close();
});

test('on a phone WeChat leads to what can be done there, a path that is none says so, and without scripts so does the page', async () => {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1';
  const context = await openContext(shared.browser, { userAgent, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  await page.goto(`${shared.world.urls.console}/sign-in`);
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.getByRole('heading', { name: '在手机上用微信登录' }).waitFor();
  await page.getByRole('button', { name: '复制链接' }).waitFor();
  await page.getByRole('link', { name: '用其他方式登录' }).click();
  await page.getByRole('form', { name: '邮箱登录' }).waitFor();
  await page.goto(`${shared.world.urls.console}/nowhere`);
  await page.getByRole('heading', { name: '页面不存在' }).waitFor();
  await context.close();

  const bare = await openContext(shared.browser, { javaScriptEnabled: false });
  const still = await bare.newPage();
  await still.goto(shared.world.urls.console);
  const said = still.locator('noscript');
  await said.waitFor();
  expect(await said.textContent()).toContain('This page needs JavaScript');
  await bare.close();
});

test('a code and its countdown belong to the address it was sent to, and signing in enters that account alone', async () => {
  const context = await openContext(shared.browser);
  const page = await context.newPage();
  await page.goto(`${shared.world.urls.console}/sign-in`);
  const address = page.getByRole('textbox', { name: '邮箱地址' });
  await address.fill('one@example.com，');
  await address.press('Enter');
  await page.getByText('one@example.com', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: '验证码' }).fill('12');
  // Another address may be tried at once, and knows nothing of the first one's code.
  await page.getByRole('button', { name: '更换邮箱' }).click();
  await address.fill('two＠example.com');
  await page.getByRole('button', { name: '发送验证码' }).click();
  await page.getByText('two@example.com', { exact: true }).waitFor();
  await expect(page.getByRole('textbox', { name: '验证码' }).inputValue()).resolves.toBe('');
  await page.reload();
  await page.getByText('two@example.com', { exact: true }).waitFor();
  await context.close();
});
