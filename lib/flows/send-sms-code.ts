import type { Core, WithHmacKey, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountFactor, AccountId } from '../linking/account.ts';
import { type Challenge, type CheckBinding, startCheck } from '../linking/challenge.ts';
import type { CodePurpose } from '../linking/identity.ts';
import { maskPhone } from '../linking/phone.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { smsText } from '../messages/texts.ts';
import { challengeChanged } from '../table/challenges.ts';
import { commit, type Fragment } from '../table/client.ts';
import { sendCounted } from '../table/quotas.ts';
import { makeCode, undoSending, validMinutes } from './code-sending.ts';
import { deliverCode } from './deliver.ts';
import { guardedCode } from './guarded-code.ts';

/** Where a code went, and for how long it is good; times ISO 8601 UTC. */
export interface SentCode {
  readonly sentTo: string;
  readonly expiresAt: string;
  readonly resendAt: string;
}

/**
 * Begins a check by a code to the registered phone, never to one from the caller.
 *
 * @throws Problem `too_soon`, `too_many_attempts`, `quota_exceeded`, `delivery_failed`, `unavailable`
 */
export async function sendSmsCode(
  dependencies: Core & WithHmacKey & WithSms,
  caller: Caller,
  sending: {
    readonly accountId: AccountId;
    readonly factor: AccountFactor;
    readonly purpose: CodePurpose;
    readonly before: Challenge;
    /** Whose code it is: a session's, or that of a link in a message. */
    readonly boundTo: CheckBinding;
    readonly now: EpochSeconds;
    /** What must hold besides. */
    readonly conditions: readonly Fragment[];
  },
): Promise<SentCode> {
  const { table, settings, random, hmacKey, observer, sms } = dependencies;
  const { rules } = settings;
  const {
    accountId,
    factor: { factor, phone },
    purpose,
    before,
    boundTo,
    now,
    conditions,
  } = sending;
  const { code, ...stored } = makeCode(random, hmacKey, purpose);
  const sentTo = maskPhone(phone);
  const next = startCheck(before, { ...stored, now, rules, factor, boundTo, sentTo });
  const quota = { scope: 'sms', subject: pseudonym(hmacKey, 'phone', phone) } as const;
  const { fragments, taken } = guardedCode(dependencies, caller, { accountId, phone, now });
  await commit(table, [
    challengeChanged(table, accountId, purpose, next, now),
    sendCounted(table, quota, { now, rules }),
    ...conditions,
    ...fragments,
  ]);

  const text = smsText({
    purpose,
    code,
    validMinutes: validMinutes(rules.smsCodeTtlSeconds),
    language: caller.language,
    brand: settings.BRAND_NAME,
  });
  await deliverCode(observer, 'sms', {
    sending: sms.send({ to: phone, text }),
    undoSending: () =>
      undoSending(table, { accountId, purpose, before, codeId: stored.codeId, quota, taken, now }),
  });
  return {
    sentTo,
    expiresAt: toIso(now + rules.smsCodeTtlSeconds),
    resendAt: toIso(now + rules.resendSeconds),
  };
}
