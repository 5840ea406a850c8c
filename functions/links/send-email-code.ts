import * as z from 'zod/mini';
import {
  type Core,
  hmacKey,
  mail,
  provide,
  type WithHmacKey,
  type WithMail,
} from '../../lib/dependencies.ts';
import { makeCode, undoSending, validMinutes } from '../../lib/flows/code-sending.ts';
import { deliverCode } from '../../lib/flows/deliver.ts';
import { guardedCode } from '../../lib/flows/guarded-code.ts';
import { emailSchema } from '../../lib/http/body.ts';
import { accountRoute, bind, body, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { requireVerified, startMail } from '../../lib/linking/challenge.ts';
import { type EmailAddress, maskEmail } from '../../lib/linking/email.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { pseudonym } from '../../lib/linking/secrets.ts';
import { mailContent } from '../../lib/messages/texts.ts';
import { challengeChanged } from '../../lib/table/challenges.ts';
import { commit } from '../../lib/table/client.ts';
import { sendCounted } from '../../lib/table/quotas.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

const purpose = 'link_email';

/** What the request says. */
export const form = z.strictObject({ email: emailSchema });

/** POST /links/email/send: mails a code to the address to be linked. Says nothing about who else has the address. */
export const route = accountRoute<Core & WithHmacKey & WithMail, { email: EmailAddress }>({
  parse: body(form),
  purposes: () => [purpose],
  async handle({ request, dependencies, form: { email }, view, now }) {
    const { table, settings, random, hmacKey, observer, mail } = dependencies;
    const { rules } = settings;
    const { accountId } = view.account;
    requireActionPossible(view, purpose, { rules, now });
    requireFactor(view.account);
    const before = challengeOf(view, purpose);
    const check = requireVerified(before, view.session.hash, now);
    const { code, ...stored } = makeCode(random, hmacKey, purpose);
    const next = startMail(before, check, { ...stored, now, rules, address: email });
    const quota = { scope: 'mail', subject: pseudonym(hmacKey, 'email', email) } as const;
    const { fragments, taken } = guardedCode(dependencies, request, { accountId, now });
    await commit(table, [
      challengeChanged(table, accountId, purpose, next, now),
      sendCounted(table, quota, { now, rules }),
      ...stillSignedIn(table, view, { now, rules }),
      ...fragments,
    ]);

    const content = mailContent({
      purpose,
      code,
      validMinutes: validMinutes(rules.mailCodeTtlSeconds),
      language: request.language,
      brand: settings.BRAND_NAME,
    });
    await deliverCode(observer, 'mail', {
      sending: mail.send({ to: email, ...content }),
      undoSending: () =>
        undoSending(table, { accountId, purpose, before, codeId: stored.codeId, quota, taken, now }),
    });
    return json(202, {
      sentTo: maskEmail(email),
      expiresAt: toIso(now + rules.mailCodeTtlSeconds),
      resendAt: toIso(now + rules.resendSeconds),
    });
  },
});

export const handler = bind(route, provide(hmacKey, mail));
