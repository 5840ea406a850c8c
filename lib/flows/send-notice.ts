import type { Core, WithMail, WithSms } from '../dependencies.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { epochSeconds } from '../linking/rules.ts';
import { type NoticeKind, requireServedCountry, SpendingCapReached } from '../linking/spending.ts';
import { noteCapReached } from '../observe.ts';
import { commit } from '../table/client.ts';
import { noticeCounted } from '../table/spending.ts';
import { retryWhenStale } from '../table/views.ts';
import { countingAt } from './count-sending.ts';
import { observeDelivery } from './observe-delivery.ts';

/** A message that may not have gone out: its record is delivered again, and only what was not done is done again. */
class NoticeNotSent extends Error {
  override readonly name = 'NoticeNotSent';
}

/** One message, by one channel. */
export type NoticeMessage =
  | { readonly by: 'sms'; readonly to: PhoneNumber; readonly text: string }
  | {
      readonly by: 'mail';
      readonly to: EmailAddress;
      readonly content: { readonly subject: string; readonly text: string; readonly html: string };
    };

/**
 * Sends one message within what notices may cost; beyond that it is dropped, and counted.
 *
 * @throws NoticeNotSent
 */
export async function sendNotice(
  dependencies: Core & WithMail & WithSms,
  kind: NoticeKind,
  message: NoticeMessage,
): Promise<void> {
  const { table, settings, observer, sms, mail } = dependencies;
  const { by, to } = message;
  try {
    await retryWhenStale(table, async () => {
      const now = epochSeconds(dependencies.clock);
      if (by === 'sms') requireServedCountry(to, settings.spending.smsCountries, now);
      await commit(table, noticeCounted(table, by, kind, countingAt(dependencies, now)));
    });
  } catch (error) {
    if (!(error instanceof SpendingCapReached)) throw error;
    noteCapReached(observer, error);
    observer.count('NoticeDropped');
    return;
  }
  const sending =
    message.by === 'sms' ? sms.send({ to, text: message.text }) : mail.send({ to, ...message.content });
  const delivery = await observeDelivery(observer, by, sending);
  // Notified twice is better than not at all; but what can never arrive is not tried again and again while others wait.
  const isOver = delivery.outcome === 'accepted' || (delivery.outcome === 'refused' && delivery.permanent);
  if (!isOver) throw new NoticeNotSent();
}
