import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { authorize, type Provide, provide, type WithProviders } from '../../lib/dependencies.ts';
import { openWindow } from '../../lib/flows/open-window.ts';
import { redirect } from '../../lib/http/answer.ts';
import { oauthResultUrl, refuseToConsole } from '../../lib/http/oauth-result.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import { parseToken } from '../../lib/linking/secrets.ts';
import {
  type Anyone,
  anyone,
  cookiesOnly,
  endpoint,
  form,
  http,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

const parse = (event: APIGatewayProxyEventV2) => {
  const [ticket, ...more] = new URLSearchParams(event.rawQueryString).getAll('ticket');
  return {
    provider: parseOAuthProvider(event),
    ticket: more.length === 0 ? parseToken(ticket) : undefined,
  };
};
type Form = ReturnType<typeof parse>;

/** GET /oauth/{wechat|qq}/window: where a window begins that a bearer has opened; it goes on to the provider. */
async function open({ dependencies, caller, form: { provider, ticket }, now }: Anyone<Form, WithProviders>) {
  const opened = await openWindow(dependencies, caller, { provider, ticket, now });
  if (opened) return redirect(opened.location, opened.cookies);
  const [consoleOrigin] = dependencies.settings.CONSOLE_ORIGINS;
  return redirect(oauthResultUrl(consoleOrigin, { provider, result: 'state_invalid' }));
}

export const create = (provided: Provide<WithProviders>) =>
  endpoint()
    .use(http(provided, refuseToConsole))
    .use(cookiesOnly())
    .use(form(parse))
    .use(anyone())
    .handler(retryWhenStale(open));
export const handler = create(provide(authorize));
