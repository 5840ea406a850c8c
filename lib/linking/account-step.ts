import type { Account, AccountView, Method } from './account.ts';
import type { OpenRecord } from './account-record.ts';
import { isProvider, type Relation } from './identity.ts';

type Methods = AccountView['methods'];

/** How the claims of an account's identities say why they are its. */
export function claimRelation({ parentId }: Pick<Account, 'parentId'>, { relation }: Method): Relation {
  return parentId === undefined ? relation : 'sub_account';
}

/** Whether every session ends: nobody signs in to a suspended account or a sub-account. */
function endsSessions(before: Account, after: Account): boolean {
  const isNewlySuspended = after.suspended === true && before.suspended !== true;
  return isNewlySuspended || (before.parentId === undefined) !== (after.parentId === undefined);
}

/**
 * The methods of an account once it is what a record says. The registered one takes the place of the one before, and of what is linked at
 * its provider; it may be what was linked there, which stays as it is but for that. What else is linked is its owner's.
 *
 * @param newMethodId for a method that is another one from then on, so that its sessions end
 */
export function bringMethodsInStep(
  { account: before, methods: seen }: { readonly account: Account; readonly methods: Methods },
  { account: after, methods: [recorded] }: OpenRecord,
  newMethodId: () => string,
): Methods {
  const { subject, relation: _relation, since, ...identity } = recorded;
  const current = seen.get(identity.provider);
  const isSame = current?.subjects.includes(subject) === true;
  const { since: _since, ...known }: Omit<Method, 'relation'> =
    current !== undefined && isSame
      ? current
      : { ...identity, methodId: newMethodId(), subjects: [subject], imported: true };
  const registered: Method = { ...known, relation: 'registered', ...(since !== undefined && { since }) };
  const others = [...seen.values()].filter(
    ({ provider, relation }) =>
      provider !== identity.provider && !(relation === 'registered' && isProvider(provider)),
  );
  const isOver = endsSessions(before, after);
  const next = [registered, ...others].map((method) =>
    isOver ? { ...method, methodId: newMethodId() } : method,
  );
  return new Map(next.map((method) => [method.provider, method]));
}

/** Whether an account is another one to those who send it codes: none of what was sent to the phone before counts any more. */
export function changesPhone(before: Account, after: Account): boolean {
  return before.phone !== after.phone;
}
