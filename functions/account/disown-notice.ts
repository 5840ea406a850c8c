import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { disownNotice } from '../../lib/flows/own-notices.ts';
import { json } from '../../lib/http/answer.ts';
import { noSessionCookie } from '../../lib/http/cookies.ts';
import { parseNoticeId, withoutBody } from '../../lib/http/path.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import type { Notice } from '../../lib/linking/notice.ts';
import type { EpochSeconds } from '../../lib/linking/rules.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';
import { readOwnNotice } from '../../lib/table/notices.ts';

type Form = string;

const readAlso = ({ table }: Core, accountId: AccountId, noticeId: Form, now: EpochSeconds) =>
  readOwnNotice(table, { accountId, noticeId }, now);

/** POST /account/notices/{id}/disown: "this wasn't me", as the notice's link says it; this session ends too. */
async function disown({ dependencies, caller, ...asked }: SignedIn<Form, unknown, Notice | undefined>) {
  const { also: notice, view, now } = asked;
  return json(200, await disownNotice(dependencies, caller, { notice, view, now }), noSessionCookie(caller));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseNoticeId)))
    .use(session(() => [], readAlso))
    .handler(retryWhenStale(disown));
export const handler = create(provide());
