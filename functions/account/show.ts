import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { showAccount } from '../../lib/flows/show-account.ts';
import { json } from '../../lib/http/answer.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { PURPOSES } from '../../lib/linking/identity.ts';
import type { Notice } from '../../lib/linking/notice.ts';
import type { EpochSeconds } from '../../lib/linking/rules.ts';
import {
  anySession,
  browser,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
} from '../../lib/middleware/pipeline.ts';
import { readNotices } from '../../lib/table/notices.ts';

const readAlso = ({ table }: Core, accountId: AccountId, _form: unknown, now: EpochSeconds) =>
  readNotices(table, accountId, now);

/** GET /account: what the account page shows, and what this session has under way. */
async function show({ dependencies, view, also: notices, now }: SignedIn<void, unknown, Notice[]>) {
  return json(200, await showAccount(dependencies, { view, notices, now }));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(browser())
    .use(http(provided))
    .use(anySession(() => PURPOSES, readAlso))
    .handler(retryWhenStale(show));
export const handler = create(provide());
