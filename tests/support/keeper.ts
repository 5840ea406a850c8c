import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleBuilt, startConsoleBuild } from '../../local/console.ts';
import { startDynamoDBLocal } from '../../local/dynamodb.ts';
import { KEEPER_URL, type Kept, type KeptName } from './kept.ts';
import { PACKAGED_WITH, PROD_SETTINGS, packageService } from './packaged.ts';

/**
 * What a run of Jest makes once and its test files share, whichever workers they run in. This is Jest's global setup; a file asks for
 * a thing by `kept.ts`, and the first to ask has it made.
 */

/** How to end or remove what was made. */
const ends: (() => unknown)[] = [];

type About = Readonly<Record<string, string>>;

/** What the console is built with in the place of the API's origin, which is another one for each world. */
const ANY_ORIGIN = 'https://any-api.example.com';

const isCode = (file: string) => /\.(js|css|html)$/.test(file);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'account-linking-console-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const builds = new Map<string, Promise<string>>();

/** Builds page and element once for all worlds whose other settings are the same. @returns the folder */
function buildConsole(settings: About): Promise<string> {
  const build = async () => {
    const folder = newFolder();
    const { PATH = '', HOME = '' } = process.env;
    const environment = { PATH, HOME, ...settings, VITE_API_ORIGIN: ANY_ORIGIN };
    const start = (what: 'page' | 'element') =>
      consoleBuilt(startConsoleBuild(what, folder, environment, () => undefined));
    await Promise.all([start('page'), start('element')]);
    return folder;
  };
  const key = new URLSearchParams(settings).toString();
  const found = builds.get(key) ?? build();
  builds.set(key, found);
  return found;
}

const MAKERS: { readonly [Name in KeptName]: (about: About) => Promise<Kept[Name]> } = {
  store: async () => {
    const { endpoint, stop } = await startDynamoDBLocal({ databases: 'by access key' });
    ends.push(stop);
    return { endpoint };
  },
  package: async () => {
    const { folder, remove } = await packageService(PACKAGED_WITH, PROD_SETTINGS);
    ends.push(remove);
    return { folder };
  },
  chromium: async () => {
    const { default: chromium } = await import('@sparticuz/chromium');
    return { executablePath: await chromium.executablePath() };
  },
  console: async ({ VITE_API_ORIGIN: origin = '', ...told }) => {
    const built = await buildConsole(told);
    const folder = newFolder();
    cpSync(built, folder, { recursive: true });
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isCode)) {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(ANY_ORIGIN, origin));
    }
    return { folder };
  },
};

const made = new Map<string, Promise<unknown>>();

function make(path: string): Promise<unknown> {
  const { pathname, searchParams } = new URL(path, 'http://keeper');
  const found = made.get(path) ?? MAKERS[pathname.slice(1) as KeptName](Object.fromEntries(searchParams));
  made.set(path, found);
  return found;
}

let server: Server;

export default async function setup(): Promise<void> {
  server = createServer((request, response) => {
    // Workers ask seldom: a connection that was kept for the next time may be just about to be closed then.
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
    make(request.url ?? '').then(
      (thing) => answer(200, thing),
      (error: unknown) => answer(500, String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A run whose tests ask for nothing ends without it.
  server.unref();
  process.env[KEEPER_URL] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function teardown(): Promise<void> {
  server.close();
  await Promise.all(ends.map((end) => end()));
}
