import { type Provide, provide } from '../../lib/dependencies.ts';
import { dismissNotice } from '../../lib/flows/own-notices.ts';
import { noContent } from '../../lib/http/answer.ts';
import { parseNoticeId, withoutBody } from '../../lib/http/path.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

/** DELETE /account/notices/{id}: the owner says that it was them, and this session shows it no more. */
async function dismiss({ dependencies, form: noticeId, view, now }: SignedIn<string>) {
  await dismissNotice(dependencies, { noticeId, view, now });
  return noContent();
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(withoutBody(parseNoticeId)))
    .use(session())
    .handler(retryWhenStale(dismiss));
export const handler = create(provide());
