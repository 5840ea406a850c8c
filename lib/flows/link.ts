import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  hasIdentity,
  type IdentityMethod,
  type LastFlow,
  type LinkAction,
  requireFactor,
  shownDisplay,
} from '../linking/account.ts';
import type { Challenge } from '../linking/challenge.ts';
import { type Identity, isSamePerson } from '../linking/identity.ts';
import { listDestinations } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import { methodCreated, methodRemoved, methodReplaced } from '../table/accounts.ts';
import { checkChanged } from '../table/challenges.ts';
import { subjectsClaimed, subjectsReleased } from '../table/claims.ts';
import { commit, type Fragment } from '../table/client.ts';
import { sessionStillOpen, stillSignedIn } from '../table/views.ts';
import { countStep } from './count-step.ts';
import { recordAndNotify, recordEvent } from './record-event.ts';

/** A link, or one that takes the place of what is linked. */
export interface LinkChange extends Change {
  readonly action: LinkAction;
}

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
 * What links an identity: every subject claimed and the method in its place, where what was there is gone with its claims. At no moment
 * the account has none of both, or both.
 *
 * @throws Problem `already_linked` if it is the one that is linked
 */
function identityLinked(
  { table, settings: { rules } }: Core,
  method: IdentityMethod,
  { view, now, action }: Pick<LinkChange, 'view' | 'now' | 'action'>,
): Fragment[] {
  const { accountId } = view.account;
  const { provider, subjects, methodId } = method;
  const claim = { accountId, relation: 'linked', methodId } as const;
  const claimed = subjectsClaimed(table, provider, subjects, claim, { now });
  if (action === 'link') return [...claimed, methodCreated(table, accountId, method)];
  const before = view.methods.get(provider);
  if (before === undefined || !hasIdentity(before)) throw new Problem('not_linked');
  if (isSamePerson(before, method)) throw new Problem('already_linked');
  return [
    ...claimed,
    methodReplaced(table, accountId, before, method),
    ...subjectsReleased(table, accountId, before, { now, coolingOffSeconds: rules.coolingOffSeconds }),
  ];
}

const TOLD = { link: 'linked', replace: 'replaced' } as const;
const COUNTED = { link: 'Linked', replace: 'Replaced' } as const;

/**
 * Links an identity whole: check and code used up, every subject claimed, method and history written, in one transaction. Where one is
 * linked it takes its place in the same, and the sessions that the old one opened end.
 *
 * @throws Problem `identity_registered`, `identity_linked` or `identity_sub_account` if it is owned, `already_linked` if it is the one that
 *   is linked; then nothing is written. StaleView if what it was judged by has changed.
 */
export async function linkIdentity(
  dependencies: Core,
  caller: Caller,
  identity: Identity,
  change: LinkChange,
): Promise<IdentityMethod> {
  const { view, now, endsFlow, action, also = [] } = change;
  const { table, settings, random } = dependencies;
  const { accountId } = view.account;
  const { phone } = requireFactor(view.account);
  const { rules } = settings;
  const { provider, subjects, display } = identity;
  const purpose = `${action}_${provider}` as const;
  const method: IdentityMethod = {
    methodId: newId(random),
    provider,
    relation: 'linked',
    subjects,
    display,
    since: now,
  };
  const before = action === 'replace' ? view.methods.get(provider) : undefined;
  await commit(table, [
    ...identityLinked(dependencies, method, change),
    checkChanged(table, view, purpose, change.challenge, now),
    ...recordAndNotify(dependencies, caller, accountId, {
      type: TOLD[action],
      provider,
      display: shownDisplay(identity),
      destinations: listDestinations(view, rules, now),
      ...(before && { before }),
      after: method,
      bySession: view.session.hash,
    }),
    ...also,
    ...stillSignedIn(table, view, purpose, {
      now,
      rules,
      ...(endsFlow && { endsFlow }),
      ...(before && { changing: [provider] }),
    }),
  ]);
  countStep(dependencies, COUNTED[action], { by: 'sms', to: phone });
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
    action,
    challenge,
    endsFlow,
    also = [],
  }: Omit<LinkChange, 'challenge'> & { readonly challenge?: Challenge },
): Promise<void> {
  const { table, settings } = dependencies;
  const { accountId } = view.account;
  const { provider } = identity;
  await commit(table, [
    ...(challenge ? [checkChanged(table, view, `${action}_${provider}`, challenge, now)] : []),
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
  method: IdentityMethod,
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
    checkChanged(table, view, purpose, change.challenge, now),
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
