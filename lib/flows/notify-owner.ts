import * as z from 'zod/mini';
import type { Core, WithBus, WithHmacKey, WithMail, WithSms } from '../dependencies.ts';
import { toEvent } from '../events/events.ts';
import type { Destination } from '../linking/channel.ts';
import type { EmailAddress } from '../linking/email.ts';
import { emailSubject } from '../linking/identity.ts';
import { listDestinations, type Notice, undoToken } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { epochSeconds } from '../linking/rules.ts';
import { type NoticeKind, requireServedCountry, SpendingCapReached } from '../linking/spending.ts';
import { lockedMail, noticeMail, noticeSms } from '../messages/notice-texts.ts';
import { noteCapReached } from '../observe.ts';
import { parseOwner } from '../table/claims.ts';
import { commit, type Item, readItems } from '../table/client.ts';
import { newDeviceNoticeCounted } from '../table/counters.ts';
import { keys } from '../table/keys.ts';
import { markDone, type NotificationStep, parseNotice, readNotification } from '../table/notices.ts';
import { retryWhenStale } from '../table/retry-when-stale.ts';
import { markLockNotified, wasLockNotified } from '../table/sign-ins.ts';
import { noticeCounted } from '../table/spending.ts';
import { observeDelivery } from './observe-delivery.ts';
import { settleAll } from './settle-all.ts';

type Dependencies = Core & WithHmacKey & WithMail & WithSms & WithBus;

/** A message that may not have gone out: its record is delivered again, and only what was not done is done again. */
class NoticeNotSent extends Error {
  override readonly name = 'NotTold';
}

/** Sends one message by a channel, within what notices may cost; where that is spent, it is dropped, and counted. */
async function sendBy(
  dependencies: Dependencies,
  kind: NoticeKind,
  { by, to }: Destination,
  content: { readonly sms: () => string; readonly mail: () => ReturnType<typeof noticeMail> },
): Promise<void> {
  const { table, settings, random, observer, sms, mail } = dependencies;
  const { spending } = settings;
  try {
    await retryWhenStale(table, async () => {
      const now = epochSeconds(dependencies.clock);
      if (by === 'sms') requireServedCountry(to, spending.smsCountries, now);
      await commit(table, noticeCounted(table, by, kind, { now, limits: spending, random }));
    });
  } catch (error) {
    if (!(error instanceof SpendingCapReached)) throw error;
    noteCapReached(observer, error);
    observer.count('NoticeDropped');
    return;
  }
  const sending = by === 'sms' ? sms.send({ to, text: content.sms() }) : mail.send({ to, ...content.mail() });
  const delivery = await observeDelivery(observer, by, sending);
  // Told twice is better than not at all; but not again and again where nobody will ever hear it, while others wait.
  const isOver = delivery.outcome === 'accepted' || (delivery.outcome === 'refused' && delivery.permanent);
  if (!isOver) throw new NoticeNotSent();
}

/** Where a notice goes: everywhere the account could be notified before, except what it was done with. */
function destinationsFor(
  { destinations, type, provider }: Notice,
  current: () => readonly Destination[],
  notify: 'all' | 'mail' | 'off',
): readonly Destination[] {
  const isAllowed = ({ by }: Destination) => notify === 'all' || notify === by;
  const isOther = ({ by }: Destination) => !(type === 'signed_in' && provider === 'email' && by === 'mail');
  return (destinations ?? current()).filter((destination) => isAllowed(destination) && isOther(destination));
}

async function isQuotaExceeded(counting: Promise<void>): Promise<boolean> {
  try {
    await counting;
    return false;
  } catch (error) {
    if (error instanceof Problem && error.code === 'quota_exceeded') return true;
    throw error;
  }
}

async function notifyOfNotice(dependencies: Dependencies, item: Item): Promise<void> {
  const { table, settings, hmacKey, bus, observer } = dependencies;
  const ref = parseNotice(item);
  const found = await readNotification(table, ref, epochSeconds(dependencies.clock));
  if (found === undefined) return;
  const { notice, account, isDone } = found;
  const undoUrl = `${settings.CONSOLE_ORIGINS[0]}/not-me#${undoToken(hmacKey, notice)}`;
  const content = { ...notice, brand: settings.BRAND_NAME, ...(notice.type !== 'frozen' && { undoUrl }) };

  async function once(telling: NotificationStep, doing: () => Promise<void>): Promise<void> {
    if (isDone(telling)) return;
    await doing();
    await markDone(table, notice, telling, epochSeconds(dependencies.clock));
  }

  if (notice.type === 'signed_in') {
    const counting = once('count', () =>
      commit(table, [newDeviceNoticeCounted(table, account.accountId, epochSeconds(dependencies.clock))]),
    );
    if (await isQuotaExceeded(counting)) {
      observer.count('QuotaExceeded');
      return;
    }
  }
  const event = toEvent(notice);
  const kind = notice.type === 'signed_in' ? 'other' : 'change';
  const destinations = destinationsFor(notice, () => listDestinations(found), settings.NOTIFY);
  await settleAll([
    ...(event ? [once('event', () => bus.publish(event))] : []),
    ...destinations.map((destination) =>
      once(destination.by, () =>
        sendBy(dependencies, kind, destination, {
          sms: () => noticeSms(content),
          mail: () => noticeMail(content),
        }),
      ),
    ),
  ]);
}

const lockedSchema = z.object({ address: z.string(), lockedAt: z.int() });

/** Tells whoever has an address that its guesses are spent, once for each time they were; nobody where it is nobody's. */
async function notifyLockedAddress(
  dependencies: Dependencies,
  item: Item,
  before: Item | undefined,
): Promise<void> {
  const { table, settings } = dependencies;
  const locked = lockedSchema.safeParse(item);
  if (!locked.success || settings.NOTIFY === 'off') return;
  const { lockedAt } = locked.data;
  // It is kept by whatever is written later.
  if (before?.['lockedAt'] === lockedAt) return;
  const address = locked.data.address as EmailAddress;
  const claimKey = keys.claim('email', emailSubject(address));
  const owner = parseOwner((await readItems(table, [claimKey])).get(claimKey));
  if (owner === undefined || owner.relation === 'sub_account') return;
  const addressKey = String(item['pk']).replace(/^SIGNIN#/, '');
  if (await wasLockNotified(table, addressKey, lockedAt)) return;
  const mail = lockedMail(settings.BRAND_NAME);
  await sendBy(dependencies, 'other', { by: 'mail', to: address }, { sms: () => '', mail: () => mail });
  await markLockNotified(table, addressKey, lockedAt);
}

/**
 * Tells owners what happened to their accounts, and everybody on the bus. Of each record, whatever was not done when it was delivered
 * before is done when it is delivered again, and nothing else.
 */
export async function notifyOwner(
  item: Item,
  dependencies: Dependencies,
  before: Item | undefined,
): Promise<void> {
  await (item['noticeId'] === undefined
    ? notifyLockedAddress(dependencies, item, before)
    : notifyOfNotice(dependencies, item));
}
