import type { Core } from '../dependencies.ts';
import { type AccountId, activeFreezeUntil, hasIdentity } from '../linking/account.ts';
import type { Provider, WayIn } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { accountReset, accountThere } from '../table/accounts.ts';
import { commit } from '../table/client.ts';
import { type MethodsChange, methodsChanged, renewMethod, renewMethods } from './change-methods.ts';
import {
  deedRecorded,
  describeAccount,
  type OperatorRequest,
  recordMethodDeed,
  requireAccount,
  tellOfDeed,
  toSubjectOf,
} from './record-operator.ts';

type OfAccount = OperatorRequest & { readonly accountId: AccountId };

/** What the support desk may do of an account that the company has suspended, too. */
const EVEN_SUSPENDED = { evenSuspended: true };

/** Ends every session of an account; every browser is new to it from now on. @throws Problem `account_unknown` */
export async function endSessionsByOperator(
  dependencies: Core,
  { accountId, ...asked }: OfAccount,
): Promise<void> {
  const { table } = dependencies;
  const { now } = asked;
  const view = await requireAccount(dependencies, accountId);
  const { account, methods: seen } = view;
  const change: MethodsChange = { account, seen, next: renewMethods(dependencies, seen), now };
  await commit(table, [
    ...methodsChanged(dependencies, change),
    accountReset(table, account, { browsersForgottenAt: now }, EVEN_SUSPENDED),
    tellOfDeed(dependencies, change, { type: 'signed_out', ...describeAccount(view) }),
    deedRecorded(dependencies, view, 'ended_sessions', asked),
  ]);
}

/**
 * Unlinks what is linked, without an identity check: who asks for it was checked at the support desk.
 *
 * @throws Problem `account_unknown`, `sub_account`, `not_linked`, `registered_method`
 */
export async function unlinkByOperator(
  dependencies: Core,
  { accountId, provider, ...asked }: OfAccount & { readonly provider: Provider },
): Promise<void> {
  const { table, observer } = dependencies;
  const view = await requireAccount(dependencies, accountId);
  const { account, methods: seen } = view;
  if (account.parentId !== undefined) throw new Problem('sub_account');
  const before = seen.get(provider);
  if (before === undefined || !hasIdentity(before)) throw new Problem('not_linked');
  if (before.relation === 'registered') throw new Problem('registered_method');
  const next = new Map(seen);
  next.delete(provider);
  const change: MethodsChange = { account, seen, next, now: asked.now };
  await commit(table, [
    accountThere(table, accountId),
    ...methodsChanged(dependencies, change),
    ...recordMethodDeed(dependencies, change, { type: 'unlinked', ...toSubjectOf(before), before }),
    deedRecorded(dependencies, view, 'unlinked', asked, before),
  ]);
  observer.count('Unlinked');
}

/** Lifts the freeze of an account; one that is not frozen stays as it is. @throws Problem `account_unknown` */
export async function unfreezeByOperator(
  dependencies: Core,
  { accountId, ...asked }: OfAccount,
): Promise<void> {
  const { table } = dependencies;
  const { now } = asked;
  const view = await requireAccount(dependencies, accountId);
  const { account, methods } = view;
  const isFrozen = activeFreezeUntil(account, now) !== undefined;
  const change: MethodsChange = { account, seen: methods, next: methods, now };
  await commit(table, [
    ...(isFrozen
      ? [
          accountReset(table, account, { frozenUntil: now }, EVEN_SUSPENDED),
          tellOfDeed(dependencies, change, { type: 'unfrozen', ...describeAccount(view) }),
        ]
      : [accountThere(table, accountId)]),
    deedRecorded(dependencies, view, 'unfroze', asked),
  ]);
}

/** Lifts the suspension of a method, and has its address mailed to again. @throws Problem `account_unknown`, `not_linked`, `not_suspended` */
export async function clearByOperator(
  dependencies: Core,
  { accountId, provider, ...asked }: OfAccount & { readonly provider: WayIn },
): Promise<void> {
  const { table, observer } = dependencies;
  const view = await requireAccount(dependencies, accountId);
  const { account, methods: seen } = view;
  const method = seen.get(provider);
  if (method === undefined) throw new Problem('not_linked');
  if (!method.suspended && !method.mailStopped) throw new Problem('not_suspended');
  const { mailStopped, ...cleared } = renewMethod(dependencies, method, false);
  // The support desk has talked to its reader: what comes back of an older mail says nothing of it.
  const proved = mailStopped && { mailProvedAt: asked.now };
  const next = new Map(seen).set(provider, { ...cleared, ...proved });
  const change: MethodsChange = { account, seen, next, now: asked.now };
  const { subjects } = method;
  await commit(table, [
    accountThere(table, accountId),
    ...methodsChanged(dependencies, change),
    ...recordMethodDeed(dependencies, change, { type: 'cleared', ...toSubjectOf(method), subjects }),
    deedRecorded(dependencies, view, 'cleared', asked, method),
  ]);
  observer.count('Cleared');
}
