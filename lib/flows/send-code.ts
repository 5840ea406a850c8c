import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithMail, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountFactor, AccountId } from '../linking/account.ts';
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
import { type EmailAddress, maskEmail } from '../linking/email.ts';
import type { CodePurpose } from '../linking/identity.ts';
import { type Language, smsLanguage } from '../linking/language.ts';
import { maskPhone } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso, validMinutes } from '../linking/rules.ts';
import { type Code, makeCode, pseudonym } from '../linking/secrets.ts';
import type { Delivery } from '../messages/delivery.ts';
import { mailContent, smsText } from '../messages/texts.ts';
import { describeError } from '../observe.ts';
import { challengeChanged, readChallenge } from '../table/challenges.ts';
import { commit, type Fragment, type Table } from '../table/client.ts';
import { type Counted, refundCounts } from '../table/counters.ts';
import { type Quota, refundSend, sendCounted } from '../table/quotas.ts';
import { retryWhenStale } from '../table/views.ts';
import { countCode } from './count-sending.ts';
import { observeDelivery } from './observe-delivery.ts';
import { settleAll } from './settle-all.ts';

/** Whose code it is, and what it was judged by. */
interface CodeRequest {
  readonly accountId: AccountId;
  /** The challenge that the code is to be stored in, as it was read. */
  readonly before: Challenge;
  readonly now: EpochSeconds;
  /** What must hold when the code is stored. */
  readonly conditions: readonly Fragment[];
}

/** What a channel makes of a code. */
interface Message {
  readonly purpose: CodePurpose;
  readonly destination: Destination;
  readonly quota: Quota;
  /** The destination, masked. */
  readonly sentTo: string;
  readonly language: Language;
  readonly ttlSeconds: number;
  /** Puts the code into the challenge. @throws Problem `too_soon`, `too_many_attempts` */
  readonly start: (sending: Sending) => Challenge;
  readonly send: (content: {
    readonly code: Code;
    readonly validMinutes: number;
    readonly language: Language;
    readonly brand: string;
  }) => Promise<Delivery>;
}

/**
 * Sends a code of an identity check, to what is registered with the account and never to what the caller says.
 *
 * @throws Problem `too_soon`, `too_many_attempts`, `quota_exceeded`, `delivery_failed`, `unavailable`. Within `retryWhenStale`.
 */
export async function sendCheckCode(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  request: CodeRequest & {
    readonly purpose: CodePurpose;
    readonly factor: AccountFactor;
    readonly boundTo: CheckBinding;
  },
): Promise<SentAnswer> {
  const { settings, keys, sms } = dependencies;
  const { purpose, factor: account, boundTo, before } = request;
  const { factor, phone, language } = account;
  const sentTo = maskPhone(phone);
  return sendCode(dependencies, caller, request, {
    purpose,
    destination: { by: 'sms', to: phone },
    quota: { scope: 'sms', subject: pseudonym(keys.current.pseudonyms, 'phone', phone) },
    sentTo,
    language: smsLanguage(phone, language ?? caller.language),
    ttlSeconds: settings.rules.smsCodeTtlSeconds,
    start: (sending) => startCheck(before, { ...sending, factor, boundTo, sentTo }),
    send: (content) => sms.send({ to: phone, text: smsText({ ...content, purpose }) }),
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
  request: CodeRequest & { readonly check: VerifiedCheck; readonly address: EmailAddress },
): Promise<SentAnswer> {
  const { settings, keys, mail } = dependencies;
  const { before, check, address } = request;
  const purpose = 'link_email';
  return sendCode(dependencies, caller, request, {
    purpose,
    destination: { by: 'mail', to: address },
    quota: { scope: 'mail', subject: pseudonym(keys.current.pseudonyms, 'email', address) },
    sentTo: maskEmail(address),
    language: caller.language,
    ttlSeconds: settings.rules.mailCodeTtlSeconds,
    start: (sending) => startMail(before, check, { ...sending, address }),
    send: (content) => mail.send({ to: address, ...mailContent({ ...content, purpose }) }),
  });
}

/** Stores a code, with quota and caps in the same commit, and only then sends it: no code is on its way that is not stored. */
async function sendCode(
  dependencies: Core & WithKeys,
  caller: Caller,
  { accountId, before, now, conditions }: CodeRequest,
  { purpose, destination, quota, sentTo, language, ttlSeconds, start, send }: Message,
): Promise<SentAnswer> {
  const { table, settings, random, keys, observer } = dependencies;
  const { rules } = settings;
  const { code, codeId, hmac } = makeCode(random, keys.current.codes, purpose);
  const next = start({ codeId, hmac, now, rules });
  const { fragments, refundable } = countCode(dependencies, caller, { accountId, destination, now });
  await commit(table, [
    challengeChanged(table, accountId, purpose, next, now),
    sendCounted(table, quota, { now, rules }),
    ...conditions,
    ...fragments,
  ]);

  // Sent now, it would be a code that its owner was told did not go out.
  dependencies.signal?.throwIfAborted();
  const sending = send({
    code,
    validMinutes: validMinutes(ttlSeconds),
    language,
    brand: settings.BRAND_NAME,
  });
  const { outcome } = await observeDelivery(observer, destination.by, sending);
  if (outcome === 'refused') {
    // What can't be given back stays spent: the limits err on the side of sending less.
    await undoSending(table, { accountId, purpose, before, codeId, quota, refundable, now }).catch(
      (error: unknown) => observer.error('a refused sending was not taken back', describeError(error)),
    );
  }
  // An unknown outcome takes nothing back: the message may be on its way.
  if (outcome !== 'accepted') throw new Problem('delivery_failed');
  return { sentTo, expiresAt: toIso(now + ttlSeconds), resendAt: toIso(now + rules.resendSeconds) };
}

/** Undoes a sending that was refused: the code before it waits again, and neither interval, quota nor count was used. */
async function undoSending(
  table: Table,
  sent: Pick<CodeRequest, 'accountId' | 'before' | 'now'> &
    Pick<Message, 'purpose' | 'quota'> & { readonly codeId: string; readonly refundable: readonly Counted[] },
): Promise<void> {
  const { accountId, purpose, before, codeId, quota, refundable, now } = sent;
  await settleAll([
    refundSend(table, quota, now, now),
    refundCounts(table, refundable),
    retryWhenStale(table, async () => {
      const current = await readChallenge(table, accountId, purpose);
      const next = sendingUndone(current, codeId, before);
      if (next !== undefined) await commit(table, [challengeChanged(table, accountId, purpose, next, now)]);
    }),
  ]);
}
