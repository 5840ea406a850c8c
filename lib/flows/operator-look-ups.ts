import type {
  OperatorAccountAnswer,
  OperatorHistoryPage,
  OperatorIdentityAnswer,
  OperatorPhoneAnswer,
  SplitAnswer,
} from '../contract/answers.ts';
import type { Core, WithPhoneKeys } from '../dependencies.ts';
import { type AccountId, activeFreezeUntil, methodRows } from '../linking/account.ts';
import type { Provider, Subject } from '../linking/identity.ts';
import type { OperatorAction } from '../linking/operator.ts';
import { maskPhone, type PhoneNumber } from '../linking/phone.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { accountThere } from '../table/accounts.ts';
import { commit } from '../table/client.ts';
import { type Cursor, readHistoryForOperator } from '../table/history.ts';
import { type OperatorView, type PresentAccount, readPresentAccounts } from '../table/operator-views.ts';
import { readAccountsOfPhone } from '../table/phones.ts';
import { readSplit } from '../table/splits.ts';
import { deedRecorded, type OperatorRequest, requireAccount, requireOwner } from './record-operator.ts';

/** A look-up is told nobody before it is in the history of each account that it shows. */
async function recordLookUp(
  dependencies: Core,
  views: readonly PresentAccount[],
  action: OperatorAction,
  asked: OperatorRequest,
): Promise<void> {
  if (views.length === 0) return;
  const { table } = dependencies;
  await commit(
    table,
    views.flatMap((view) => [
      accountThere(table, view.account.accountId),
      deedRecorded(dependencies, view, action, asked),
    ]),
  );
}

async function listSplits(
  { table }: Core,
  { splits }: OperatorView,
  now: EpochSeconds,
): Promise<SplitAnswer[]> {
  const found = await Promise.all(splits.map((mark) => readSplit(table, mark, now)));
  return found.flatMap((split) => {
    if (split === undefined) return [];
    const claims = split.claims.map(({ subject, accountId, relation }) => ({ subject, accountId, relation }));
    return [{ provider: split.provider, seenAt: toIso(split.seenAt), claims }];
  });
}

/** An account, masked as for its owner. @throws Problem `account_unknown` */
export async function showAccountToOperator(
  dependencies: Core,
  { accountId, ...asked }: OperatorRequest & { readonly accountId: AccountId },
): Promise<OperatorAccountAnswer> {
  const { rules, TRUSTED_ISSUER: issuer } = dependencies.settings;
  const { now } = asked;
  const view = await requireAccount(dependencies, accountId);
  const splits = await listSplits(dependencies, view, now);
  await recordLookUp(dependencies, [view], 'looked_up', asked);
  const { name, phone, suspended } = view.account;
  const frozenUntil = activeFreezeUntil(view.account, now);
  const ownLogin = view.methods.get('assertion')?.suspended ? 'suspended' : 'active';
  return {
    accountId,
    name,
    phone: phone === undefined ? null : maskPhone(phone),
    status: suspended ? 'suspended' : 'active',
    frozenUntil: frozenUntil === undefined ? null : toIso(frozenUntil),
    methods: methodRows(view, rules, now),
    ...(issuer !== '' && { ownLogin: { state: ownLogin } }),
    ...(splits.length > 0 && { splits }),
  };
}

/** Whose an identity is. @throws Problem `identity_unknown` */
export async function findIdentity(
  dependencies: Core,
  {
    provider,
    subject,
    ...asked
  }: OperatorRequest & { readonly provider: Provider; readonly subject: Subject },
): Promise<OperatorIdentityAnswer> {
  const { claim, view, method } = await requireOwner(dependencies, provider, subject);
  const { accountId, relation } = claim;
  const splits = await listSplits(dependencies, view, asked.now);
  const split = splits.find(({ claims }) => claims.some((one) => one.subject === subject));
  await recordLookUp(dependencies, [view], 'looked_up', asked);
  const { since } = method;
  return { accountId, relation, since: since === undefined ? null : toIso(since), ...(split && { split }) };
}

/** Which accounts have a phone, in the order of their ids, a page at a time. */
export async function findPhone(
  dependencies: Core & WithPhoneKeys,
  {
    phone,
    after,
    ...asked
  }: OperatorRequest & { readonly phone: PhoneNumber; readonly after?: AccountId | undefined },
): Promise<OperatorPhoneAnswer> {
  const { table, phoneKeys } = dependencies;
  const { accountIds, next } = await readAccountsOfPhone(table, phoneKeys, phone, after);
  const present = await readPresentAccounts(table, accountIds);
  const views = present.filter(({ account }) => account.phone === phone);
  await recordLookUp(dependencies, views, 'looked_up', asked);
  return { accounts: views.map(({ account }) => account.accountId), ...(next && { next }) };
}

/** A page of an account's history, with who of the support desk did something, and why. @throws Problem `account_unknown` */
export async function showHistoryToOperator(
  dependencies: Core,
  {
    accountId,
    after,
    ...asked
  }: OperatorRequest & { readonly accountId: AccountId; readonly after: Cursor | undefined },
): Promise<OperatorHistoryPage> {
  const { table } = dependencies;
  const [view, page] = await Promise.all([
    requireAccount(dependencies, accountId),
    readHistoryForOperator(table, accountId, { after, now: asked.now }),
  ]);
  await recordLookUp(dependencies, [view], 'read_history', asked);
  return page;
}
