import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type Account,
  type AccountView,
  hasIdentity,
  type IdentityMethod,
  type Method,
  ownLoginMethod,
  shownDisplay,
} from '../linking/account.ts';
import { claimRelation } from '../linking/account-step.ts';
import { isSamePerson, type Provider, WAYS_IN, type WayIn } from '../linking/identity.ts';
import { listDestinationsOfChange } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { newId, type TokenHash } from '../linking/secrets.ts';
import {
  methodCreated,
  methodKept,
  methodRemoved,
  methodReplaced,
  methodStillAbsent,
} from '../table/accounts.ts';
import { type Claim, claimsRenewed, subjectsClaimed, subjectsReleased } from '../table/claims.ts';
import type { Fragment, Table } from '../table/client.ts';
import { recordAndNotify } from './record-event.ts';

export type Methods = AccountView['methods'];

/** What the methods of an account are, and are to be. */
export interface MethodsChange {
  readonly account: Account;
  readonly seen: Methods;
  readonly next: Methods;
  readonly now: EpochSeconds;
}

/**
 * A method with another id, and suspended or not. Sessions, and the codes of sign-ins under way, are bound to the id of the method that
 * they are of: with it they end.
 */
export function renewMethod({ random }: Pick<Core, 'random'>, method: Method, isSuspended: boolean): Method {
  const { suspended: _before, ...rest } = method;
  return { ...rest, methodId: newId(random), ...(isSuspended && { suspended: true }) };
}

/** Every method with another id, which ends every session of the account, and those suspended that are to be. */
export function renewMethods(
  core: Pick<Core, 'random'>,
  methods: Methods,
  isSuspended: (method: Method) => boolean = ({ suspended }) => suspended === true,
): Methods {
  return new Map(
    [...methods].map(([provider, method]) => [provider, renewMethod(core, method, isSuspended(method))]),
  );
}

/**
 * One method alone is kept: every other is suspended, and with it the company's own login, even if nobody has used that yet. Sessions end, as
 * with `renewMethods`.
 */
export function keepOneMethod(
  core: Pick<Core, 'random' | 'settings'>,
  { accountId }: Pick<Account, 'accountId'>,
  methods: Methods,
  only: WayIn,
): Methods {
  const { TRUSTED_ISSUER: issuer } = core.settings;
  const isUnused = issuer !== '' && !methods.has('assertion');
  const all = isUnused
    ? new Map(methods).set('assertion', ownLoginMethod(accountId, newId(core.random)))
    : methods;
  return renewMethods(core, all, ({ provider }) => provider !== only);
}

/**
 * Makes the methods of an account what they are to be, whole, with the claims that go with them. A sign-in or a link at the same moment
 * comes either before it, or after it.
 */
export function methodsChanged({ table, settings }: Core, change: MethodsChange): Fragment[] {
  const { coolingOffSeconds } = settings.rules;
  return methodsBecome(table, change, { coolingOffSeconds });
}

interface Manner {
  /** For how long what goes can return to the account only. */
  readonly coolingOffSeconds: number;
  /** What an identity that is another account's is refused with. */
  readonly refuseClaim?: (provider: Provider) => Fragment['refusal'];
}

const isKept = (before: Method, after: Method): boolean =>
  before.methodId === after.methodId && before.relation === after.relation && before.since === after.since;

/** Makes the methods of an account what they are to be, as `methodsChanged` does. `account` is what it is to be, too. */
export function methodsBecome(
  table: Table,
  { account, seen, next, now }: MethodsChange,
  { coolingOffSeconds, refuseClaim }: Manner,
): Fragment[] {
  const { accountId } = account;
  const release = (method: Method) =>
    hasIdentity(method) ? subjectsReleased(table, accountId, method, { now, coolingOffSeconds }) : [];
  const claimOf = (method: IdentityMethod): Claim => ({
    accountId,
    relation: claimRelation(account, method),
    methodId: method.methodId,
    ...(method.suspended && { suspended: true }),
  });
  const claim = (method: Method) => {
    if (!hasIdentity(method)) return [];
    const { provider, subjects } = method;
    const refusal = refuseClaim?.(provider);
    return subjectsClaimed(table, provider, subjects, claimOf(method), { now, ...(refusal && { refusal }) });
  };
  const renew = (before: Method, after: Method) =>
    hasIdentity(before) && hasIdentity(after) ? claimsRenewed(table, accountId, before, claimOf(after)) : [];
  return WAYS_IN.flatMap((provider) => {
    const [before, after] = [seen.get(provider), next.get(provider)];
    if (before === undefined)
      return after === undefined
        ? [methodStillAbsent(table, accountId, provider)]
        : [methodCreated(table, accountId, after), ...claim(after)];
    if (after === undefined) return [methodRemoved(table, accountId, before), ...release(before)];
    if (isKept(before, after)) return [methodKept(table, { accountId, provider, methodId: before.methodId })];
    const replaced = methodReplaced(table, accountId, before, after);
    if (isSamePerson(before, after)) return [replaced, ...renew(before, after)];
    return [replaced, ...claim(after), ...release(before)];
  });
}

/** The history and the notices of each method that a change suspends, or clears. */
export function recordStates(
  dependencies: Core,
  caller: Caller,
  change: MethodsChange,
  bySession?: TokenHash,
): Fragment[] {
  const { account, seen, next, now } = change;
  const destinations = listDestinationsOfChange(change, dependencies.settings.rules, now);
  return [...next.values()].flatMap((method) => {
    const { provider, subjects, suspended } = method;
    const before = seen.get(provider);
    if (before === undefined ? hasIdentity(method) : !isSamePerson(before, method)) return [];
    if (before?.suspended === suspended) return [];
    return recordAndNotify(dependencies, caller, account.accountId, {
      type: suspended ? 'suspended' : 'cleared',
      provider,
      display: shownDisplay(method),
      subjects,
      destinations,
      ...(bySession && { bySession }),
    });
  });
}
