import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Words } from './usage.ts';

/** What bench/growth.ts measures of an account that has much, and what docs/scale.md says of it. */

/** What is asked of it, in this order. */
export const GROWTH = {
  showAccount: { en: '`GET /account`', zh: '`GET /account`' },
  listSessions: { en: '`GET /sessions`', zh: '`GET /sessions`' },
  showHistory: { en: '`GET /account/history`', zh: '`GET /account/history`' },
  signIn: { en: 'signing in by QQ', zh: '用 QQ 登录' },
  linkEmail: { en: '`POST /links/email`', zh: '`POST /links/email`' },
  unlink: { en: '`DELETE /links/wechat`', zh: '`DELETE /links/wechat`' },
  endAllSessions: { en: '`DELETE /sessions`', zh: '`DELETE /sessions`' },
  close: { en: 'closing and erasing it', zh: '注销并清除' },
} as const satisfies Readonly<Record<string, Words>>;

export interface UnitsOf {
  readonly read: number;
  readonly write: number;
}

/** An account with so many of something. */
export interface Grown {
  readonly count: number;
  /** In its partition, before anything is asked of it. */
  readonly items: number;
  readonly bytes: number;
  /** Without what such an account can't be asked for. */
  readonly units: Readonly<Partial<Record<keyof typeof GROWTH, UnitsOf>>>;
}

export interface GrowthReport {
  readonly methods: readonly Grown[];
  readonly sessions: readonly Grown[];
  readonly events: readonly Grown[];
}

export const GROWN_FILE = join(import.meta.dirname, 'growth.json');

export const readGrown = () => JSON.parse(readFileSync(GROWN_FILE, 'utf8')) as GrowthReport;
