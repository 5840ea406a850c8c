import * as z from 'zod/mini';
import { bind } from '../../lib/dependencies.ts';
import { openSession } from '../../lib/flows/open-session.ts';
import { challengeIdSchema, codeSchema } from '../../lib/http/body.ts';
import { body, type CoreDependencies, json, publicRoute } from '../../lib/http/route.ts';
import { maskEmail } from '../../lib/linking/email.ts';
import type { Subject } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import { judgeSignIn } from '../../lib/linking/sign-in.ts';
import { CODES, type CodeDependencies } from '../../lib/needs.ts';
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

/** POST /sign-in/email: signs in by the code that was mailed for this challenge. */
export const route = publicRoute<CoreDependencies & CodeDependencies, { challengeId: string; code: Code }>({
  parse: body(z.strictObject({ challengeId: challengeIdSchema, code: codeSchema })),
  async handle({ request, dependencies, form: { challengeId, code }, now }) {
    const { table, settings, hmacKey, observer } = dependencies;
    const ref = parseChallengeId(challengeId);
    if (ref === undefined) throw new Problem('code_expired');
    const { challenge, failures } = await readSignIn(table, ref);
    const judgement = judgeSignIn(challenge, failures, { code, now, rules: settings.rules, key: hmacKey });
    if (judgement.verdict === 'wrong') {
      await commit(table, [
        signInAttempted(table, ref, judgement.challenge),
        signInFailed(table, ref, judgement.failures, now),
      ]);
      throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
    }
    const { accountId, methodId, address, used } = judgement;
    const session = openSession(dependencies, request, {
      accountId,
      openedBy: 'email',
      methodId,
      display: maskEmail(address),
      now,
      accountGone: signInCodeWorthless,
    });
    await commit(table, [
      signInCompleted(table, ref, used),
      signInFailuresKept(table, ref, failures),
      claimKept(table, 'email', address as string as Subject, { accountId, methodId }, signInCodeWorthless),
      ...session.fragments,
    ]);
    observer.count('SignedIn');
    return json(200, { accountId }, [session.cookie]);
  },
});

export const handler = bind(route, CODES);
