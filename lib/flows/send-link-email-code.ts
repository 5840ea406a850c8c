import type { Core, WithHmacKey, WithMail } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, challengeOf, requireActionPossible, requireFactor } from '../linking/account.ts';
import { requireVerified, startMail } from '../linking/challenge.ts';
import { type EmailAddress, maskEmail } from '../linking/email.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { mailContent } from '../messages/texts.ts';
import { challengeChanged } from '../table/challenges.ts';
import { commit } from '../table/client.ts';
import { sendCounted } from '../table/quotas.ts';
import { stillSignedIn } from '../table/views.ts';
import { makeCode, undoSending, validMinutes } from './code-sending.ts';
import { deliverCode } from './deliver.ts';
import { guardedCode } from './guarded-code.ts';

const PURPOSE = 'link_email';

/** Mails a code to the address to be linked. */
export async function sendLinkEmailCode(
  dependencies: Core & WithHmacKey & WithMail,
  caller: Caller,
  { email, view, now }: { email: EmailAddress; view: AccountView; now: EpochSeconds },
) {
  const { table, settings, random, hmacKey, observer, mail } = dependencies;
  const { rules } = settings;
  const { accountId } = view.account;
  requireActionPossible(view, PURPOSE, { rules, now });
  requireFactor(view.account);
  const before = challengeOf(view, PURPOSE);
  const check = requireVerified(before, view.session.hash, now);
  const { code, ...stored } = makeCode(random, hmacKey, PURPOSE);
  const next = startMail(before, check, { ...stored, now, rules, address: email });
  const quota = { scope: 'mail', subject: pseudonym(hmacKey, 'email', email) } as const;
  const { fragments, taken } = guardedCode(dependencies, caller, { accountId, now });
  await commit(table, [
    challengeChanged(table, accountId, PURPOSE, next, now),
    sendCounted(table, quota, { now, rules }),
    ...stillSignedIn(table, view, { now, rules }),
    ...fragments,
  ]);

  const content = mailContent({
    purpose: PURPOSE,
    code,
    validMinutes: validMinutes(rules.mailCodeTtlSeconds),
    language: caller.language,
    brand: settings.BRAND_NAME,
  });
  await deliverCode(observer, 'mail', {
    sending: mail.send({ to: email, ...content }),
    undoSending: () =>
      undoSending(table, { accountId, purpose: PURPOSE, before, codeId: stored.codeId, quota, taken, now }),
  });
  return {
    sentTo: maskEmail(email),
    expiresAt: toIso(now + rules.mailCodeTtlSeconds),
    resendAt: toIso(now + rules.resendSeconds),
  };
}
