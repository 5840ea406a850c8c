import * as z from 'zod/mini';
import { type Provide, provide, type WithKeys } from '../../lib/dependencies.ts';
import { json } from '../../lib/http/answer.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import {
  type Anyone,
  anyone,
  body,
  endpoint,
  http,
  retryWhenStale,
  type SignedIn,
  session,
} from '../../lib/middleware/pipeline.ts';

/**
 * Each way to forget a part of a pipeline, and that it does not compile: `tsc` fails here where one of them does. The first two are
 * right, so that it is the mistake which is refused.
 */

const schema = z.strictObject({ provider: z.enum(['email', 'wechat', 'qq']) });
type Form = z.infer<typeof schema>;
type Keyed = Provide<WithKeys>;

const signedIn = async ({ form, view, dependencies }: SignedIn<Form, WithKeys>) =>
  json(200, [form.provider, view.account.name, dependencies.keys]);
const open = async ({ form, dependencies }: Anyone<Form, WithKeys>) =>
  json(200, [form.provider, dependencies.keys]);
const purposes = ({ provider }: Form) => [`link_${provider}` as const];

export const right = [
  (given: Keyed) =>
    endpoint().use(http(given)).use(body(schema)).use(session(purposes)).handler(retryWhenStale(signedIn)),
  (given: Keyed) => endpoint().use(http(given)).use(body(schema)).use(anyone()).handler(retryWhenStale(open)),
];

export const mistakes = [
  // @ts-expect-error no session
  (given: Keyed) => endpoint().use(http(given)).use(body(schema)).handler(retryWhenStale(signedIn)),
  (given: Keyed) =>
    endpoint()
      .use(http(given))
      .use(body(schema))
      .use(anyone())
      // @ts-expect-error anyone in the place of the session
      .handler(retryWhenStale(signedIn)),
  // @ts-expect-error nobody said that anyone may call it
  (given: Keyed) => endpoint().use(http(given)).use(body(schema)).handler(retryWhenStale(open)),
  // @ts-expect-error no body
  (given: Keyed) => endpoint().use(http(given)).use(session(purposes)).handler(retryWhenStale(signedIn)),
  // @ts-expect-error no body of a public route
  (given: Keyed) => endpoint().use(http(given)).use(anyone()).handler(retryWhenStale(open)),
  // @ts-expect-error none of the list that every route begins with
  () => endpoint().use(body(schema)).use(session(purposes)).handler(retryWhenStale(signedIn)),
  (given: Provide) =>
    // @ts-expect-error a capability that is not given
    endpoint().use(http(given)).use(body(schema)).use(session(purposes)).handler(retryWhenStale(signedIn)),
  (given: Keyed) =>
    endpoint()
      .use(http(given))
      .use(body(schema))
      .use(session((provider: Provider) => [`link_${provider}`]))
      // @ts-expect-error challenges of another form than the body's
      .handler(retryWhenStale(signedIn)),
  // @ts-expect-error a function whose capabilities are not those it needs
  (): Keyed => provide(),
];
