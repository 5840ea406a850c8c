import type { Core, WithMail, WithSms } from '../dependencies.ts';
import { emailSubject } from '../linking/identity.ts';
import { mailLanguages } from '../linking/language.ts';
import { lockedMail } from '../messages/notice-texts.ts';
import { readAccount } from '../table/accounts.ts';
import { readOwner } from '../table/claims.ts';
import type { Item } from '../table/client.ts';
import { markLockNotified, parseNewLock, wasLockNotified } from '../table/sign-ins.ts';
import { sendNotice } from './send-notice.ts';

/**
 * Notifies the owner of an address that its guesses are spent, once for each time they were. There is nobody to notify of an address
 * that is unowned or a sub-account's.
 */
export async function notifyLockedAddress(
  item: Item,
  dependencies: Core & WithMail & WithSms,
  before: Item | undefined,
): Promise<void> {
  const { table, settings } = dependencies;
  const lock = parseNewLock(item, before);
  if (lock === undefined || settings.NOTIFY === 'off') return;
  const owner = await readOwner(table, 'email', emailSubject(lock.address));
  if (owner === undefined || owner.relation === 'sub_account') return;
  const account = await readAccount(table, owner.accountId);
  if (account === undefined || (await wasLockNotified(table, lock))) return;
  const content = lockedMail(settings.BRAND_NAME, mailLanguages(account));
  await sendNotice(dependencies, 'other', { by: 'mail', to: lock.address, content });
  await markLockNotified(table, lock);
}
