import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithMail, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountFactor, type AccountView, challengeOf } from '../linking/account.ts';
import {
  type Challenge,
  type CheckBinding,
  type Sending,
  sendingUndone,
  startCheck,
  startMail,
  type VerifiedCheck,
} from '../linking/challenge.ts';
import type { Destination } from '../linking/channel.ts';
import { type CodeBudget, checkBudget, restoreBudget } from '../linking/code-budget.ts';
import { type EmailAddress, maskEmail } from '../linking/email.ts';
import type { CodePurpose, Purpose } from '../linking/identity.ts';
import { type Language, smsLanguage } from '../linking/language.ts';
import { restoreName, undoBinding } from '../linking/notice.ts';
import { maskPhone } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso, validMinutes } from '../linking/rules.ts';
import { type Code, makeCode, pseudonym } from '../linking/secrets.ts';
import type { Spent } from '../linking/spent.ts';
import type { Delivery } from '../messages/delivery.ts';
import { mailContent } from '../messages/texts.ts';
import { describeError } from '../observe.ts';
import { challengeChanged, checkChanged, readChallenge, readChecks } from '../table/challenges.ts';
import { commit, type Fragment, type Table } from '../table/client.ts';
import { refundCounts } from '../table/counters.ts';
import type { LinkView } from '../table/notices.ts';
import { type Quota, refundSend, sendCounted } from '../table/quotas.ts';
import { retryWhenStale } from '../table/views.ts';
import { countSending, type SendingCount } from './count-sending.ts';
import { countStep } from './count-step.ts';
import { observeDelivery } from './observe-delivery.ts';
import { settleAll } from './settle-all.ts';
import { linkSucceeded } from './succeed-link.ts';

interface CodeRequest {
  readonly now: EpochSeconds;
  /** What must hold when the code is stored. */
  readonly conditions: readonly Fragment[];
}

/** The challenge that a code is to be stored in, as it was read. */
interface Place {
  readonly before: Challenge;
  readonly budget: CodeBudget;
  /** What the code is counted with; none for a code to restore with. */
  readonly spent?: Spent;
  readonly stored: (next: Challenge, spent: Spent | undefined) => Fragment;
  /**
   * Puts back what was before, as far as that is right by now.
   *
   * @param undo what becomes of the challenge that is stored now; undefined if it stays
   */
  readonly putBack: (
    undo: (current: Challenge) => Challenge | undefined,
    uncount: (spent: Spent) => Spent,
  ) => Promise<void>;
}

/** What a channel makes of a code. */
interface Message {
  readonly purpose: CodePurpose;
  readonly destination: Destination;
  /** Of where it goes; none where the challenge's own budget counts codes. */
  readonly quota?: Quota;
  /** The destination, masked. */
  readonly sentTo: string;
  readonly language: Language;
  readonly ttlSeconds: number;
  /** Puts the code into the challenge. @throws Problem `too_soon`, `too_many_attempts` */
  readonly start: (sending: Sending) => Challenge;
  /** What is to be written once the challenge is this. */
  readonly also?: (next: Challenge) => readonly Fragment[];
  readonly send: (content: {
    readonly code: Code;
    readonly validMinutes: number;
    readonly language: Language;
    readonly brand: string;
    readonly helpUrl: string;
  }) => Promise<Delivery>;
}

/** Where the code of an identity check is kept: apart for each method that sessions are opened by. */
function placeOfCheck(
  { table, settings }: Core,
  view: AccountView,
  purpose: Purpose,
  now: EpochSeconds,
): Place {
  const { session, checks } = view;
  return {
    before: challengeOf(view, purpose),
    budget: checkBudget(settings.rules),
    spent: checks.spent,
    stored: (next, spent = checks.spent) =>
      checkChanged(table, { session, checks: { ...checks, spent } }, purpose, next, now),
    putBack: async (undo, uncount) => {
      const current = await readChecks(table, session, now);
      // Nothing is kept of an account that was closed since.
      if (current.version === 0) return;
      const challenge = challengeOf({ checks: current }, purpose);
      const left = { session, checks: { ...current, spent: uncount(current.spent) } };
      await commit(table, [checkChanged(table, left, purpose, undo(challenge) ?? challenge, now)]);
    },
  };
}

