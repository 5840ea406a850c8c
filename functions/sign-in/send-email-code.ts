import * as z from 'zod/mini';
import {
  type Core,
  hmacKey,
  humanCheck,
  provide,
  type WithHmacKey,
  type WithHumanCheck,
} from '../../lib/dependencies.ts';
import { countingAt } from '../../lib/flows/guarded-code.ts';
import { storeForHuman } from '../../lib/flows/human-check.ts';
import { sendBudgets } from '../../lib/flows/sign-in-budgets.ts';
import { emailSchema, humanAnswerSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';
import { addressMark, isKnownTo, openDevice } from '../../lib/linking/device.ts';
import { type EmailAddress, maskEmail } from '../../lib/linking/email.ts';
import type { HumanAnswer } from '../../lib/linking/human-check.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { newId, pseudonym } from '../../lib/linking/secrets.ts';
import { requireSignInProvider } from '../../lib/linking/sign-in.ts';
import { commit } from '../../lib/table/client.ts';
import { formatChallengeId, signInRequested } from '../../lib/table/sign-ins.ts';
import { peekCap } from '../../lib/table/spending.ts';

/** What the request says. */
export const form = z.strictObject({ email: emailSchema, humanCheck: z.optional(humanAnswerSchema) });

interface Form {
  readonly email: EmailAddress;
  readonly humanCheck?: HumanAnswer | undefined;
}

/**
 * POST /sign-in/email/send: stores that a code was asked for, and no more. Whose address it is, this function never learns: the
 * code is made and mailed by another, on the table's stream, so that known and unknown addresses are told apart by nothing.
 */
export const route = publicRoute<Core & WithHmacKey & WithHumanCheck, Form>({
  parse: body(form),
  async handle({ request, dependencies, form: { email, humanCheck: answer }, now }) {
    const { table, settings, random, hmacKey } = dependencies;
    const { rules } = settings;
    requireSignInProvider('email', rules);
    const ref = { addressKey: pseudonym(hmacKey, 'email', email), id: newId(random) };
    const [expiresAt, resendAt] = [now + rules.mailCodeTtlSeconds, now + rules.resendSeconds];
    const device = openDevice(request.deviceCookie, hmacKey, now);
    const deviceId = isKnownTo(addressMark(hmacKey, email), device) ? device.id : undefined;
    const challenge = { id: ref.id, address: email, attempts: 0, expiresAt, resendAt };
    const look = peekCap(table, 'mail', countingAt(dependencies, now));
    await storeForHuman(dependencies, { caller: request, answer, now }, async (counted) => {
      // The breaker counts mails that are sent, and whether one is, nobody knows here: it is only looked at, at the same time. In
      // the transaction it would be one item that all of them meet at.
      const [stored, looked] = await Promise.allSettled([
        commit(table, [
          ...sendBudgets(table, ref.addressKey, deviceId, { now, rules }),
          signInRequested(table, ref, { ...challenge, ...(deviceId && { deviceId }) }, request.language),
          counted,
        ]),
        look(),
      ]);
      if (stored.status === 'rejected') throw stored.reason;
      if (looked.status === 'rejected') throw looked.reason;
    });
    return json(202, {
      challengeId: formatChallengeId(ref),
      sentTo: maskEmail(email),
      expiresAt: toIso(expiresAt),
      resendAt: toIso(resendAt),
    });
  },
});

export const handler = bind(route, provide(hmacKey, humanCheck));
