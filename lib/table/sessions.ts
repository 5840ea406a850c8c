import * as z from 'zod/mini';
import { type AccountId, type LastFlow, type Session, sessionExpiresAt } from '../linking/account.ts';
import { OAUTH_PROVIDERS, WAYS_IN } from '../linking/identity.ts';
import type { EpochSeconds, Rules } from '../linking/rules.ts';
import type { TokenHash } from '../linking/secrets.ts';
import type { SessionRef } from '../linking/session.ts';
import {
  ABSENT,
  commit,
  type Fragment,
  type Item,
  put,
  queryItems,
  remove,
  StaleView,
  stale,
  type Table,
  update,
} from './client.ts';
import { keys } from './keys.ts';

const sessionSchema = z.object({
  openedBy: z.enum(WAYS_IN),
  methodId: z.string(),
  expiresAt: z.int(),
  endsAt: z.int(),
  openedAt: z.optional(z.int()),
  lastSeenAt: z.optional(z.int()),
  device: z.optional(z.string()),
  ip: z.optional(z.string()),
  lastFlow: z.optional(
    z.object({
      flowId: z.string(),
      provider: z.enum(OAUTH_PROVIDERS),
      intent: z.enum(['link', 'replace', 'sign_in']),
      result: z.nullable(z.string()),
      at: z.int(),
    }),
  ),
  dismissed: z.optional(z.set(z.string())),
});

export function parseSession(item: Item, ref: SessionRef): Session {
  const session = sessionSchema.parse(item);
  return { ...ref, ...session } as Session;
}

export function sessionCreated(table: Table, session: Session): Fragment {
  const { accountId, hash, ...item } = session;
  return put(table, keys.session(accountId, hash), item, ABSENT, stale);
}

/** The session that a new sign-in replaces is gone; it may have been gone before. */
export function sessionReplaced(table: Table, ref: SessionRef): Fragment {
  return {
    write: { Delete: { TableName: table.name, Key: keys.session(ref.accountId, ref.hash) } },
    refusal: stale,
  };
}

export interface SessionUse {
  readonly now: EpochSeconds;
  readonly rules: Rules;
  /** An OAuth flow that starts: from now on it is the session's last. */
  readonly startsFlow?: LastFlow;
  /** The result of an OAuth flow: of the session's last one, as long as it has none. */
  readonly endsFlow?: LastFlow;
  /** A notice that it is shown no more. */
  readonly dismisses?: string;
  /** The new id of its method, which ends every other session that the method opened. */
  readonly methodId?: string;
}

/** The session is open, and is used now. */
export function sessionUsed(
  table: Table,
  session: Session,
  { now, rules, startsFlow, endsFlow, dismisses, methodId }: SessionUse,
): Fragment {
  const lastFlow = startsFlow ?? endsFlow;
  const isStillOpen = ' AND lastFlow.flowId = :flowId AND lastFlow.#result = :none';
  const change = [
    'SET expiresAt = :renewed, lastSeenAt = :now',
    ...(lastFlow ? [', lastFlow = :lastFlow'] : []),
    ...(methodId === undefined ? [] : [', methodId = :methodId']),
    ...(dismisses === undefined ? [] : [' ADD dismissed :dismissed']),
  ];
  return update(
    table,
    keys.session(session.accountId, session.hash),
    change.join(''),
    {
      if: `expiresAt > :now${endsFlow ? isStillOpen : ''}`,
      ...(endsFlow && { names: { '#result': 'result' } }),
      values: {
        ':now': now,
        ':renewed': sessionExpiresAt(session.endsAt, now, rules),
        ...(lastFlow && { ':lastFlow': lastFlow }),
        ...(methodId !== undefined && { ':methodId': methodId }),
        ...(dismisses !== undefined && { ':dismissed': new Set([dismisses]) }),
        ...(endsFlow && { ':flowId': endsFlow.flowId, ':none': null }),
      },
    },
    stale,
  );
}

/**
 * Renews a session that was used by a read alone.
 *
 * @returns false if it has ended by now: then it stays ended
 */
export async function renewSession(
  table: Table,
  session: Session,
  now: EpochSeconds,
  rules: Rules,
): Promise<boolean> {
  try {
    await commit(table, [sessionUsed(table, session, { now, rules })]);
    return true;
  } catch (error) {
    if (error instanceof StaleView) return false;
    throw error;
  }
}

/** Every session of the account that is kept, those that have ended among them, in no order. */
export async function readSessions(table: Table, id: AccountId): Promise<Session[]> {
  const { pk, sk: prefix } = keys.session(id, '' as TokenHash);
  const items = await queryItems(table, { pk, prefix });
  return items.map((item) => {
    const hash = String(item['sk']).slice(prefix.length) as TokenHash;
    const { openedBy } = sessionSchema.parse(item);
    return parseSession(item, { accountId: id, openedBy, hash });
  });
}

/** A session is gone, that was still there. */
export function sessionEnded(table: Table, { accountId, hash }: SessionRef): Fragment {
  return remove(table, keys.session(accountId, hash), { if: 'attribute_exists(pk)' }, stale);
}

/** Ends a session, whether or not it is still there. */
export async function endSession(table: Table, ref: SessionRef): Promise<void> {
  await table.documents.send('DeleteItem', {
    TableName: table.name,
    Key: keys.session(ref.accountId, ref.hash),
  });
}
