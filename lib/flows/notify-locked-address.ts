import type { Core, WithMail, WithSms } from '../dependencies.ts';
import { emailSubject } from '../linking/identity.ts';
import { mailLanguages } from '../linking/language.ts';
import { DAY_SECONDS, epochSeconds } from '../linking/rules.ts';
import { lockedMail } from '../messages/notice-texts.ts';
import { readAccountMethod } from '../table/accounts.ts';
import { readOwner } from '../table/claims.ts';
import {
  type LockNotification,
  type LockRef,
  lockMarkedCounted,
  markLockNotified,
  readLockNotification,
} from '../table/sign-ins.ts';
import { retryWhenStale } from '../table/views.ts';
import type { Unfinished } from './notify-owner.ts';
import { countNotice, sendNotice } from './send-notice.ts';

type Dependencies = Core & WithMail & WithSms;

/** A lock whose owner is to be notified; undefined if there is nobody to notify, no mail goes there, or nothing is left to do. */
async function findOpenLock({ table, settings }: Dependencies, ref: LockRef) {
  if (settings.NOTIFY === 'off') return undefined;
  const found = await readLockNotification(table, ref);
  if (found === undefined || found.isDone) return undefined;
  const owner = await readOwner(table, 'email', emailSubject(found.address));
  if (owner === undefined || owner.relation === 'sub_account') return undefined;
  const { account, method } = await readAccountMethod(table, owner.accountId, 'email');
  return account && !method?.mailStopped ? { ...found, account } : undefined;
}

/** Whether the notice of a lock may be sent now: what it costs is counted once. */
async function mayNotify(
  dependencies: Dependencies,
  ref: LockRef,
  { address, isCounted }: LockNotification,
): Promise<boolean> {
  if (isCounted) return true;
  const mark = () => lockMarkedCounted(dependencies.table, ref);
  const counted = await countNotice(dependencies, 'lock', [{ by: 'mail', to: address }], mark);
  return counted.get('mail') === 'now';
}

/**
 * Notifies the owner of an address that its guesses are spent, once for each time they were, as long as they are. There is nobody to
 * notify of an address that is unowned or a sub-account's. Where the cap is spent it waits as well: an attacker who spends it to
 * keep an owner from being notified only gains time.
 *
 * @returns what is left to do; undefined if that is nothing
 */
export async function notifyLockedAddress(
  dependencies: Dependencies,
  ref: LockRef,
): Promise<Unfinished | undefined> {
  const { table, settings, clock } = dependencies;
  const unfinished: Unfinished = { left: ['mail'], expiresAt: ref.lockedAt + DAY_SECONDS };
  const [lock, isNow] = await retryWhenStale(table, async () => {
    const open = await findOpenLock(dependencies, ref);
    const isLate = unfinished.expiresAt <= epochSeconds(clock);
    return [open, open !== undefined && !isLate && (await mayNotify(dependencies, ref, open))] as const;
  });
  if (lock === undefined) return undefined;
  if (!isNow) return unfinished;
  const sender = { brand: settings.BRAND_NAME, helpUrl: settings.HELP_URL };
  const content = lockedMail(sender, mailLanguages(lock.account));
  const message = { by: 'mail', to: lock.address, content } as const;
  if (!(await sendNotice(dependencies, message))) return unfinished;
  await markLockNotified(table, ref, epochSeconds(clock));
  return undefined;
}
