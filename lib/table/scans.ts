import * as z from 'zod/mini';
import type { FlowIntent } from '../linking/account.ts';
import type { Identity, OAuthProviderName, Subject } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { openWith, sealWith } from '../linking/sealed.ts';
import { hashToken, type Randomness, type Token, type TokenHash } from '../linking/secrets.ts';
import { ABSENT, type Fragment, put, readItems, remove, stale, type Table } from './client.ts';
import { keys } from './keys.ts';
import { flowIntent, oauthProvider } from './states.ts';

/** Who scanned in a window, until the session that began the flow says that it was its own. */
export interface Scan {
  readonly flowId: string;
  readonly provider: OAuthProviderName;
  readonly intent: FlowIntent;
  readonly sessionHash: TokenHash;
  readonly identity: Identity;
  readonly expiresAt: EpochSeconds;
}

const scanSchema = z.object({
  flowId: z.string(),
  provider: oauthProvider,
  intent: flowIntent,
  sessionHash: z.string(),
  /** Who it was, for the holder of the code alone: what nobody asks for is read by nobody until TTL deletes it. */
  sealed: z.string(),
  expiresAt: z.int(),
});
const personSchema = z.object({ subjects: z.array(z.string()).check(z.minLength(1)), display: z.string() });

/** @param code is stored as a hash only */
export function scanKept(
  table: Table,
  code: Token,
  { identity, ...scan }: Scan,
  random: Randomness,
): Fragment {
  const { subjects, display } = identity;
  const sealed = sealWith(code, JSON.stringify({ subjects, display }), random);
  return put(table, keys.scan(hashToken(code)), { ...scan, sealed }, ABSENT, stale);
}

/** @returns undefined if there is none, or none any more */
export async function readScan(table: Table, code: Token): Promise<Scan | undefined> {
  const key = keys.scan(hashToken(code));
  const item = (await readItems(table, [key])).get(key);
  if (item === undefined) return undefined;
  const { sealed, ...scan } = scanSchema.parse(item);
  const { subjects, display } = personSchema.parse(JSON.parse(openWith(code, sealed)));
  const { provider } = scan;
  const identity: Identity = { provider, subjects: subjects as Subject[], display };
  return { ...scan, sessionHash: scan.sessionHash as TokenHash, identity };
}

/** It is good once, and in time; nothing is left of it. */
export function scanUsed(table: Table, code: Token, now: EpochSeconds): Fragment {
  const isGood = { if: 'expiresAt > :now', values: { ':now': now } };
  return remove(table, keys.scan(hashToken(code)), isGood, stale);
}
