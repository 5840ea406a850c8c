import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { LinkedAnswer } from '../../lib/contract/answers.ts';
import { finishLinkForm } from '../../lib/contract/forms.ts';
import { type Core, type Provide, provide } from '../../lib/dependencies.ts';
import { type FinishForm, finishLink } from '../../lib/flows/finish-link.ts';
import { json } from '../../lib/http/answer.ts';
import { parseBody } from '../../lib/http/body.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import { type AccountId, methodRow } from '../../lib/linking/account.ts';
import { parseToken } from '../../lib/linking/secrets.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';
import { readScan, type Scan } from '../../lib/table/scans.ts';

const parse = (event: APIGatewayProxyEventV2): FinishForm => {
  const provider = parseOAuthProvider(event);
  const { flowId, code } = parseBody(event, finishLinkForm);
  return { provider, flowId, code: parseToken(code) };
};

const readAlso = async ({ table }: Core, _accountId: AccountId, { code }: FinishForm) =>
  code && readScan(table, code);

/** POST /links/{wechat|qq}/finish: makes the link that a window of this session has led to. */
async function finish({ dependencies, caller, ...asked }: SignedIn<FinishForm, unknown, Scan | undefined>) {
  const { form: finished, also: kept, view, now } = asked;
  const method = await finishLink(dependencies, caller, { form: finished, kept, view, now });
  return json<LinkedAnswer>(201, { method: methodRow(method, dependencies.settings.rules, now) });
}

export const create = (provided: Provide) =>
  endpoint()
    .use(http(provided))
    .use(form(parse))
    .use(session(({ provider }: FinishForm) => [`link_${provider}`, `replace_${provider}`], readAlso))
    .handler(retryWhenStale(finish));
export const handler = create(provide());
