import type { Core, WithBus, WithKeys, WithMail, WithSms } from '../dependencies.ts';
import { toEvent } from '../events/events.ts';
import type { Destination } from '../linking/channel.ts';
import { mailLanguages, smsLanguage } from '../linking/language.ts';
import { listDestinations, type Notice, undoToken } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { epochSeconds } from '../linking/rules.ts';
import { noticeMail, noticeSms } from '../messages/notice-texts.ts';
import { commit, type Item } from '../table/client.ts';
import { newDeviceNoticeCounted } from '../table/counters.ts';
import { markDone, type NotificationStep, parseNotice, readNotification } from '../table/notices.ts';
import { sendNotice } from './send-notice.ts';
import { settleAll } from './settle-all.ts';

/** Where a notice goes: everywhere the account could be notified before, except what the sign-in was made with. */
function chooseDestinations(
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

/**
 * Notifies the owner of what a notice says, and the bus of changes. What was not done when its record was delivered before is done when
 * it is delivered again, and nothing else.
 */
export async function notifyOwner(
  item: Item,
  dependencies: Core & WithKeys & WithMail & WithSms & WithBus,
): Promise<void> {
  const { table, settings, keys, bus, observer } = dependencies;
  const ref = parseNotice(item);
  const found = await readNotification(table, ref, epochSeconds(dependencies.clock));
  if (found === undefined) return;
  const { notice, account, isDone } = found;

  async function once(step: NotificationStep, act: () => Promise<void>): Promise<void> {
    if (isDone(step)) return;
    await act();
    await markDone(table, notice, step, epochSeconds(dependencies.clock));
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
  const toMessage = (destination: Destination) => {
    const undoUrl = `${settings.CONSOLE_ORIGINS[0]}/not-me#${undoToken(keys, notice, destination.by)}`;
    const content = {
      ...notice,
      brand: settings.BRAND_NAME,
      hasPhone: account.phone !== undefined,
      ...(notice.type !== 'frozen' && { undoUrl }),
    };
    return destination.by === 'sms'
      ? { ...destination, text: noticeSms(content, smsLanguage(destination.to, account.language)) }
      : { ...destination, content: noticeMail(content, mailLanguages(account)) };
  };
  const destinations = chooseDestinations(notice, () => listDestinations(found), settings.NOTIFY);
  await settleAll([
    ...(event ? [once('event', () => bus.publish(event))] : []),
    ...destinations.map((destination) =>
      once(destination.by, () => sendNotice(dependencies, kind, toMessage(destination))),
    ),
  ]);
}
