import * as z from 'zod/mini';
import { eventOf } from '../events/events.ts';
import { type CoreDependencies, nowOf } from '../http/route.ts';
import type { EmailAddress } from '../linking/email.ts';
import { type NoticeKind, requireServedCountry, SpendGuardClosed } from '../linking/guards.ts';
import type { Subject } from '../linking/identity.ts';
import { type Channel, channelsOf, type Notice, undoToken } from '../linking/notice.ts';
import { Problem } from '../linking/problem.ts';
import { lockedMail, noticeMail, noticeSms } from '../messages/notice-texts.ts';
import type { TellDependencies } from '../needs.ts';
import { noteClosed } from '../observe.ts';
import { noticeCounted } from '../table/breakers.ts';
import { ownerOf } from '../table/claims.ts';
import { commit, type Item, readItems } from '../table/client.ts';
import { newDeviceNoticeCounted } from '../table/guards.ts';
import { judgeAnew } from '../table/judge-anew.ts';
import { keys } from '../table/keys.ts';
import { markDone, parseNotice, readTelling, type Telling } from '../table/notices.ts';
import { markLockTold, wasLockTold } from '../table/sign-ins.ts';
import { send } from './deliver.ts';

type Dependencies = CoreDependencies & TellDependencies;

/** A message that may not have gone out: its record is delivered again, and only what was not done is done again. */
class NotTold extends Error {
  override readonly name = 'NotTold';
}

/** Sends one message by a channel, within what notices may cost; where that is spent, it is dropped, and counted. */
async function sendBy(
  dependencies: Dependencies,
  kind: NoticeKind,
  { by, to }: Channel,
  content: { readonly sms: () => string; readonly mail: () => ReturnType<typeof noticeMail> },
): Promise<void> {
  const { table, settings, random, observer, sms, mail } = dependencies;
  const { guards } = settings;
  try {
    await judgeAnew(table, async () => {
      const now = nowOf(dependencies);
      if (by === 'sms') requireServedCountry(to, guards.smsCountries, now);
      await commit(table, noticeCounted(table, by, kind, { now, limits: guards, random }));
    });
  } catch (error) {
    if (!(error instanceof SpendGuardClosed)) throw error;
    noteClosed(observer, error);
    observer.count('NoticeDropped');
    return;
  }
  const sending = by === 'sms' ? sms.send({ to, text: content.sms() }) : mail.send({ to, ...content.mail() });
  const delivery = await send(observer, by, sending);
  // Told twice is better than not at all; but not again and again where nobody will ever hear it, while others wait.
  const isOver = delivery.outcome === 'accepted' || (delivery.outcome === 'refused' && delivery.forGood);
  if (!isOver) throw new NotTold();
}

/** Where a notice goes: every channel of the account as it was before, but for the one that did it. */
function channelsFor(
  { channels, type, provider }: Notice,
  current: () => readonly Channel[],
  notify: 'all' | 'mail' | 'off',
): readonly Channel[] {
  const isAllowed = ({ by }: Channel) => notify === 'all' || notify === by;
  const isOther = ({ by }: Channel) => !(type === 'signed_in' && provider === 'email' && by === 'mail');
  return (channels ?? current()).filter((channel) => isAllowed(channel) && isOther(channel));
}

/** Runs all of them to their end. @throws the first failure */
async function everyOne(doings: readonly Promise<void>[]): Promise<void> {
  for (const done of await Promise.allSettled(doings)) if (done.status === 'rejected') throw done.reason;
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

async function tellNotice(dependencies: Dependencies, item: Item): Promise<void> {
  const { table, settings, hmacKey, bus, observer } = dependencies;
  const ref = parseNotice(item);
  const found = await readTelling(table, ref, nowOf(dependencies));
  if (found === undefined) return;
  const { notice, account, methods, isDone } = found;
  const undoUrl = `${settings.CONSOLE_ORIGINS[0]}/not-me#${undoToken(hmacKey, notice)}`;
  const content = { ...notice, brand: settings.BRAND_NAME, ...(notice.type !== 'frozen' && { undoUrl }) };

  async function once(telling: Telling, doing: () => Promise<void>): Promise<void> {
    if (isDone(telling)) return;
    await doing();
    await markDone(table, notice, telling, nowOf(dependencies));
  }

  if (notice.type === 'signed_in') {
    const counting = once('count', () =>
      commit(table, [newDeviceNoticeCounted(table, account.accountId, nowOf(dependencies))]),
    );
    if (await isQuotaExceeded(counting)) {
      observer.count('QuotaExceeded');
      return;
    }
  }
  const event = eventOf(notice);
  const kind = notice.type === 'signed_in' ? 'other' : 'change';
  const channels = channelsFor(notice, () => channelsOf(account, methods), settings.NOTIFY);
  await everyOne([
    ...(event ? [once('event', () => bus.publish(event))] : []),
    ...channels.map((channel) =>
      once(channel.by, () =>
        sendBy(dependencies, kind, channel, {
          sms: () => noticeSms(content),
          mail: () => noticeMail(content),
        }),
      ),
    ),
  ]);
}

const lockedSchema = z.object({ address: z.string(), lockedAt: z.int() });

/** Tells whoever has an address that its guesses are spent, once for each time they were; nobody where it is nobody's. */
async function tellLocked(dependencies: Dependencies, item: Item, before: Item | undefined): Promise<void> {
  const { table, settings } = dependencies;
  const locked = lockedSchema.safeParse(item);
  if (!locked.success || settings.NOTIFY === 'off') return;
  const { lockedAt } = locked.data;
  // It is kept by whatever is written later.
  if (before?.['lockedAt'] === lockedAt) return;
  const address = locked.data.address as EmailAddress;
  const claimKey = keys.claim('email', address as string as Subject);
  const owner = ownerOf((await readItems(table, [claimKey])).get(claimKey));
  if (owner === undefined || owner.relation === 'sub_account') return;
  const addressKey = String(item['pk']).replace(/^SIGNIN#/, '');
  if (await wasLockTold(table, addressKey, lockedAt)) return;
  const mail = lockedMail(settings.BRAND_NAME);
  await sendBy(dependencies, 'other', { by: 'mail', to: address }, { sms: () => '', mail: () => mail });
  await markLockTold(table, addressKey, lockedAt);
}

/**
 * Tells owners what happened to their accounts, and everybody on the bus. Of each record, whatever was not done when it was delivered
 * before is done when it is delivered again, and nothing else.
 */
export async function tellOwner(
  item: Item,
  dependencies: Dependencies,
  before: Item | undefined,
): Promise<void> {
  await (item['noticeId'] === undefined
    ? tellLocked(dependencies, item, before)
    : tellNotice(dependencies, item));
}
