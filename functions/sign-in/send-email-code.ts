import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { emailSchema } from '../../lib/http/body.ts';
import { body, type CoreDependencies, json, publicRoute } from '../../lib/http/route.ts';
import { type EmailAddress, maskEmail } from '../../lib/linking/email.ts';
import { toIso } from '../../lib/linking/rules.ts';
import { newId, pseudonym } from '../../lib/linking/secrets.ts';
import { CODES, type CodeDependencies } from '../../lib/needs.ts';
import { commit } from '../../lib/table/client.ts';
import { sendCounted } from '../../lib/table/quotas.ts';
import { challengeIdOf, signInGuessesLeft, signInRequested } from '../../lib/table/sign-ins.ts';

/**
 * POST /sign-in/email/send: stores that a code was asked for, and no more. Whose address it is, this function never learns: the
 * code is made and mailed by another, on the table's stream, so that known and unknown addresses are told apart by nothing.
 */
export const route = publicRoute<CoreDependencies & CodeDependencies, { email: EmailAddress }>({
  parse: body(z.strictObject({ email: emailSchema })),
  async handle({ request, dependencies, form: { email }, now }) {
    const { table, settings, random, hmacKey } = dependencies;
    const { rules } = settings;
    const ref = { addressKey: pseudonym(hmacKey, 'email', email), id: newId(random) };
    const [expiresAt, resendAt] = [now + rules.mailCodeTtlSeconds, now + rules.resendSeconds];
    const challenge = { id: ref.id, address: email, attempts: 0, expiresAt, resendAt };
    const quota = { scope: 'sign_in', subject: ref.addressKey } as const;
    await commit(table, [
      signInGuessesLeft(table, ref.addressKey, now, rules),
      sendCounted(table, quota, { now, rules, resendSeconds: rules.resendSeconds }),
      signInRequested(table, ref, challenge, request.language),
    ]);
    return json(202, {
      challengeId: challengeIdOf(ref),
      sentTo: maskEmail(email),
      expiresAt: toIso(expiresAt),
      resendAt: toIso(resendAt),
    });
  },
});

export const handler = bind(route, CODES);
