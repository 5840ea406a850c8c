import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Settings } from '../../lib/config.ts';
import {
  authorize,
  keys,
  type Provide,
  provide,
  type WithKeys,
  type WithProviders,
} from '../../lib/dependencies.ts';
import { beginSignIn } from '../../lib/flows/begin-sign-in.ts';
import { redirect } from '../../lib/http/answer.ts';
import { refuseSignIn } from '../../lib/http/oauth-result.ts';
import { parseOAuthProvider } from '../../lib/http/path.ts';
import { readReturnTo } from '../../lib/http/return-to.ts';
import { LANGUAGES } from '../../lib/linking/language.ts';
import {
  type Anyone,
  anyone,
  cookiesOnly,
  endpoint,
  form,
  http,
  retryWhenStale,
} from '../../lib/middleware/pipeline.ts';

type Needs = WithKeys & WithProviders;

/** `lang` is what the page spoke; what is no language of ours counts for nothing, since the browser is on its way. */
const parse = (event: APIGatewayProxyEventV2, { CONSOLE_ORIGINS }: Settings) => {
  const lang = new URLSearchParams(event.rawQueryString).get('lang');
  const provider = parseOAuthProvider(event);
  const returnTo = readReturnTo(event.rawQueryString, CONSOLE_ORIGINS);
  return {
    provider,
    language: LANGUAGES.find((language) => language === lang),
    ...(returnTo !== undefined && { returnTo }),
  };
};
type Form = ReturnType<typeof parse>;

/** GET /sign-in/{wechat|qq}: sends the browser to the provider or, if that is refused, to the console. */
async function begin({ dependencies, caller, form, now }: Anyone<Form, Needs>) {
  const { language = caller.language, ...asked } = form;
  const { location, cookies } = await beginSignIn(dependencies, { ...caller, language }, { ...asked, now });
  return redirect(location, cookies);
}

export const create = (provided: Provide<Needs>) =>
  endpoint()
    .use(http(provided, refuseSignIn))
    .use(cookiesOnly())
    .use(form(parse))
    .use(anyone())
    .handler(retryWhenStale(begin));
export const handler = create(provide(keys, authorize));
