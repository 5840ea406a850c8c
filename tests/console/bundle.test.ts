import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cacheControl, contentSecurityPolicy } from '../../console/headers.ts';
import { toShadowRoot } from '../../console/shadow-styles.ts';

jest.setTimeout(120_000);

const ROOT = join(import.meta.dirname, '..', '..');
const API = 'https://api.example.com';
const FIRST_LOAD_MAX_BYTES = 200_000;

/** A build's files by their path from its root, `/` first. */
type Files = ReadonlyMap<string, Buffer>;

let folder: string;
let page: Files;
let element: Files;

async function build(config: string): Promise<Files> {
  const outDir = join(folder, config);
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--config', join(ROOT, 'console', config), '--outDir', outDir, '--emptyOutDir'],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production', VITE_API_ORIGIN: API } },
  );
  const paths = readdirSync(outDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(outDir.length).replaceAll('\\', '/'), readFileSync(path)];
    }),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'account-linking-page-'));
  [page, element] = await Promise.all([build('vite.config.ts'), build('vite.element.config.ts')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function text(files: Files, path: string): string {
  const file = files.get(path);
  if (!file) throw new Error(`${path} was not built`);
  return file.toString();
}

const matches = (of: string, pattern: RegExp) => [...of.matchAll(pattern)].map((match) => match[1] ?? '');

/** A script and everything it imports statically. */
function withImports(files: Files, path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const imports = matches(
    text(files, path),
    /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}$,\s]+from\s*)?["'](\.[^"']+)["']/g,
  );
  for (const specifier of imports) withImports(files, posix.join(posix.dirname(path), specifier), seen);
  return seen;
}

const zipped = (files: Files, paths: Iterable<string>) =>
  [...paths].reduce((sum, path) => sum + gzipSync(files.get(path) ?? '').length, 0);

const html = () => text(page, '/index.html');

function firstLoad(): Set<string> {
  const scripts = matches(html(), /<script[^>]*\ssrc="([^"]+)"/g);
  const preloaded = matches(html(), /<link rel="modulepreload"[^>]*\shref="([^"]+)"/g);
  return new Set([...scripts, ...preloaded].flatMap((path) => [...withImports(page, path)]));
}

describe('the page, as it is built', () => {
  test('loads less than 200 KB of JavaScript at first, gzipped', () => {
    const loaded = firstLoad();
    expect(loaded.size).toBeGreaterThan(3);
    expect(zipped(page, loaded)).toBeLessThan(FIRST_LOAD_MAX_BYTES);
  });

  test('leaves for later what few visits need: other parties’ checks, user agents, “this wasn’t me”', () => {
    const scripts = [...page.keys()].filter((path) => path.endsWith('.js'));
    const later = scripts.filter((path) => !firstLoad().has(path)).map((path) => posix.basename(path));
    expect(later.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).toSorted()).toEqual([
      'NotMePage',
      'browsers',
      'show',
    ]);
  });

  test('names no origin it might ask, but the API’s and those of human checks', () => {
    const origins = new Set<string>();
    for (const [path, file] of page) {
      if (!/\.(js|css|html)$/.test(path)) continue;
      for (const origin of matches(file.toString(), /((?:https?:)\/\/[a-z0-9.-]+)/gi)) origins.add(origin);
    }
    expect([...origins].toSorted()).toEqual([
      'http://www.w3.org',
      API,
      'https://challenges.cloudflare.com',
      'https://react.dev',
      'https://turing.captcha.qcloud.com',
    ]);
    // The first is of XML namespaces, and React's is of its error texts. A check is loaded by those only who meet it.
    const asked = [...firstLoad()].map((path) => text(page, path)).join('');
    expect(asked).not.toMatch(/challenges\.cloudflare|captcha\.qcloud/);
    expect(matches(asked, /(https:\/\/react\.dev\/\w+)/g).every((url) => url.endsWith('/errors'))).toBe(true);
    for (const [path, file] of page)
      if (path.endsWith('.css')) expect(file.toString()).not.toMatch(/@import|url\(/);
  });

  test('has nothing inline, so that its policy needs no exception', () => {
    expect(matches(html(), /<script(?![^>]*\ssrc=)([^>]*)>/g)).toEqual([]);
    expect(html()).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
    expect(matches(html(), /\s(?:src|href)="([^"]+)"/g).filter((url) => !/^\/(?!\/)/.test(url))).toEqual([]);
    for (const humanCheck of ['off', 'turnstile', 'tencent'] as const)
      expect(contentSecurityPolicy({ apiOrigin: API, humanCheck })).not.toMatch(
        /unsafe|\s\*[\s;]|data:|http:/,
      );
  });

  test('says what it is: language, title, description, and a width people may zoom', () => {
    expect(html()).toMatch(/<html lang="zh-CN">/);
    expect(html()).toMatch(/<title>[^<]{4,}<\/title>/);
    expect(html()).toMatch(/<meta name="description" content="[^"]{10,}"/);
    expect(html()).toMatch(/<meta name="viewport" content="width=device-width, initial-scale=1"/);
    expect(html()).not.toMatch(/user-scalable|maximum-scale/);
  });

  test('may be cached for good where the name tells the content, and nowhere else', () => {
    const permanent = [...page.keys()].filter((path) => cacheControl(path).includes('immutable'));
    expect(permanent.length).toBeGreaterThan(5);
    for (const path of permanent) expect(path).toMatch(/^\/assets\/[\w-]+-[\w-]{8}\.(js|css)$/);
    expect(cacheControl('/index.html')).toBe('no-cache');
    expect(cacheControl('/boot.js')).toBe('no-cache');
  });
});

describe('the custom element, as it is built', () => {
  test('is three scripts, its styles within, of less than 200 KB gzipped; and its types', () => {
    const names = [...element.keys()].map((path) => path.replace(/-[\w-]{8}\.js$/, '-….js')).toSorted();
    expect(names).toEqual([
      '/account-linking.d.ts',
      '/account-linking.js',
      '/oauth-result.js',
      '/shared-….js',
    ]);
    expect(zipped(element, withImports(element, '/account-linking.js'))).toBeLessThan(FIRST_LOAD_MAX_BYTES);
    expect(zipped(element, withImports(element, '/oauth-result.js'))).toBeLessThan(5_000);
  });

  test('leaves the page around it alone: its rules are of its shadow root, and nothing is written into the head', () => {
    const script = text(element, '/account-linking.js');
    expect(script).toContain(':host([theme-mode=dark])');
    expect(script).not.toMatch(/:root|__TDESIGN_ICON_STYLE__/);
    expect(script).not.toMatch(/process\.env/);
  });

  test.each([
    [':root{--a:1}', ':host{--a:1}'],
    ['html:root[theme-mode="dark"]{--a:1}', ':host([theme-mode="dark"]){--a:1}'],
    [':root.dark,:root[theme-mode=dark]{}', ':host(.dark),:host([theme-mode=dark]){}'],
    ['html:lang(en){--a:1}', ':host(:lang(en)){--a:1}'],
    ['html[theme-mode=dark] .t-button{}', ':host([theme-mode=dark]) .t-button{}'],
    ['html,body{margin:0}', 'html,body{margin:0}'],
  ])('says %j of the shadow root as %j', (css, said) => expect(toShadowRoot(css)).toBe(said));
});
