import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { openSession } from '../../lib/flows/open-session.ts';
import { challengeIdSchema, codeSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';
import { openDevice } from '../../lib/linking/device.ts';
import { maskEmail } from '../../lib/linking/email.ts';
import type { Subject } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import { judgeSignIn, requireSignInProvider, wasRequestedBy } from '../../lib/linking/sign-in.ts';
import { claimKept } from '../../lib/table/claims.ts';
import { commit } from '../../lib/table/client.ts';
import {
  parseChallengeId,
  readSignIn,
  signInAttempted,
  signInCodeWorthless,
  signInCompleted,
  signInFailed,
  signInFailuresKept,
} from '../../lib/table/sign-ins.ts';

/** What the request says. */
export const form = z.strictObject({ challengeId: challengeIdSchema, code: codeSchema });

/** POST /sign-in/email: signs in by the code that was mailed for this challenge. */
export const route = publicRoute<Core & WithHmacKey, { challengeId: string; code: Code }>({
  parse: body(form),
  async handle({ request, dependencies, form: { challengeId, code }, now }) {
    const { table, settings, hmacKey, observer } = dependencies;
    requireSignInProvider('email', settings.rules);
    const ref = parseChallengeId(challengeId);
    if (ref === undefined) throw new Problem('code_expired');
    const device = openDevice(request.deviceCookie, hmacKey, now);
    const { challenge, everybody, ofDevice } = await readSignIn(table, ref, device?.id);
    const own = wasRequestedBy(challenge, device, hmacKey) && { own: { ...ofDevice, deviceId: device.id } };
    const budgets = { everybody, ...own };
    const judgement = judgeSignIn(challenge, budgets, { code, now, rules: settings.rules, key: hmacKey });
    if (judgement.verdict === 'wrong') {
      await commit(table, [
        signInAttempted(table, ref, judgement.challenge),
        ...signInFailed(table, ref, judgement.budgets, now),
      ]);
      throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
    }
    const { accountId, methodId, address, used } = judgement;
    const session = openSession(dependencies, request, {
      accountId,
      openedBy: 'email',
      methodId,
      display: maskEmail(address),
      address,
      now,
      accountGone: signInCodeWorthless,
    });
    await commit(table, [
      signInCompleted(table, ref, used),
      ...signInFailuresKept(table, ref, budgets),
      claimKept(table, 'email', address as string as Subject, { accountId, methodId }, signInCodeWorthless),
      ...session.fragments,
    ]);
    observer.count('SignedIn');
    return json(200, { accountId }, session.cookies);
  },
});

export const handler = bind(route, provide(hmacKey));