/** Where the code behind a link is kept. */
function placeOfRestore(
  { table, settings }: Core,
  { link, account, challenge }: LinkView,
  now: EpochSeconds,
): Place {
  const { accountId } = account;
  const name = restoreName(link);
  return {
    before: challenge,
    budget: restoreBudget(link.by, settings.rules),
    stored: (next) => challengeChanged(table, accountId, name, next, now),
    putBack: async (undo) => {
      const next = undo(await readChallenge(table, accountId, name));
      if (next) await commit(table, [challengeChanged(table, accountId, name, next, now)]);
    },
  };
}

/** A code by SMS, to what is registered with the account and never to what the caller says. */
function smsMessage(
  { settings, sms }: Core & WithSms,
  caller: Caller,
  { factor, phone, phoneRevision, language }: AccountFactor,
  { purpose, before, boundTo }: { purpose: CodePurpose; before: Challenge; boundTo: CheckBinding },
): Omit<Message, 'quota'> {
  const sentTo = maskPhone(phone);
  return {
    purpose,
    destination: { by: 'sms', to: phone },
    sentTo,
    language: smsLanguage(phone, language ?? caller.language),
    ttlSeconds: settings.rules.smsCodeTtlSeconds,
    start: (sending) =>
      startCheck(before, {
        ...sending,
        factor,
        boundTo,
        sentTo,
        ...(phoneRevision !== undefined && { phoneRevision }),
      }),
    send: ({ code, validMinutes, language }) =>
      sms.send({ kind: 'code', purpose, code, validMinutes, to: phone, language }),
  };
}

/**
 * Sends a code of an identity check.
 *
 * @throws Problem `too_soon`, `too_many_attempts`, `quota_exceeded`, `country_not_served`, `recipient_opted_out`, `delivery_failed`,
 *   `unavailable`. Within `retryWhenStale`.
 */
export async function sendCheckCode(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  request: CodeRequest & {
    readonly view: AccountView;
    readonly purpose: Purpose;
    readonly factor: AccountFactor;
  },
): Promise<SentAnswer> {
  const { keys } = dependencies;
  const { view, purpose, factor, now } = request;
  const { hash: boundTo, openedBy } = view.session;
  const place = placeOfCheck(dependencies, view, purpose, now);
  const phoneKey = pseudonym(keys.current.pseudonyms, 'phone', factor.phone);
  return sendCode(dependencies, caller, request, place, {
    ...smsMessage(dependencies, caller, factor, { purpose, before: place.before, boundTo }),
    quota: { scope: 'sms', subject: `${phoneKey}#${openedBy}` },
  });
}

/**
 * Sends a code to restore with, behind a link. Its budget is the link's own, or that of mailed links: what else was sent to the phone
 * does not count.
 *
 * @throws as `sendCheckCode` does
 */
export async function sendRestoreCode(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  request: CodeRequest & { readonly view: LinkView; readonly factor: AccountFactor },
): Promise<SentAnswer> {
  const { view, factor, now } = request;
  const { link, challenge: before } = view;
  const place = placeOfRestore(dependencies, view, now);
  return sendCode(dependencies, caller, request, place, {
    ...smsMessage(dependencies, caller, factor, {
      purpose: 'restore',
      before,
      boundTo: undoBinding(link),
    }),
    also: (next) => linkSucceeded(dependencies, view, next, now),
  });
}

/**
 * Mails a code to the address that is to be linked.
 *
 * @param request.check the verified check that allows it; it stays open
 * @throws as `sendCheckCode` does
 */
