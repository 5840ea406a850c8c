import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { linkIdentity, recordRefusal } from '../../lib/flows/link.ts';
import { codeSchema, emailSchema } from '../../lib/http/body.ts';
import { accountRoute, bind, body, json } from '../../lib/http/route.ts';
import { challengeOf, methodRow, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { consumeMailCode, judgeMailCode, requireVerified } from '../../lib/linking/challenge.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import { emailSubject, type Identity } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import { challengeChanged } from '../../lib/table/challenges.ts';
import { commit } from '../../lib/table/client.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

const purpose = 'link_email';

/** What the request says. */
export const form = z.strictObject({ email: emailSchema, code: codeSchema });

/** POST /links/email: links the address a right code was mailed to; uses up code and check with it. */
export const route = accountRoute<Core & WithHmacKey, { email: EmailAddress; code: Code }>({
  parse: body(form),
  purposes: () => [purpose],
  async handle({ request, dependencies, form: { email, code }, view, now }) {
    const { table, settings, hmacKey } = dependencies;
    const { rules } = settings;
    const { accountId } = view.account;
    requireActionPossible(view, purpose, { rules, now });
    requireFactor(view.account);
    const seen = challengeOf(view, purpose);
    const check = requireVerified(seen, view.session.hash, now);
    const judgement = judgeMailCode(seen, check, { address: email, code, purpose, now, rules, key: hmacKey });
    if (judgement.verdict === 'wrong') {
      await commit(table, [
        challengeChanged(table, accountId, purpose, judgement.next, now),
        ...stillSignedIn(table, view, { now, rules }),
      ]);
      throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
    }
    const identity: Identity = { provider: 'email', subjects: [emailSubject(email)], display: email };
    try {
      const method = await linkIdentity(dependencies, request, identity, {
        view,
        now,
        challenge: judgement.next,
      });
      return json(201, { method: methodRow(method) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await recordRefusal(dependencies, request, identity, error, {
        view,
        now,
        challenge: consumeMailCode(seen, check),
      });
      throw error;
    }
  },
});

export const handler = bind(route, provide(hmacKey));
