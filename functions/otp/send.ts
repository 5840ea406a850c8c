import * as z from 'zod/mini';
import { type Core, hmacKey, provide, sms, type WithHmacKey, type WithSms } from '../../lib/dependencies.ts';
import { sendCheckCode } from '../../lib/flows/send-code.ts';
import { accountRoute, bind, body, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { type Purpose, purposeSchema } from '../../lib/linking/identity.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

/** What the request says. */
export const form = z.strictObject({ purpose: purposeSchema });

/** POST /otp/send: begins an identity check by a code to the registered phone. */
export const route = accountRoute<Core & WithHmacKey & WithSms, { purpose: Purpose }>({
  parse: body(form),
  purposes: ({ purpose }) => [purpose],
  async handle({ request, dependencies, form: { purpose }, view, now }) {
    const { table, settings } = dependencies;
    const { rules } = settings;
    requireActionPossible(view, purpose, { rules, now });
    const sent = await sendCheckCode(dependencies, request, {
      accountId: view.account.accountId,
      factor: requireFactor(view.account),
      purpose,
      before: challengeOf(view, purpose),
      boundTo: view.session.hash,
      now,
      conditions: stillSignedIn(table, view, { now, rules }),
    });
    return json(202, { purpose, ...sent });
  },
});

export const handler = bind(route, provide(hmacKey, sms));
