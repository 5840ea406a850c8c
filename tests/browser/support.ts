import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import chromiumForLinux from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { worldEnvironment } from '../../local/environment.ts';
import { freePort } from '../../local/ports.ts';
import { startWorld, type World } from '../../local/world.ts';

/** Of the image in README.md and of those that show a failure. */
const VIEWPORT = { width: 1440, height: 900 };

/** The whole local world, on free ports and with settings of the test's own. */
export async function startLocalWorld(settings: Record<string, string> = {}): Promise<World> {
  const names = ['CONSOLE_PORT', 'API_PORT', 'INBOX_PORT', 'PROVIDERS_PORT', 'DYNAMODB_PORT'];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())] as const));
  // The tests' own settings, made for the functions without a local world, must not reach this one.
  const { PATH, HOME, JAVA_HOME } = process.env;
  return startWorld(worldEnvironment({ PATH, HOME, JAVA_HOME, ...Object.fromEntries(ports), ...settings }));
}

/** Chromium comes by npm for Linux; elsewhere the installed Chrome is used. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  // Without web security a page could do what no customer's browser lets it, and broken CORS would never be seen.
  const args = chromiumForLinux.args.filter((argument) => argument !== '--disable-web-security');
  return chromium.launch({
    executablePath: await chromiumForLinux.executablePath(),
    args: [...args, '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    headless: true,
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

/** Waits until more than `seen` messages have come, and gives the newest one's code. */
export async function nextCode(world: World, to: string, seen: number): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const messages = await messagesTo(world, to);
    const code = messages[0]?.code;
    if (messages.length > seen && code) return code;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no new message came');
}

/** A browser of its own that fails the test by anything the page writes to its console as an error. */
export async function openContext(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: 'zh-CN', ...options });
  context.setDefaultTimeout(15_000);
  return context;
}

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');

/** Keeps a picture of a page. Those checked in are made anew only when they are asked for: fonts differ between machines. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const path = join(IMAGES, `${name}.png`);
  if (existsSync(path) && process.env['UPDATE_PICTURES'] !== '1') return;
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, animations: 'disabled' });
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

export type { Browser, BrowserContext, Page, World };
