import type { Core } from '../dependencies.ts';
import type { IdentityMethod } from '../linking/account.ts';
import { claimRelation } from '../linking/account-step.ts';
import type { Provider, Subject } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { accountThere, methodReplaced } from '../table/accounts.ts';
import { claimsRenewed, subjectsReleased } from '../table/claims.ts';
import { commit, type Fragment } from '../table/client.ts';
import { splitForgotten } from '../table/splits.ts';
import { type MethodsChange, methodsBecome, renewMethod } from './change-methods.ts';
import {
  deedRecorded,
  type OperatorRequest,
  recordMethodDeed,
  requireOwner,
  tellOfDeed,
  toSubjectOf,
} from './record-operator.ts';

/** At once, for it is to be another account's. */
const FREE_AT_ONCE = { coolingOffSeconds: 0 };

function methodGone(dependencies: Core, change: MethodsChange, method: IdentityMethod): Fragment[] {
  const told = { type: 'unlinked', ...toSubjectOf(method), before: method } as const;
  return [
    ...methodsBecome(dependencies.table, change, FREE_AT_ONCE),
    ...recordMethodDeed(dependencies, change, told),
  ];
}

/** The method stays, and is known by its other subjects; the sessions that it opened end. */
function subjectGone(
  dependencies: Core,
  change: MethodsChange,
  method: IdentityMethod,
  subject: Subject,
): Fragment[] {
  const { table } = dependencies;
  const { account, now } = change;
  const { accountId } = account;
  const rest = method.subjects.filter((one) => one !== subject);
  const next = { ...renewMethod(dependencies, method, method.suspended === true), subjects: rest };
  const { methodId, suspended } = next;
  const claim = { methodId, relation: claimRelation(account, next), ...(suspended && { suspended }) };
  return [
    methodReplaced(table, accountId, method, next),
    ...subjectsReleased(table, accountId, { ...method, subjects: [subject] }, { now, ...FREE_AT_ONCE }),
    ...claimsRenewed(table, accountId, { ...method, subjects: rest }, claim),
    tellOfDeed(dependencies, change, {
      type: 'unlinked',
      ...toSubjectOf(method),
      before: method,
      after: next,
    }),
  ];
}

/**
 * Takes one subject from the account that has it, so that a person whose openid and unionid belong to two accounts is of one again. Where it
 * is the only one of its method, the method goes with it.
 *
 * @throws Problem `identity_unknown` if it is unowned; `sub_account`; `registered_method` if the account would not be registered any more
 */
export async function releaseIdentity(
  dependencies: Core,
  {
    provider,
    subject,
    ...asked
  }: OperatorRequest & { readonly provider: Provider; readonly subject: Subject },
): Promise<void> {
  const { table } = dependencies;
  const { claim, view, method } = await requireOwner(dependencies, provider, subject);
  if (claim.relation === 'sub_account') throw new Problem('sub_account');
  const { account, methods: seen, splits } = view;
  const isOnlyOne = method.subjects.every((one) => one === subject);
  if (isOnlyOne && method.relation === 'registered') throw new Problem('registered_method');
  const next = new Map(seen);
  if (isOnlyOne) next.delete(provider);
  const change: MethodsChange = { account, seen, next, now: asked.now };
  const others = splits.filter((mark) => mark.provider === provider).flatMap((mark) => mark.others);
  await commit(table, [
    accountThere(table, account.accountId),
    ...(isOnlyOne
      ? methodGone(dependencies, change, method)
      : subjectGone(dependencies, change, method, subject)),
    ...splitForgotten(table, provider, [account.accountId, ...others]),
    deedRecorded(dependencies, view, 'released', asked, method),
  ]);
}
