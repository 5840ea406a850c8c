import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, type LastFlow, type Method, shownDisplay } from '../linking/account.ts';
import type { Challenge } from '../linking/challenge.ts';
import type { Identity } from '../linking/identity.ts';
import { listDestinations } from '../linking/notice.ts';
import type { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import { methodCreated, methodRemoved } from '../table/accounts.ts';
import { checkChanged } from '../table/challenges.ts';
import { subjectsClaimed, subjectsReleased } from '../table/claims.ts';
import { commit, type Fragment } from '../table/client.ts';
import { sessionStillOpen, stillSignedIn } from '../table/views.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';

interface Change {
  readonly view: AccountView;
  readonly now: EpochSeconds;
  /** What becomes of the challenge whose check allows the change. */
  readonly challenge: Challenge;
  /** The result of the OAuth flow that led here. */
  readonly endsFlow?: LastFlow;
  /** What else must hold and be written for it. */
  readonly also?: readonly Fragment[];
}

/**
 * Links an identity whole: check and code used up, every subject claimed, method and history written, in one transaction.
 *
 * @throws Problem `identity_registered`, `identity_linked` or `identity_sub_account` if it is owned; then nothing is written.
 *   StaleView if what it was judged by has changed.
 */
export async function linkIdentity(
  dependencies: Core,
  caller: Caller,
  identity: Identity,
  change: Change,
): Promise<Method> {
  const { view, now, endsFlow, also = [] } = change;
  const { table, settings, random, observer } = dependencies;
  const { accountId } = view.account;
  const { rules } = settings;
  const { provider, subjects, display } = identity;
  const purpose = `link_${provider}` as const;
  const method: Method = {
    methodId: newId(random),
    provider,
    relation: 'linked',
    subjects,
    display,
    since: now,
  };
  const claim = { accountId, relation: 'linked', methodId: method.methodId } as const;
  await commit(table, [
    ...subjectsClaimed(table, provider, subjects, claim, { now }),
    methodCreated(table, accountId, method),
    checkChanged(table, view.session, purpose, change.challenge, now),
    ...recordAndNotify(dependencies, caller, accountId, {
      type: 'linked',
      provider,
      display: shownDisplay(identity),
      destinations: listDestinations(view, rules, now),
      after: method,
      bySession: view.session.hash,
    }),
    ...also,
    ...stillSignedIn(table, view, purpose, { now, rules, ...(endsFlow && { endsFlow }) }),
  ]);
  observer.count('Linked');
  return method;
}

/** A link that was refused, such as one that met another account's claim: uses up what the challenge says, and is in the history. */
export async function recordRefusal(
  dependencies: Core,
  caller: Caller,
  identity: Identity,
  refusal: Problem,
  {
    view,
    now,
    challenge,
    endsFlow,
    also = [],
  }: Omit<Change, 'challenge'> & { readonly challenge?: Challenge },
): Promise<void> {
  const { table, settings } = dependencies;
  const { accountId } = view.account;
  const { provider } = identity;
  await commit(table, [
    ...(challenge ? [checkChanged(table, view.session, `link_${provider}`, challenge, now)] : []),
    recordEvent(dependencies, caller, accountId, {
      type: 'refused',
      provider,
      display: shownDisplay(identity),
      reason: refusal.code,
    }),
    ...also,
    ...sessionStillOpen(table, view, { now, rules: settings.rules, ...(endsFlow && { endsFlow }) }),
  ]);
}

/** Removes a linked method whole: check used up, every claim released, method gone, history written, in one transaction. */
export async function unlinkMethod(
  dependencies: Core,
  caller: Caller,
  method: Method,
  change: Change,
): Promise<void> {
  const { view, now } = change;
  const { table, settings, observer } = dependencies;
  const { accountId } = view.account;
  const { provider } = method;
  const { rules } = settings;
  const purpose = `unlink_${provider}` as const;
  await commit(table, [
    methodRemoved(table, accountId, method),
    ...subjectsReleased(table, accountId, method, { now, coolingOffSeconds: rules.coolingOffSeconds }),
    checkChanged(table, view.session, purpose, change.challenge, now),
    ...recordAndNotify(dependencies, caller, accountId, {
      type: 'unlinked',
      provider,
      display: shownDisplay(method),
      destinations: listDestinations(view, rules, now),
      before: method,
      bySession: view.session.hash,
    }),
    ...stillSignedIn(table, view, purpose, { now, rules, changing: [provider] }),
  ]);
  observer.count('Unlinked');
}
