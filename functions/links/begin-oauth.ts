import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Settings } from '../../lib/config.ts';
import { beginLinkForm } from '../../lib/contract/forms.ts';
import { authorize, type Provide, provide, type WithProviders } from '../../lib/dependencies.ts';
import { beginLink } from '../../lib/flows/begin-link.ts';
import { json } from '../../lib/http/answer.ts';
import { parseBody } from '../../lib/http/body.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import { parseReturnTo } from '../../lib/http/return-to.ts';
import {
  endpoint,
  form,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

const body = z.optional(beginLinkForm);

const parse = (event: APIGatewayProxyEventV2, { CONSOLE_ORIGINS }: Settings) => {
  const provider = parseOAuthProvider(event);
  const { returnTo } = parseBody(event, body) ?? {};
  if (returnTo === undefined) return { provider };
  return { provider, returnTo: parseReturnTo(returnTo, 'returnTo', CONSOLE_ORIGINS) };
};
type Form = ReturnType<typeof parse>;

/** POST /links/{wechat|qq}: a URL to scan at, for an identity check that stays open until somebody is linked. */
async function begin({ dependencies, caller, form, view, now }: SignedIn<Form, WithProviders>) {
  const { flow, cookies } = await beginLink(dependencies, caller, { ...form, view, now });
  return json(200, flow, cookies);
}

export const create = (provided: Provide<WithProviders>) =>
  endpoint()
    .use(http(provided))
    .use(form(parse))
    .use(session(({ provider }: Form) => [`link_${provider}`, `replace_${provider}`]))
    .handler(retryWhenStale(begin));
export const handler = create(provide(authorize));
