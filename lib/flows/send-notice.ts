import type { Core, WithMail, WithSms } from '../dependencies.ts';
import type { Channel, Destination } from '../linking/channel.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { Language } from '../linking/language.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { epochSeconds } from '../linking/rules.ts';
import { isServed, type NoticeKind } from '../linking/spending.ts';
import type { SmsContent } from '../messages/sms.ts';
import { noteCapReached } from '../observe.ts';
import { commit, type Fragment } from '../table/client.ts';
import { type Count, countsAdded } from '../table/counters.ts';
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

/** Whether a message may be sent now, later, or never. */
export type When = 'now' | 'later' | 'never';

/**
 * Counts the messages of a notice by what notices may cost, and marks them as counted in the same transaction: tried again, they are not
 * counted again. To be called within `retryWhenStale`, which also reads anew whether they are marked.
 *
 * @param mark the mark of those that are counted
 * @param daily what else the notice is counted by, if any of its messages is
 */
export async function countNotice(
  dependencies: Core,
  kind: NoticeKind,
  destinations: readonly Destination[],
  mark: (counted: readonly Channel[]) => Fragment,
  daily: readonly Count[] = [],
): Promise<ReadonlyMap<Channel, When>> {
  const { table, settings, observer, clock } = dependencies;
  const { smsCountries } = settings.spending;
  const isUnserved = ({ by, to }: Destination) => by === 'sms' && !isServed(to, smsCountries);
  const served = destinations.filter((destination) => !isUnserved(destination)).map(({ by }) => by);
  const counting = countingAt(dependencies, epochSeconds(clock));
  const { counted, reached } = noticeCounted(table, served, kind, counting);
  const open = served.filter((channel) => !reached.has(channel));
  if (open.length > 0) await commit(table, [...countsAdded(table, [...daily, ...counted]), mark(open)]);
  for (const refusal of reached.values()) noteCapReached(observer, refusal);
  return new Map(
    destinations.map(({ by }): [Channel, When] => {
      if (open.includes(by)) return [by, 'now'];
      if (served.includes(by)) return [by, 'later'];
      observer.count('CountryNotServed');
      observer.count('NoticeDropped');
      return [by, 'never'];
    }),
  );
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
