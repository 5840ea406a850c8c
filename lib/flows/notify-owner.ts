import type { Core, WithBus, WithKeys, WithMail, WithSms } from '../dependencies.ts';
import { toEvent } from '../events/events.ts';
import type { Channel, NoticeDestination } from '../linking/channel.ts';
import { mailLanguages, smsLanguage } from '../linking/language.ts';
import {
  carriesLink,
  chooseDestinations,
  isMailStopped,
  listDestinations,
  type Notice,
  type NoticeRef,
  noticeGroup,
  noticeLanguage,
  notMeUrl,
  staysTrusted,
  undoToken,
} from '../linking/notice.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { noticeMail } from '../messages/notice-texts.ts';
import type { SmsUndo } from '../messages/sms.ts';
import { describeError } from '../observe.ts';
import { type Count, dailyCounted } from '../table/counters.ts';
import {
  markDone,
  type Notification,
  type NotificationStep,
  noticeMarkedCounted,
  readNotification,
} from '../table/notices.ts';
import { retryWhenStale } from '../table/views.ts';
import { countNotice, type NoticeMessage, sendNotice, type When } from './send-notice.ts';
import { storeUndoCode } from './store-undo-code.ts';

type Dependencies = Core & WithKeys & WithMail & WithSms & WithBus;

/** What is left to do about something an owner is to be notified of, and until when that is worth it. */
export interface Unfinished {
  readonly left: readonly NotificationStep[];
  readonly expiresAt: EpochSeconds;
}

/** One step that can be taken now. */
interface Task {
  readonly step: NotificationStep;
  /** @returns whether the step is done; otherwise it is to be taken again */
  readonly act: () => Promise<boolean>;
}

/** Where a notice goes; its mail to where it was to go when it was counted. */
function findDestinations(
  { settings }: Dependencies,
  { notice, ...account }: Notification,
  now: EpochSeconds,
): readonly NoticeDestination[] {
  const { mailedTo } = notice;
  const current = listDestinations(account, settings.rules, now);
  const wishes = { deployment: settings.NOTIFY, owner: account.account.preferences?.notify };
  return chooseDestinations(notice, current, wishes)
    .map((destination) =>
      destination.by === 'mail' && mailedTo !== undefined
        ? { ...destination, to: mailedTo }
        : staysTrusted(destination, account.account),
    )
    .filter((destination) => !isMailStopped(destination, account.methods));
}

/** A link, or a code in its place where the phone gets none: that is stored by then. */
async function makeSmsUndo(
  dependencies: Dependencies,
  notice: Notice,
  phone: PhoneNumber,
  url: string,
): Promise<SmsUndo> {
  if (dependencies.sms.takesLinks(phone)) return { url };
  return { code: await storeUndoCode(dependencies, notice, phone) };
}

async function writeMessage(
  dependencies: Dependencies,
  { notice, account }: Notification,
  destination: NoticeDestination,
): Promise<NoticeMessage> {
  const { keys, settings } = dependencies;
  const language = noticeLanguage(notice, account);
  const url = `${notMeUrl(settings.CONSOLE_ORIGINS)}#${undoToken(keys, notice, destination.by)}`;
  const hasLink = carriesLink(notice, destination);
  if (destination.by === 'sms') {
    const undo = hasLink ? await makeSmsUndo(dependencies, notice, destination.to, url) : undefined;
    return {
      ...destination,
      content: { ...notice, kind: 'notice', undo },
      language: smsLanguage(destination.to, language),
    };
  }
  const content = {
    ...notice,
    brand: settings.BRAND_NAME,
    helpUrl: settings.HELP_URL,
    accountId: account.accountId,
    hasPhone: account.phone !== undefined,
    ...(hasLink && { undoUrl: url }),
  };
  return { ...destination, content: noticeMail(content, mailLanguages({ ...account, language })) };
}

/** Counts a notice among those its account gets in a day; once, and only where there is a limit to them. */
function countDaily({ notice, isCounted }: Notification, now: EpochSeconds): readonly Count[] {
  const { type, isAttempt, isSuccessor } = notice;
  const isSignIn = type === 'signed_in' || isAttempt === true;
  if (!isSignIn || isSuccessor || isCounted('day')) return [];
  return [dailyCounted(isAttempt ? 'refused_sign_in' : 'new_device', notice, now)];
}

