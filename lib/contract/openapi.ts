import * as z from 'zod/mini';
import type { ProblemCode } from '../linking/problem.ts';
import { END_RESULTS, intent } from './answers.ts';
import { type Meta, problemName, replies, requests } from './components.ts';
import { EXTENSIONS } from './problem-bodies.ts';
import { STATUS } from './problems.ts';
import { ROUTES, type Route } from './routes.ts';

type Json = Record<string, unknown>;

const SCHEMAS = '#/components/schemas/';

/** The named schemas of a registry, by their names. */
function collectSchemas(registry: typeof requests, io: 'input' | 'output'): Json {
  const { schemas } = z.toJSONSchema(registry, {
    io,
    metadata: registry,
    uri: (id) => `${SCHEMAS}${id}`,
    override: ({ jsonSchema }) => {
      // What says no more to a reader.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // A later release may say more.
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, id, members, properties, ...schema }]) => [
      name,
      {
        ...schema,
        ...(properties && { properties: withDescriptions(properties, members as Meta['members']) }),
      },
    ]),
  );
}

type Properties = NonNullable<z.core.JSONSchema.ObjectSchema['properties']>;

function withDescriptions(properties: Properties, members: Meta['members'] = {}): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [
      key,
      { ...Object(schema), ...(members[key] && { description: members[key] }) },
    ]),
  );
}

/** A schema where it is used: by its name where it has one. */
function refTo(registry: typeof requests, schema: z.ZodMiniType): Json {
  const { id } = registry.get(schema) ?? {};
  if (id === undefined) throw new Error('a body of the contract has no name');
  return { $ref: `${SCHEMAS}${id}` };
}

const isOptional = (field: unknown) => (field as z.ZodMiniType).safeParse(undefined).success;

const PARAMETERS: Readonly<Record<string, string>> = {
  provider: 'Which method.',
  cursor: '`next` of the page before. The newest page without it.',
  id: 'Whose, or which.',
  subject: 'The address, the unionid, or `appid:openid`.',
  number: 'In E.164 form; of mainland China without +86, too.',
  reason: 'Why. It is kept in the history of the account, and shown to operators only.',
  state: 'What the authorize URL said.',
  code: 'What the service gets the identity with. Without it the customer has declined.',
  lang: 'The language of the page that it begins on.',
  return_to: 'A page of a configured console, for it to end at.',
  ticket: 'What `authorizeUrl` has. Good once, and for 60 seconds.',
};

function toParameters({ form }: Route): Json[] {
  const of = (place: 'path' | 'query', schema: z.ZodMiniObject | undefined) =>
    Object.entries(schema?.shape ?? {}).map(([name, field]) => {
      const { $schema, ...json } = z.toJSONSchema(field as z.ZodMiniType, { io: 'input' });
      const required = place === 'path' || !isOptional(field);
      return { name, in: place, required, description: PARAMETERS[name], schema: json };
    });
  return [
    ...of('path', form.path),
    ...of('query', form.query),
    { $ref: '#/components/parameters/AcceptLanguage' },
  ];
}

/** Where the redirects lead. */
const LOCATIONS: Readonly<Record<string, string>> = {
  oauthCallback: `The console’s \`/oauth-result\`, or the page that the flow was begun with. Its query has \`provider\`, \`intent\` (${intent.options.join(', ')}), \`flow\` and \`result\` (${END_RESULTS.join(', ')}). Where the state is not this browser’s to use, it has \`provider\` and \`result=state_invalid\` only. With \`result=confirm\` its fragment is \`#finish=\` and the code for \`POST /links/{provider}/finish\`. Anybody can make up such a URL: believe \`GET /account\`.`,
  openWindow:
    'The provider’s page; if the ticket is used, late or unknown, the console’s `/oauth-result` with `provider` and `result=state_invalid`.',
  beginSignIn:
    'The provider’s page; if the sign-in is refused, the console’s `/oauth-result` with `provider` and `result` (quota_exceeded, invalid_request, unavailable), or its `/wechat-on-phone` with `place` (phone, in_wechat) where the QR code is of no use. Let the browser itself go there, by a link.',
};

function toSuccess({ name, answer }: Route): Json {
  const { body, cookies = [], headers: more = {} } = answer;
  const cookie = {
    description: `${cookies.join(' and ')}: Secure, HttpOnly, SameSite=Lax.`,
    schema: { type: 'string' },
  };
  const named = {
    ...(cookies.length > 0 && { 'Set-Cookie': cookie }),
    ...Object.fromEntries(
      Object.entries(more).map(([header, description]) => [
        header,
        { description, schema: { type: 'string' } },
      ]),
    ),
  };
  const headers = Object.keys(named).length > 0 && { headers: named };
  if (body)
    return {
      description: 'Done.',
      content: { 'application/json': { schema: refTo(replies, body) } },
      ...headers,
    };
  if (!answer.location) return { description: 'Done.', ...headers };
  const location = {
    description: LOCATIONS[name],
    schema: { type: 'string', format: 'uri' },
    required: true,
  };
  return { description: 'The browser goes on.', headers: { Location: location, 'Set-Cookie': cookie } };
}

const tellsToWait = (code: ProblemCode) => 'retryAfter' in (EXTENSIONS[code] ?? {});

