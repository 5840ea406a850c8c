import { type Provide, provide } from '../../lib/dependencies.ts';
import { exportAccount } from '../../lib/flows/export-account.ts';
import { json } from '../../lib/http/answer.ts';
import { endpoint, http, retryWhenStale, type SignedIn, session } from '../../lib/middleware/pipeline.ts';

/** GET /account/export: all that is kept of the account, unmasked, as a file to keep. */
async function exportAll({ dependencies, view, now }: SignedIn) {
  const answer = json(200, await exportAccount(dependencies, { view, now }));
  const disposition = `attachment; filename="account-${view.account.accountId}.json"`;
  return { ...answer, headers: { ...answer.headers, 'content-disposition': disposition } };
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(session(() => ['export']))
    .handler(retryWhenStale(exportAll));
export const handler = create(provide());
