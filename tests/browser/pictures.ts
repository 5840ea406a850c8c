/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import optimise, { init } from '@jsquash/oxipng/optimise.js';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import QRCode from 'qrcode';
import { LANGUAGES } from '../../lib/linking/language.ts';
import { CUSTOMERS, importCast } from './cast.ts';
import { atPictureTime, PICTURE_TIME, PICTURE_ZONE } from './fixed-time.ts';
import { type Look, PICTURES } from './picture-list.ts';
import { Stage } from './stage.ts';
import { launchBrowser, openContext, startLocalWorld, type World } from './support.ts';
import { tour } from './tour/index.ts';
import { type Language, wordsIn } from './words.ts';

/**
 * `npm run pictures`: makes every picture of docs/guide.md and docs/guide.zh.md anew, in docs/images/guide, by leading a
 * customer through the local world.
 */

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images', 'guide');
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 375, height: 812 } };
const SHOWN_CODE = '246810';
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';

/** On Linux the browser has no fonts of its own. @throws a sentence where Chinese can't be drawn */
function checkFonts(): void {
  if (process.platform !== 'linux') return;
  let fonts = '';
  try {
    fonts = execFileSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' });
  } catch {
    throw new Error(
      'fc-list is missing: install fontconfig, and a font with Chinese such as fonts-noto-cjk.',
    );
  }
  if (fonts.trim() === '')
    throw new Error(
      'No font with Chinese is installed. On Debian and Ubuntu: apt-get install fonts-noto-cjk',
    );
}

/** What would be another one each time: the hour, and the code that WeChat's page shows. */
async function holdStill(context: BrowserContext, { urls }: World): Promise<void> {
  // Half a second before it, so that no countdown is about to change.
  await context.clock.setFixedTime(Date.parse(PICTURE_TIME) - 500);
  await context.route(`${urls.api}/**`, async (route) => {
    if (!['fetch', 'xhr'].includes(route.request().resourceType())) return route.fallback();
    const response = await route.fetch();
    const { date: _date, ...headers } = response.headers();
    const body = await response.text();
    if (body === '') return route.fulfill({ response, headers });
    await route.fulfill({ response, headers, json: atPictureTime(JSON.parse(body)) });
  });
  const svg = await QRCode.toString('https://open.weixin.qq.com/connect/confirm?uuid=picture', {
    type: 'svg',
    margin: 2,
  });
  await context.route('**/connect/qrcode/*', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: svg }),
  );
}

/** Covers a code with digits for the eye alone: those that were sent are others each time. */
async function coverCode(page: Page): Promise<void> {
  await page.evaluate((shown) => {
    for (const input of document.querySelectorAll<HTMLInputElement>('.code-field__input')) {
      if (input.value.length !== shown.length) continue;
      const cover = input.cloneNode() as HTMLInputElement;
      cover.value = shown;
      cover.dataset['cover'] = '';
      input.style.color = 'transparent';
      input.after(cover);
    }
  }, SHOWN_CODE);
}

async function uncoverCode(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const input of document.querySelectorAll<HTMLInputElement>('.code-field__input')) {
      if (input.dataset['cover'] === undefined) input.style.color = '';
      else input.remove();
    }
  });
}

/** A part that is higher than the window would be seen behind the header. */
async function makeRoom(page: Page, part: Locator, { width, height }: { width: number; height: number }) {
  const box = await part.boundingBox();
  await page.setViewportSize({ width, height: Math.max(height, Math.ceil((box?.height ?? 0) + 200)) });
  await part.scrollIntoViewIfNeeded();
}

async function shoot(page: Page, part: Locator | Page | undefined, look: Look, path: string): Promise<void> {
  const size = SIZES[look.size ?? 'desktop'];
  const target = look.whole ? page : (part ?? page);
  await page.mouse.move(0, 0);
  await page.setViewportSize(size);
  await page.evaluate((mode) => {
    window.scrollTo(0, 0);
    document.documentElement.setAttribute('theme-mode', mode);
  }, look.mode ?? 'light');
  await coverCode(page);
  if (!('close' in target)) await makeRoom(page, target, size);
  const taken = await target.screenshot({ animations: 'disabled', caret: 'hide' });
  await writeFile(path, await shrink(taken));
  await uncoverCode(page);
}

/** The same picture in a fifth fewer bytes than Chromium writes: they are all cloned with the repository. */
async function shrink(png: Buffer): Promise<Buffer> {
  return Buffer.from(await optimise(new Uint8Array(png).buffer, { level: 3 }));
}

async function makePictures(
  world: World,
  browser: Awaited<ReturnType<typeof launchBrowser>>,
  language: Language,
) {
  const folder = join(IMAGES, language === 'en' ? 'en' : 'zh');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const context = await openContext(browser, {
    locale: language,
    timezoneId: PICTURE_ZONE,
    userAgent: USER_AGENT,
    reducedMotion: 'reduce',
    colorScheme: 'light',
  });
  await context.addInitScript((chosen) => {
    if (window.origin !== 'null') localStorage.setItem('console.language', chosen);
  }, language);
  await holdStill(context, world);
  const page = await context.newPage();
  const words = wordsIn(language);
  const stage = new Stage({
    world,
    context,
    page,
    words,
    customer: CUSTOMERS[language],
    retouch: atPictureTime,
  });
  await tour(stage, async (state, part) => {
    for (const look of PICTURES.filter((picture) => picture.state === state)) {
      await shoot(page, part, look, join(folder, look.file));
    }
    await page.setViewportSize(SIZES.desktop);
    await page.evaluate(() => document.documentElement.setAttribute('theme-mode', 'light'));
  });
  await context.close();
  const made = await readdir(folder);
  const missing = PICTURES.filter(({ file }) => !made.includes(file));
  if (missing.length > 0) throw new Error(`not made: ${missing.map(({ file }) => file).join(', ')}`);
  console.log(`${made.length} pictures in ${folder}`);
}

try {
  checkFonts();
  const oxipng = fileURLToPath(import.meta.resolve('@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm'));
  await init(await WebAssembly.compile(await readFile(oxipng)));
  // Who sees everything is sent more codes than an account is in ten minutes.
  const world = await startLocalWorld({ SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' });
  const browser = await launchBrowser();
  try {
    await importCast(world);
    for (const language of LANGUAGES) await makePictures(world, browser, language);
  } finally {
    await browser.close();
    await world.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
