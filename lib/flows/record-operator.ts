import type { Core } from '../dependencies.ts';
import {
  type AccountId,
  hasIdentity,
  type IdentityMethod,
  type Method,
  shownDisplay,
} from '../linking/account.ts';
import type { NoticeDestination } from '../linking/channel.ts';
import type { Provider, Subject } from '../linking/identity.ts';
import { listDestinationsOfChange, listUntrusted } from '../linking/notice.ts';
import type { Operator, OperatorAction } from '../linking/operator.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Claim, readOwner } from '../table/claims.ts';
import { type Fragment, stale } from '../table/client.ts';
import { type OperatorView, type PresentAccount, readOperatorView } from '../table/operator-views.ts';
import type { MethodsChange } from './change-methods.ts';
import { notifyOfEvent, recordAndNotify, recordEvent } from './record-event.ts';

/** Who asks for something, and why. */
export interface OperatorRequest {
  readonly operator: Operator;
  readonly reason?: string | undefined;
  readonly now: EpochSeconds;
}

/** Nobody's browser: where an operator sits is none of the owner's business. */
export const SUPPORT_DESK = { maskedIp: '*', device: '' };

/** @throws Problem `account_unknown` */
export async function requireAccount({ table }: Core, id: AccountId): Promise<OperatorView> {
  const view = await readOperatorView(table, id);
  if (view === undefined) throw new Problem('account_unknown');
  return view;
}

/** Whose an identity is. @throws Problem `identity_unknown` if it is unowned */
export async function requireOwner(
  { table }: Core,
  provider: Provider,
  subject: Subject,
): Promise<{ readonly claim: Claim; readonly view: OperatorView; readonly method: IdentityMethod }> {
  const claim = await readOwner(table, provider, subject);
  if (claim === undefined) throw new Problem('identity_unknown');
  const view = await readOperatorView(table, claim.accountId);
  const method = view?.methods.get(provider);
  // Two reads: the account was closed between them, or the method replaced.
  if (view === undefined || method?.methodId !== claim.methodId || !hasIdentity(method)) throw stale();
  return { claim, view, method };
}

type Shown = Pick<Method, 'provider' | 'display'>;

/** What something is about that is about no method: what the account is registered by. */
export function describeAccount({ account, methods }: PresentAccount): Shown {
  const registered = [...methods.values()].find(({ relation }) => relation === 'registered');
  return toSubjectOf(registered ?? { provider: 'assertion', display: account.accountId });
}

/** What something is about, as the owner is shown it. */
export function toSubjectOf({ provider, display }: Shown): Shown {
  return { provider, display: shownDisplay({ provider, display }) };
}

/** The account's history has it that an operator did this; for the transaction that does it. */
export function deedRecorded(
  dependencies: Core,
  view: PresentAccount,
  action: OperatorAction,
  { operator, reason }: OperatorRequest,
  method?: Method,
): Fragment {
  return recordEvent(dependencies, SUPPORT_DESK, view.account.accountId, {
    type: 'operator',
    ...(method ? toSubjectOf(method) : describeAccount(view)),
    operator: { action, ...operator, ...(reason && { reason }) },
  });
}

/** Where the owner is told of a change; a link opens nothing for a sub-account. */
function destinationsOf(dependencies: Core, change: MethodsChange): NoticeDestination[] {
  const { account, seen, now } = change;
  if (account.parentId !== undefined) return listUntrusted({ account, methods: seen });
  return listDestinationsOfChange(change, dependencies.settings.rules, now);
}

type Told = Parameters<typeof notifyOfEvent>[3];

/** The owner is told of what the support desk did. */
export function tellOfDeed(dependencies: Core, change: MethodsChange, told: Told): Fragment {
  const destinations = destinationsOf(dependencies, change);
  return notifyOfEvent(dependencies, SUPPORT_DESK, change.account.accountId, {
    ...told,
    destinations,
    byOperator: true,
  });
}

/** The owner is told of a method that the support desk has unlinked or cleared, and the history has it as if they had done so. */
export function recordMethodDeed(
  dependencies: Core,
  change: MethodsChange,
  told: Told & { readonly type: 'unlinked' | 'cleared' },
): Fragment[] {
  const destinations = destinationsOf(dependencies, change);
  return recordAndNotify(dependencies, SUPPORT_DESK, change.account.accountId, {
    ...told,
    destinations,
    byOperator: true,
  });
}