export async function sendAddressCode(
  dependencies: Core & WithKeys & WithMail,
  caller: Caller,
  request: CodeRequest & {
    readonly view: AccountView;
    readonly purpose: 'link_email' | 'replace_email';
    readonly check: VerifiedCheck;
    readonly address: EmailAddress;
  },
): Promise<SentAnswer> {
  const { settings, keys, mail } = dependencies;
  const { view, purpose, check, address, now } = request;
  const place = placeOfCheck(dependencies, view, purpose, now);
  return sendCode(dependencies, caller, request, place, {
    purpose,
    destination: { by: 'mail', to: address },
    quota: { scope: 'mail', subject: pseudonym(keys.current.pseudonyms, 'email', address) },
    sentTo: maskEmail(address),
    language: caller.language,
    ttlSeconds: settings.rules.mailCodeTtlSeconds,
    start: (sending) => startMail(place.before, check, { ...sending, address }),
    send: (content) =>
      mail.send({
        ...mailContent({ ...content, purpose }),
        to: address,
        askedBy: { accountId: view.account.accountId, openedBy: view.session.openedBy },
      }),
  });
}

/** Stores a code, with quota and caps in the same commit, and only then sends it: no code is on its way that is not stored. */
async function sendCode(
  dependencies: Core & WithKeys,
  caller: Caller,
  { now, conditions }: CodeRequest,
  place: Place,
  { purpose, destination, quota, sentTo, language, ttlSeconds, start, also, send }: Message,
): Promise<SentAnswer> {
  const { table, settings, random, keys, observer } = dependencies;
  const { rules } = settings;
  const { budget } = place;
  const { code, codeId, hmac } = makeCode(random, keys.current.codes, purpose);
  const next = start({ codeId, hmac, now, rules, budget });
  const count = countSending(dependencies, caller, { spent: place.spent, destination, now });
  await commit(table, [
    place.stored(next, count.spent),
    ...(quota ? [sendCounted(table, quota, { now, rules })] : []),
    ...conditions,
    ...(also?.(next) ?? []),
    ...count.fragments,
  ]);
  countStep(dependencies, 'CodeAsked', destination);

  // Sent now, it would be a code that its owner was told did not go out.
  dependencies.signal?.throwIfAborted();
  const sending = send({
    code,
    validMinutes: validMinutes(ttlSeconds),
    language,
    brand: settings.BRAND_NAME,
    helpUrl: settings.HELP_URL,
  });
  const delivery = await observeDelivery(dependencies, destination, sending);
  const isRefused = delivery.outcome === 'refused';
  if (isRefused) {
    // What can't be given back stays spent: the limits err on the side of sending less.
    await undoSending(table, place, { next, quota, count, now }).catch((error: unknown) =>
      observer.error('a refused sending was not taken back', describeError(error)),
    );
  }
  // An unknown outcome takes nothing back: the message may be on its way.
  if (delivery.outcome !== 'accepted')
    throw new Problem((isRefused ? delivery.problem : undefined) ?? 'delivery_failed');
  countStep(dependencies, 'CodeSent', destination);
  return { sentTo, expiresAt: toIso(now + ttlSeconds), resendAt: toIso(now + rules.resendSeconds) };
}

/** Undoes a sending that was refused: the code before it waits again, and neither interval, quota nor count was used. */
async function undoSending(
  table: Table,
  { before, putBack }: Place,
  sent: {
    readonly next: Challenge;
    readonly quota: Quota | undefined;
    readonly count: SendingCount;
    readonly now: EpochSeconds;
  },
): Promise<void> {
  const { quota, count, now } = sent;
  await settleAll([
    ...(quota ? [refundSend(table, quota, now, now)] : []),
    refundCounts(table, count.refundable),
    retryWhenStale(table, () =>
      putBack((current) => sendingUndone(current, sent.next, before), count.uncount),
    ),
  ]);
}
