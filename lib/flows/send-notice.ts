import type { Core, WithMail, WithSms } from '../dependencies.ts';
import type { Destination } from '../linking/channel.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { Language } from '../linking/language.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { epochSeconds } from '../linking/rules.ts';
import { isServed, type NoticeKind, SpendingCapReached } from '../linking/spending.ts';
import type { SmsContent } from '../messages/sms.ts';
import { noteCapReached } from '../observe.ts';
import { commit, type Fragment } from '../table/client.ts';
import { countsAdded } from '../table/counters.ts';
import { noticeCounted } from '../table/spending.ts';
import { countingAt } from './count-sending.ts';
import { observeDelivery } from './observe-delivery.ts';

/** One message, by one channel. */
export type NoticeMessage =
  | {
      readonly by: 'sms';
      readonly to: PhoneNumber;
      readonly content: SmsContent;
      readonly language: Language;
    }
  | {
      readonly by: 'mail';
      readonly to: EmailAddress;
      readonly content: { readonly subject: string; readonly text: string; readonly html: string };
    };

/**
 * Counts one message by what notices may cost, and marks it as counted in the same transaction: tried again, it is not counted again.
 * To be called within `retryWhenStale`, which also reads anew whether it is marked.
 *
 * @param marked the mark
 * @returns whether it may be sent now, later, or never
 */
export async function countNotice(
  dependencies: Core,
  kind: NoticeKind,
  { by, to }: Destination,
  marked: Fragment,
): Promise<'now' | 'later' | 'never'> {
  const { table, settings, observer, clock } = dependencies;
  const now = epochSeconds(clock);
  if (by === 'sms' && !isServed(to, settings.spending.smsCountries)) {
    observer.count('CountryNotServed');
    observer.count('NoticeDropped');
    return 'never';
  }
  try {
    await commit(table, [
      marked,
      ...countsAdded(table, noticeCounted(table, by, kind, countingAt(dependencies, now))),
    ]);
    return 'now';
  } catch (error) {
    if (!(error instanceof SpendingCapReached)) throw error;
    noteCapReached(observer, error);
    return 'later';
  }
}

/**
 * Sends one message that was counted.
 *
 * @returns whether that is the end of it: it went out, or its recipient can't be reached. Otherwise it may not have gone out, and is to
 *   be sent again: notified twice is better than not at all.
 */
export async function sendNotice(
  dependencies: Core & WithMail & WithSms,
  message: NoticeMessage,
): Promise<boolean> {
  const { observer, sms, mail } = dependencies;
  const sending =
    message.by === 'sms'
      ? sms.send({ ...message.content, to: message.to, language: message.language })
      : mail.send({ ...message.content, to: message.to });
  const delivery = await observeDelivery(dependencies, message, sending);
  if (delivery.outcome === 'accepted') return true;
  const isUnreachable = delivery.outcome === 'refused' && delivery.fault === 'recipient';
  if (isUnreachable) observer.count('NoticeDropped');
  return isUnreachable;
}