/** Counts those messages of a notice that are not counted yet. @throws Problem `quota_exceeded` if its account was sent too many today */
async function countMessages(
  dependencies: Dependencies,
  notification: Notification,
  destinations: readonly NoticeDestination[],
  now: EpochSeconds,
): Promise<ReadonlyMap<Channel, When>> {
  const { notice, account, isCounted } = notification;
  const { phoneRevision } = account;
  const daily = countDaily(notification, now);
  const mailed = destinations.find((destination) => destination.by === 'mail');
  const mark = (channels: readonly Channel[]) =>
    noticeMarkedCounted(
      dependencies.table,
      notice,
      [...channels, ...(daily.length > 0 ? (['day'] as const) : [])],
      {
        now,
        ...(channels.includes('mail') && mailed && { mailedTo: mailed.to }),
        ...(channels.includes('sms') && phoneRevision !== undefined && { phoneRevision }),
      },
    );
  const uncounted = destinations.filter(({ by }) => !isCounted(by));
  return countNotice(dependencies, noticeGroup(notice), uncounted, mark, daily);
}

/** The step of one message that is counted; undefined for as long as a cap is spent. */
function messageTask(
  dependencies: Dependencies,
  notification: Notification,
  destination: NoticeDestination,
  when: When,
): Task | undefined {
  if (when === 'later') return undefined;
  const act = async () =>
    when === 'never' || sendNotice(dependencies, await writeMessage(dependencies, notification, destination));
  return { step: destination.by, act };
}

interface Plan extends Unfinished {
  readonly tasks: readonly Task[];
}

/** Finds what is left to do about a notice, and counts what can be sent of it; undefined if nothing is left. */
async function plan(dependencies: Dependencies, ref: NoticeRef): Promise<Plan | undefined> {
  const { table, bus, observer, clock } = dependencies;
  const found = await readNotification(table, ref);
  if (found === undefined) return undefined;
  const { notice, isDone } = found;
  const { expiresAt } = notice;
  const event = toEvent(notice);
  const publication: Task[] =
    event === undefined || isDone('event')
      ? []
      : [{ step: 'event', act: () => bus.publish(event).then(() => true) }];
  const now = epochSeconds(clock);
  const destinations = findDestinations(dependencies, found, now).filter(({ by }) => !isDone(by));
  const left = [...publication.map(({ step }) => step), ...destinations.map(({ by }) => by)];
  if (left.length === 0) return undefined;
  if (expiresAt <= now) return { left, expiresAt, tasks: [] };

  try {
    const counted = await countMessages(dependencies, found, destinations, now);
    const messages = destinations.flatMap((destination) => {
      const when = counted.get(destination.by) ?? 'now';
      return messageTask(dependencies, found, destination, when) ?? [];
    });
    return { left, expiresAt, tasks: [...publication, ...messages] };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'quota_exceeded') throw error;
    observer.count('QuotaExceeded');
    return undefined;
  }
}

/** @returns what `act` does; undefined if it fails, which is logged: then it is to be done again */
async function tried<T>(
  { observer }: Dependencies,
  steps: object,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    observer.count('Fault');
    observer.error('a step of a notice failed', { ...steps, ...describeError(error) });
    return undefined;
  }
}

/** Takes all steps at once, and marks those that are done, in one write. @returns which */
async function takeSteps(
  dependencies: Dependencies,
  ref: NoticeRef,
  tasks: readonly Task[],
): Promise<readonly NotificationStep[]> {
  const { table, clock } = dependencies;
  const taken = await Promise.all(
    tasks.map(async ({ step, act }) => ((await tried(dependencies, { step }, act)) ? [step] : [])),
  );
  const done = taken.flat();
  if (done.length === 0) return [];
  const mark = () => markDone(table, ref, done, epochSeconds(clock)).then(() => done);
  return (await tried(dependencies, { steps: done }, mark)) ?? [];
}

/**
 * Notifies the owner of what a notice says, and the bus of changes. What was done when it was tried before is not done again. Each
 * message is counted and marked as counted, then sent, then marked as done: what stops it in between repeats only what is not known to be
 * done. The marks are one write each for all messages.
 *
 * @returns what is left to do; undefined if that is nothing
 */
export async function notifyOwner(
  dependencies: Dependencies,
  ref: NoticeRef,
): Promise<Unfinished | undefined> {
  const planned = await retryWhenStale(dependencies.table, () => plan(dependencies, ref));
  if (planned === undefined) return undefined;
  const { left, tasks, expiresAt } = planned;
  const done = await takeSteps(dependencies, ref, tasks);
  const remaining = left.filter((step) => !done.includes(step));
  return remaining.length === 0 ? undefined : { left: remaining, expiresAt };
}
