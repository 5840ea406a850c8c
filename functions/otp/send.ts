import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { makeCode, takeBack, validMinutes } from '../../lib/flows/code-sending.ts';
import { deliverCode } from '../../lib/flows/deliver.ts';
import { accountRoute, body, type CoreDependencies, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible } from '../../lib/linking/account.ts';
import { startCheck } from '../../lib/linking/challenge.ts';
import { type Purpose, purposeSchema } from '../../lib/linking/identity.ts';
import { maskPhone } from '../../lib/linking/phone.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { pseudonym } from '../../lib/linking/secrets.ts';
import { smsText } from '../../lib/messages/texts.ts';
import { SMS, type SmsDependencies } from '../../lib/needs.ts';
import { challengeChanged } from '../../lib/table/challenges.ts';
import { commit } from '../../lib/table/client.ts';
import { sendCounted } from '../../lib/table/quotas.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

/** What the request says. */
export const form = z.strictObject({ purpose: purposeSchema });

/** POST /otp/send: begins an identity check by a code to the registered phone, never to one from the request. */
export const route = accountRoute<CoreDependencies & SmsDependencies, { purpose: Purpose }>({
  parse: body(form),
  purposes: ({ purpose }) => [purpose],
  async handle({ request, dependencies, form: { purpose }, view, now }) {
    const { table, settings, random, hmacKey, observer, sms } = dependencies;
    const { rules } = settings;
    const { accountId, phone } = requireActionPossible(view, purpose, { rules, now });
    const before = challengeOf(view, purpose);
    const { code, ...stored } = makeCode(random, hmacKey, purpose);
    const sentTo = maskPhone(phone);
    const next = startCheck(before, { ...stored, now, rules, sessionHash: view.session.hash, sentTo });
    const quota = { scope: 'sms', subject: pseudonym(hmacKey, 'phone', phone) } as const;
    await commit(table, [
      challengeChanged(table, accountId, purpose, next, now),
      sendCounted(table, quota, { now, rules }),
      ...stillSignedIn(table, view, { now, rules }),
    ]);

    const text = smsText({
      purpose,
      code,
      validMinutes: validMinutes(rules.smsCodeTtlSeconds),
      language: request.language,
      brand: settings.BRAND_NAME,
    });
    await deliverCode(observer, 'sms', {
      sending: sms.send({ to: phone, text }),
      takeBack: () => takeBack(table, { accountId, purpose, before, codeId: stored.codeId, quota, now }),
    });
    return json(202, {
      purpose,
      sentTo,
      expiresAt: toIso(now + rules.smsCodeTtlSeconds),
      resendAt: toIso(now + rules.resendSeconds),
    });
  },
});

export const handler = bind(route, SMS);
