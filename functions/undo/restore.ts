import * as z from 'zod/mini';
import { type Core, hmacKey, provide, type WithHmacKey } from '../../lib/dependencies.ts';
import { noticeBody, requireNotice, requireNoticeRef, restoreMethod } from '../../lib/flows/undo.ts';
import { codeSchema, undoTokenSchema } from '../../lib/http/body.ts';
import { bind, body, json, publicRoute } from '../../lib/http/route.ts';
import { judgeCheckCode } from '../../lib/linking/challenge.ts';
import { requireRestoration, undoBinding } from '../../lib/linking/notice.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { challengeChanged } from '../../lib/table/challenges.ts';
import { commit } from '../../lib/table/client.ts';

/** What the request says. */
export const form = z.strictObject({ token: undoTokenSchema, code: codeSchema });

/** POST /undo/restore: puts back what was before the change, by the code that was sent to the registered phone. */
export const route = publicRoute<Core & WithHmacKey, z.infer<typeof form>>({
  parse: body(form),
  async handle({ request, dependencies, form: { token, code }, now }) {
    const { table, settings, hmacKey } = dependencies;
    const { rules } = settings;
    const view = await requireNotice(dependencies, requireNoticeRef(hmacKey, token), now);
    const { notice, account, methods, challenge } = view;
    const restoration = requireRestoration(notice, methods);
    const guess = { code, purpose: 'restore', now, rules, key: hmacKey } as const;
    const judgement = judgeCheckCode(challenge, undoBinding(notice), guess);
    if (judgement.verdict === 'wrong') {
      await commit(table, [challengeChanged(table, account.accountId, 'restore', judgement.next, now)]);
      throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
    }
    const after = await restoreMethod(dependencies, request, { view, restoration, now });
    return json(200, noticeBody(after, now));
  },
});

export const handler = bind(route, provide(hmacKey));
