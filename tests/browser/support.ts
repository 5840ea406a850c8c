/// <reference lib="dom" />
import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import chromiumForLinux from '@sparticuz/chromium';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { buildEnvironment } from '../../console/page-settings.ts';
import { worldEnvironment } from '../../local/environment.ts';
import { freePort } from '../../local/ports.ts';
import { startWorld, type World } from '../../local/world.ts';
import { KEEPER_URL, kept } from '../support/kept.ts';

const VIEWPORT = { width: 1440, height: 900 };

/** The pictures are taken by a program of its own, which builds its console itself. */
const isRunOfTests = KEEPER_URL in process.env;

/** A table of its own in the run's own DynamoDB Local: to start one for each world takes longer than all that is asked of it. */
async function tableOfRun() {
  const { endpoint } = await kept('store');
  return { DYNAMODB_PORT: new URL(endpoint).port, TABLE_NAME: `world-${randomUUID()}` };
}

/**
 * The whole local world, on free ports and with settings of the test's own.
 *
 * @param hasStore whether it uses the DynamoDB Local that the run has, instead of one of its own
 */
export async function startLocalWorld(
  settings: Record<string, string> = {},
  hasStore = isRunOfTests,
): Promise<World> {
  const names = ['CONSOLE_PORT', 'API_PORT', 'INBOX_PORT', 'PROVIDERS_PORT'];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())] as const));
  // The tests' own settings, made for the functions without a local world, must not reach this one.
  const { PATH, HOME, JAVA_HOME } = process.env;
  const environment = worldEnvironment({
    PATH,
    HOME,
    JAVA_HOME,
    ...Object.fromEntries(ports),
    ...(hasStore ? await tableOfRun() : { DYNAMODB_PORT: String(await freePort()) }),
    ...settings,
  });
  const built = isRunOfTests ? await kept('console', buildEnvironment(environment.api)) : undefined;
  return startWorld(environment, { builtConsole: built?.folder, hasStore });
}

/**
 * Arguments for a Lambda function's browser. Without web security a page could do what no customer's browser lets it, and broken
 * CORS would never be seen; in a single process, a context that is closed takes the browser with it.
 */
const NOT_LIKE_A_CUSTOMER = ['--disable-web-security', '--single-process', '--no-zygote'];

/** Pages are drawn through it faster than through files. A container may have 64 MiB of it, which a page outgrows. */
function hasSharedMemory(): boolean {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= 2 ** 30;
  } catch {
    return false;
  }
}

/** Chromium comes by npm for Linux; elsewhere the installed Chrome is used. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  // The page draws nothing by WebGL, and a graphics card in software costs as much as all the rest of a browser.
  chromiumForLinux.setGraphicsMode = false;
  const args = chromiumForLinux.args.filter((argument) => !NOT_LIKE_A_CUSTOMER.includes(argument));
  const { executablePath } = isRunOfTests
    ? await kept('chromium')
    : { executablePath: await chromiumForLinux.executablePath() };
  return chromium.launch({
    executablePath,
    args: [...args, '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    headless: true,
    ignoreDefaultArgs: hasSharedMemory() ? ['--disable-dev-shm-usage'] : [],
  });
}

export interface Message {
  readonly channel: 'sms' | 'email';
  readonly code: string | null;
  readonly text: string;
}

/** What was sent to a phone or address, newest first. */
export async function messagesTo(world: World, to: string): Promise<Message[]> {
  const reply = await fetch(`${world.urls.inbox}/messages?to=${encodeURIComponent(to)}`);
  return (await reply.json()) as Message[];
}

/** The codes that were sent to a phone or address, newest first; notices come between them. */
export async function codesTo(world: World, to: string): Promise<string[]> {
  return (await messagesTo(world, to)).flatMap(({ code }) => code ?? []);
}

/** Waits until more than `seen` codes have come, and gives the newest. */
export async function nextCode(world: World, to: string, seen: number): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const codes = await codesTo(world, to);
    if (codes.length > seen && codes[0]) return codes[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no new message came');
}

/** A browser of its own. */
export async function openContext(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: 'zh-CN', ...options });
  context.setDefaultTimeout(15_000);
  return context;
}

/** Lets the person choose who scans, in the window that WeChat or QQ opened in. */
export async function scanAs(page: Page, who: string): Promise<void> {
  const url = new URL(page.url());
  url.searchParams.set('scan_as', who);
  await page.goto(url.href).catch((error: unknown) => {
    // The window closes itself once it has told the page.
    if (!page.isClosed()) throw error;
  });
}

/** The same in a window that tells the page of it, until it has closed itself: a click before that would open it once more. */
export async function scanInWindow(window: Page, who: string): Promise<void> {
  const closed = window.waitForEvent('close');
  await scanAs(window, who);
  await closed;
}

export const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
export const row = (page: Page, provider: string) => page.locator(`tr[data-provider=${provider}]`);

/** Presses the button that sends a code, and gives the code once it has come and the page says that it was sent. */
async function send(world: World, form: Locator, to: string): Promise<string> {
  const seen = (await codesTo(world, to)).length;
  await form.getByRole('button', { name: /发送验证码/ }).click();
  await form.getByRole('button', { name: /秒后可重发/ }).waitFor();
  return nextCode(world, to, seen);
}

export function sendIn(world: World, page: Page, name: string, to: string): Promise<string> {
  return send(world, dialog(page, name), to);
}

/** From the sign-in page, in Chinese. */
export async function signInByEmail(world: World, page: Page, address: string): Promise<void> {
  const form = page.getByRole('form', { name: '邮箱登录' });
  await form.getByRole('textbox', { name: '邮箱地址' }).fill(address);
  await form.getByRole('textbox', { name: '验证码' }).fill(await send(world, form, address));
  await form.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('heading', { name: '账号信息' }).waitFor();
}

/** By the sign-in page, in Chinese, and the stand-in's page of people. */
export async function signInByWeChat(world: World, page: Page, person: string): Promise<void> {
  await page.goto(`${world.urls.console}/sign-in`);
  await page.getByRole('link', { name: '微信登录' }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, person);
  await row(page, 'email').waitFor();
}

/** What has the focus, by the name a screen reader would say. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return '';
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    return (
      element?.getAttribute('aria-label') ??
      labels[0]?.textContent ??
      element?.textContent ??
      ''
    ).trim();
  });
}

/** Presses Tab until what has the focus is called so. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    const focused = await focusedName(page);
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${name}`);
}

export type { Browser, Page, World };
