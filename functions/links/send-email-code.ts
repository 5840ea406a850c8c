import * as z from 'zod/mini';
import {
  type Core,
  hmacKey,
  mail,
  provide,
  type WithHmacKey,
  type WithMail,
} from '../../lib/dependencies.ts';
import { sendAddressCode } from '../../lib/flows/send-code.ts';
import { emailSchema } from '../../lib/http/body.ts';
import { accountRoute, bind, body, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { requireVerified } from '../../lib/linking/challenge.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

const purpose = 'link_email';

/** What the request says. */
export const form = z.strictObject({ email: emailSchema });

/** POST /links/email/send: mails a code to the address to be linked. Says nothing about who else has the address. */
export const route = accountRoute<Core & WithHmacKey & WithMail, { email: EmailAddress }>({
  parse: body(form),
  purposes: () => [purpose],
  async handle({ request, dependencies, form: { email }, view, now }) {
    const { table, settings } = dependencies;
    const { rules } = settings;
    const { account, session } = view;
    requireActionPossible(view, purpose, { rules, now });
    requireFactor(account);
    const before = challengeOf(view, purpose);
    const sent = await sendAddressCode(dependencies, request, {
      accountId: account.accountId,
      before,
      check: requireVerified(before, session.hash, now),
      address: email,
      now,
      conditions: stillSignedIn(table, view, { now, rules }),
    });
    return json(202, sent);
  },
});

export const handler = bind(route, provide(hmacKey, mail));
