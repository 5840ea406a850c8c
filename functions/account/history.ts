import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HistoryPage } from '../../lib/contract/answers.ts';
import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { showHistory } from '../../lib/flows/show-history.ts';
import { json } from '../../lib/http/answer.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { Problem } from '../../lib/linking/problem.ts';
import type { EpochSeconds } from '../../lib/linking/rules.ts';
import {
  anySession,
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
} from '../../lib/middleware/pipeline.ts';
import { type Cursor, parseCursor, readHistory } from '../../lib/table/history.ts';

interface Form {
  readonly after: Cursor | undefined;
}

/** @throws Problem `invalid_request` if the `cursor` of the query is not one that a page ended with */
function parseQuery({ rawQueryString }: APIGatewayProxyEventV2): Form {
  const given = new URLSearchParams(rawQueryString).getAll('cursor');
  if (given.length === 0) return { after: undefined };
  const after = given.length === 1 ? parseCursor(given[0] ?? '') : undefined;
  const errors = [{ path: 'cursor', message: 'must be the next of a page' }];
  if (after === undefined) throw new Problem('invalid_request', { errors });
  return { after };
}

const readPage = ({ table }: Core, accountId: AccountId, { after }: Form, now: EpochSeconds) =>
  readHistory(table, accountId, { after, now });

/** GET /account/history: what was linked, unlinked, refused and signed in, newest first, 20 a page. */
async function history({ dependencies, view, also: page }: SignedIn<Form, unknown, HistoryPage>) {
  return json(200, showHistory(dependencies, view.session, page));
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(parseQuery))
    .use(anySession(() => [], readPage))
    .handler(retryWhenStale(history));
export const handler = create(provide());
