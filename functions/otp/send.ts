import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { sendSmsCode } from '../../lib/flows/send-sms-code.ts';
import { accountRoute, body, type CoreDependencies, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible } from '../../lib/linking/account.ts';
import { type Purpose, purposeSchema } from '../../lib/linking/identity.ts';
import { SMS, type SmsDependencies } from '../../lib/needs.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

/** What the request says. */
export const form = z.strictObject({ purpose: purposeSchema });

/** POST /otp/send: begins an identity check by a code to the registered phone. */
export const route = accountRoute<CoreDependencies & SmsDependencies, { purpose: Purpose }>({
  parse: body(form),
  purposes: ({ purpose }) => [purpose],
  async handle({ request, dependencies, form: { purpose }, view, now }) {
    const { table, settings } = dependencies;
    const { rules } = settings;
    const sent = await sendSmsCode(dependencies, request, {
      account: requireActionPossible(view, purpose, { rules, now }),
      purpose,
      before: challengeOf(view, purpose),
      boundTo: view.session.hash,
      now,
      conditions: stillSignedIn(table, view, { now, rules }),
    });
    return json(202, { purpose, ...sent });
  },
});

export const handler = bind(route, SMS);
