import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'hono';
import { Hono } from 'hono';

const FOLDER = join(import.meta.dirname, 'page');
const TYPES = {
  'cards.css': 'text/css; charset=utf-8',
  'inbox.css': 'text/css; charset=utf-8',
  'account-events.js': 'text/javascript; charset=utf-8',
  'cards.js': 'text/javascript; charset=utf-8',
  'inbox.js': 'text/javascript; charset=utf-8',
  'texts.js': 'text/javascript; charset=utf-8',
} as const;
type Name = keyof typeof TYPES;

/** Mails are shown in frames that share this policy, and may have styles of their own; scripts come from here only. */
const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface InboxPage {
  /** Answers with the page, which shows messages and events. */
  readonly show: (context: Context) => Response;
  /** Its files, below `/page`. */
  readonly files: Hono;
}

/** A browser, which is to get the page; whatever else asks wants the data. */
export const wantsPage = (context: Context): boolean =>
  context.req.header('accept')?.includes('text/html') === true;

export async function readInboxPage(): Promise<InboxPage> {
  const read = (name: string) => readFile(join(FOLDER, name), 'utf8');
  const page = await read('index.html');
  const names = Object.keys(TYPES) as Name[];
  const contents = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  const files = new Hono();
  for (const name of names)
    files.get(`/${name}`, (context) =>
      context.body(contents.get(name) ?? '', 200, { 'content-type': TYPES[name] }),
    );
  return {
    files,
    show: (context) => {
      context.header('content-security-policy', POLICY);
      return context.html(page) as Response;
    },
  };
}
