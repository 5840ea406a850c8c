import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { codeVerified } from '../../lib/flows/count-sending.ts';
import { codeSchema } from '../../lib/http/body.ts';
import { accountRoute, bind, body, json } from '../../lib/http/route.ts';
import { challengeOf, requireActionPossible, requireFactor } from '../../lib/linking/account.ts';
import { judgeCheckCode } from '../../lib/linking/challenge.ts';
import { type Purpose, purposeSchema } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { toIso } from '../../lib/linking/rules.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import { challengeChanged } from '../../lib/table/challenges.ts';
import { commit } from '../../lib/table/client.ts';
import { stillSignedIn } from '../../lib/table/views.ts';

/** What the request says. */
export const form = z.strictObject({ purpose: purposeSchema, code: codeSchema });

/** POST /otp/verify: a right code opens the action of its purpose once, for this session. */
export const route = accountRoute<Core & WithHmacKey, { purpose: Purpose; code: Code }>({
  parse: body(form),
  purposes: ({ purpose }) => [purpose],
  async handle({ dependencies, form: { purpose, code }, view, now }) {
    const { table, settings, hmacKey } = dependencies;
    const { rules } = settings;
    const { accountId } = view.account;
    requireActionPossible(view, purpose, { rules, now });
    const { phone } = requireFactor(view.account);
    const guess = { code, purpose, now, rules, key: hmacKey };
    const judgement = judgeCheckCode(challengeOf(view, purpose), view.session.hash, guess);
    // The guess is paid for here, over exactly what was judged: until then the judgement is nobody's answer.
    await commit(table, [
      challengeChanged(table, accountId, purpose, judgement.next, now),
      ...stillSignedIn(table, view, { now, rules }),
      ...(judgement.verdict === 'right' ? codeVerified(dependencies, phone, now) : []),
    ]);
    if (judgement.verdict === 'wrong')
      throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
    return json(200, { purpose, verifiedUntil: toIso(now + rules.checkTtlSeconds) });
  },
});

export const handler = bind(route, provide(hmacKey));
