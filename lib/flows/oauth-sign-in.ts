import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type Identity, isOAuthProvider, type Provider } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { accountThere, methodKept, methodRenamed, readAccountMethod } from '../table/accounts.ts';
import { type Ownership, readOwnership, subjectsClaimed } from '../table/claims.ts';
import { commit, stale } from '../table/client.ts';
import { splitMarked } from '../table/splits.ts';
import type { FlowState } from '../table/states.ts';
import { retryWhenStale } from '../table/views.ts';
import { refuseSuspended, refuseSuspendedAccount, signIn } from './open-session.ts';

/** Who came from a provider, as far as it told. */
export interface IdentifiedPerson extends Identity {
  /** `display` is the person's own nickname. */
  readonly isNamed: boolean;
  /** There is no unionid that nothing told. */
  readonly isWhole: boolean;
}

interface SignedIn {
  readonly result: 'signed_in' | 'identity_unknown' | 'method_suspended' | 'account_suspended';
  readonly cookies?: string[];
}

const UNKNOWN: SignedIn = { result: 'identity_unknown' };

/** The account is gone, or has become a sub-account, whatever the claims say. */
class AccountNotOpen extends Error {
  override readonly name = 'AccountNotOpen';
}

/**
 * Signs in to the account that owns an identity, found by any of its subjects; those that are not claimed yet, such as a unionid that
 * there was none of when it was linked, are claimed with it. If they belong to two accounts, nobody is signed in. The method is from now on
 * called by the nickname that the person has now.
 *
 * @throws Problem `provider_failed` if the person is unknown by what the provider told, and it did not tell all
 */
export async function signInByIdentity(
  dependencies: Core & WithKeys,
  caller: Caller,
  person: IdentifiedPerson,
  flow: FlowState,
): Promise<SignedIn> {
  const { table, observer } = dependencies;
  const { provider, subjects, isNamed, isWhole } = person;
  return retryWhenStale(table, async () => {
    const now = epochSeconds(dependencies.clock);
    const { claims, isFree } = await readOwnership(table, provider, subjects);
    const [claim, ...others] = claims.values();
    if (claim === undefined) {
      if (!isWhole) throw new Problem('provider_failed');
      return UNKNOWN;
    }
    if (others.some(({ accountId }) => accountId !== claim.accountId)) {
      observer.count('IdentitySplit');
      observer.error('the subjects of one person belong to two accounts', { provider });
      await markSplit(dependencies, provider, claims, now);
      return UNKNOWN;
    }
    if (claim.relation === 'sub_account') return UNKNOWN;

    const { accountId, methodId, relation, suspended } = claim;
    const known = isNamed ? undefined : (await readAccountMethod(table, accountId, provider)).method;
    const display = known?.display ?? person.display;
    const { flowId, intent } = flow;
    const lastFlow = { flowId, provider: flow.provider, intent, result: 'signed_in', at: now };
    const by = { accountId, openedBy: provider, methodId, display, subjects, now, lastFlow } as const;
    const accountGone = () => new AccountNotOpen();
    // What the identity is claimed by changes only with the id of its method, and so does whether that is suspended.
    const kept = methodKept(table, { accountId, provider, methodId });
    try {
      if (suspended) {
        await refuseSuspended(dependencies, caller, { ...by, accountGone }, [kept]);
        return { result: 'method_suspended' };
      }
      const added = subjects.filter((subject) => isFree(subject, accountId, now));
      const { cookies } = await signIn(dependencies, caller, { ...by, accountGone }, [
        ...subjectsClaimed(
          table,
          provider,
          added,
          { accountId, relation, methodId },
          { now, refusal: stale },
        ),
        methodRenamed(table, accountId, { provider, methodId, display }, added),
      ]);
      observer.count('SignedIn');
      return { result: 'signed_in', cookies };
    } catch (error) {
      if (error instanceof AccountNotOpen) return UNKNOWN;
      if (!(error instanceof Problem) || error.code !== 'account_suspended') throw error;
      await refuseSuspendedAccount(dependencies, caller, by, [kept]);
      return { result: 'account_suspended' };
    }
  });
}

/** So that an operator finds the split in each of the accounts. @throws StaleView if one of them is gone by now */
async function markSplit(
  { table }: Core,
  provider: Provider,
  claims: Ownership['claims'],
  now: EpochSeconds,
): Promise<void> {
  if (!isOAuthProvider(provider)) return;
  const ids = new Set([...claims.values()].map(({ accountId }) => accountId));
  await commit(table, [
    ...[...ids].map((id) => accountThere(table, id)),
    ...splitMarked(table, provider, claims, now),
  ]);
}