/** The problems of one status. */
function toProblemResponse(codes: readonly ProblemCode[]): Json {
  const refs = codes.map((code) => ({ $ref: `${SCHEMAS}${problemName(code)}` }));
  const mapping = Object.fromEntries(codes.map((code) => [code, `${SCHEMAS}${problemName(code)}`]));
  const schema =
    refs.length === 1 ? refs[0] : { oneOf: refs, discriminator: { propertyName: 'code', mapping } };
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(codes.some(tellsToWait) && {
      headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
    }),
    content: { 'application/problem+json': { schema } },
  };
}

function toResponses(route: Route): Json {
  const byStatus = Object.groupBy(route.codes, (code) => STATUS[code]);
  return {
    [route.answer.status]: toSuccess(route),
    ...Object.fromEntries(
      Object.entries(byStatus).map(([status, codes]) => [status, toProblemResponse(codes)]),
    ),
  };
}

/** The headings that routes stand under, by the first part of their paths. */
const TAGS = [
  { name: 'Account', of: ['account'], description: 'What the account page shows.' },
  {
    name: 'Identity check',
    of: ['otp'],
    description: 'A code by SMS to the registered phone opens one action, once.',
  },
  { name: 'Linking', of: ['links'], description: 'Linking and unlinking, after an identity check.' },
  { name: 'Signing in', of: ['sign-in', 'oauth'], description: 'With any method of the account.' },
  { name: 'Sessions', of: ['session', 'sessions'], description: 'Signing out.' },
  {
    name: 'Assertions',
    of: ['assertions', '.well-known'],
    description: 'A signed word about who is signed in, for session services and gateways of the company.',
  },
  {
    name: 'Support desk',
    of: ['operator'],
    description: 'For operators whom IAM lets in. Whatever they do is in the history of the account.',
  },
  {
    name: 'This wasn’t me',
    of: ['undo'],
    description:
      'For the holder of a link, or of a code in place of it, that the owner was sent. Needs no session.',
  },
] as const;

function chooseTag({ path }: Route): string {
  const [, first = ''] = path.split('/');
  const tag = TAGS.find(({ of }) => of.some((one) => one === first));
  if (tag === undefined) throw new Error(`no heading for ${path}`);
  return tag.name;
}

const SECURITY: Readonly<Record<Route['caller'], Json[]>> = {
  anyone: [],
  link: [],
  session: [{ session: [] }, { bearer: [] }],
  operator: [{ iam: [] }],
};

function toOperation(route: Route): Json {
  const { name, caller, form, summary } = route;
  return {
    operationId: name,
    tags: [chooseTag(route)],
    summary,
    security: SECURITY[caller],
    parameters: toParameters(route),
    ...(form.body && {
      requestBody: {
        required: !form.isBodyOptional,
        content: { 'application/json': { schema: refTo(requests, form.body) } },
      },
    }),
    responses: toResponses(route),
  };
}

function toPaths(routes: readonly Route[]): Json {
  const byPath = Object.groupBy(routes, ({ path }) => path);
  return Object.fromEntries(
    Object.entries(byPath).map(([path, found = []]) => [
      path,
      Object.fromEntries(found.map((route) => [route.method.toLowerCase(), toOperation(route)])),
    ]),
  );
}

const DESCRIPTION = `Lets the users of a console sign in to one account in several ways: link an email address or a WeChat account after an
identity check by SMS, unlink it again, and sign in with whichever is at hand.

- A session is the cookie \`__Host-session\`, or on a page of another site its token as \`Authorization: Bearer\`. Send requests with
  credentials where it is the cookie, and bodies as \`application/json\`.
- Errors are \`application/problem+json\` (RFC 9457); \`title\` and \`detail\` follow \`Accept-Language\`. Treat a \`code\` that you
  don’t know by its status: the gateway answers some requests by itself, in a form of its own.
- Requests are checked in this order: origin, session, form, whether the action is possible, identity check, quotas.
- An answer that got lost is not repeated: \`GET /account\` tells the truth.
- Every answer has \`Cache-Control: no-store\`. Later releases may add members to answers.`;

/**
 * The contract as OpenAPI 3.1 has it, for readers and for those who generate clients.
 *
 * @param apiOrigin where the API is, no slash at the end
 */
export function openApiDocument(apiOrigin: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Account linking',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: apiOrigin }],
    tags: TAGS.map(({ name, description }) => ({ name, description })),
    paths: toPaths(ROUTES),
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-session',
          description: 'Set by signing in. The browser sends it by itself.',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The token of a session, in place of its cookie. The only one looked at where it is sent.',
        },
        iam: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          'x-amazon-apigateway-authtype': 'awsSigv4',
          description: 'AWS Signature Version 4, for the service `execute-api`.',
        },
      },
      parameters: {
        AcceptLanguage: {
          name: 'Accept-Language',
          in: 'header',
          description: 'The language of problems: Chinese, unless English is preferred.',
          schema: { type: 'string', examples: ['zh-CN', 'en'] },
        },
      },
      headers: {
        RetryAfter: {
          description: 'Seconds to wait, as `retryAfter` in the body has it.',
          schema: { type: 'integer', minimum: 1 },
        },
      },
      schemas: { ...collectSchemas(requests, 'input'), ...collectSchemas(replies, 'output') },
    },
  };
}
