import type { Core, WithHmacKey } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { Identity, Subject } from '../linking/identity.ts';
import { epochSeconds } from '../linking/rules.ts';
import { methodSubjectAdded } from '../table/accounts.ts';
import { type Claim, claimKept, isKeptFromOthers, parseOwner, subjectsClaimed } from '../table/claims.ts';
import { commit, type Fragment, readItems, stale } from '../table/client.ts';
import { keys } from '../table/keys.ts';
import { retryWhenStale } from '../table/retry-when-stale.ts';
import type { FlowState } from '../table/states.ts';
import { openSession } from './open-session.ts';

interface SignedIn {
  readonly result: 'signed_in' | 'identity_unknown';
  readonly cookies?: string[];
}

const UNKNOWN: SignedIn = { result: 'identity_unknown' };

/** The account is gone, or has become a sub-account, whatever the claims say. */
class AccountNotOpen extends Error {
  override readonly name = 'AccountNotOpen';
}

/**
 * Signs in whoever an identity belongs to, found by any of its subjects; those that are not claimed yet, such as a unionid that
 * was not there when it was linked, are claimed with it. Where they belong to two accounts nobody is signed in.
 */
export async function signInByIdentity(
  dependencies: Core & WithHmacKey,
  caller: Caller,
  identity: Identity,
  flow: FlowState,
): Promise<SignedIn> {
  const { table, observer } = dependencies;
  const { provider, subjects, display } = identity;
  return retryWhenStale(table, async () => {
    const now = epochSeconds(dependencies.clock);
    const items = await readItems(
      table,
      subjects.map((subject) => keys.claim(provider, subject)),
    );
    const owned = new Map<Subject, Claim>();
    for (const subject of subjects) {
      const owner = parseOwner(items.get(keys.claim(provider, subject)));
      if (owner !== undefined) owned.set(subject, owner);
    }
    const [claim, ...others] = owned.values();
    if (claim === undefined) return UNKNOWN;
    if (others.some(({ accountId }) => accountId !== claim.accountId)) {
      observer.count('IdentitySplit');
      observer.error('the subjects of one person belong to two accounts', { provider });
      return UNKNOWN;
    }
    if (claim.relation === 'sub_account') return UNKNOWN;

    const { accountId, methodId, relation } = claim;
    const { flowId, intent } = flow;
    const lastFlow = { flowId, provider, intent, result: 'signed_in', at: now };
    const session = openSession(dependencies, caller, {
      accountId,
      openedBy: provider,
      methodId,
      display,
      now,
      lastFlow,
      accountGone: () => new AccountNotOpen(),
    });
    const isNew = (subject: Subject) =>
      !owned.has(subject) && !isKeptFromOthers(items.get(keys.claim(provider, subject)), accountId, now);
    const signedIn = await committed([
      ...[...owned].map(([subject, owner]) => claimKept(table, provider, subject, owner)),
      ...subjectsClaimed(
        table,
        provider,
        subjects.filter(isNew),
        { accountId, relation, methodId },
        { now, refusal: stale },
      ),
      ...subjects
        .filter(isNew)
        .map((subject) => methodSubjectAdded(table, accountId, { provider, methodId }, subject)),
      ...session.fragments,
    ]);
    if (!signedIn) return UNKNOWN;
    observer.count('SignedIn');
    return { result: 'signed_in', cookies: session.cookies };
  });

  async function committed(fragments: Fragment[]): Promise<boolean> {
    try {
      await commit(table, fragments);
      return true;
    } catch (error) {
      if (error instanceof AccountNotOpen) return false;
      throw error;
    }
  }
}
