import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Context, Hono } from 'hono';
import { ROUTES, type Route } from '../../lib/contract/routes.ts';

const FOLDER = join(import.meta.dirname, 'page');
const TYPES = {
  'operator.css': 'text/css; charset=utf-8',
  'operator.js': 'text/javascript; charset=utf-8',
  'texts.js': 'text/javascript; charset=utf-8',
} as const;

const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Whom the local world lets in, as API Gateway would name them. */
export const LOCAL_OPERATOR = 'arn:aws:iam::000000000000:user/local-operator';

/** Runs a function as Lambda's Invoke does. */
export type Invoke = (name: string, event: object) => Promise<unknown>;

const OPERATOR_ROUTES: readonly Route[] = ROUTES.filter(({ caller }) => caller === 'operator');

interface Found {
  readonly route: Route;
  readonly pathParameters: Record<string, string>;
}

function findRoute(method: string, path: string): Found | undefined {
  for (const route of OPERATOR_ROUTES) {
    const pattern = new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(path) : null;
    if (match) return { route, pathParameters: { ...match.groups } };
  }
  return undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The name that a request came by is of this machine: not one that somebody else's DNS has pointed here for a page of theirs. */
function isByLoopbackName(context: Context): boolean {
  const host = context.req.header('host') ?? '';
  return URL.canParse(`http://${host}`) && LOOPBACK.includes(new URL(`http://${host}`).hostname);
}

/**
 * Whether a request comes from our own page, or from no page at all. A look-up too is written down, so what only looks must not come from
 * another page either; browsers name no origin with it, but all of them say how it relates to ours.
 */
function isOfOwnPage(context: Context): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = context.req.header();
  const own = `http://${context.req.header('host')}`;
  return (origin === undefined || origin === own) && ['none', 'same-origin'].includes(site);
}

function refuse(context: Context): Response {
  const problem = {
    type: 'urn:account-linking:problem:origin_not_allowed',
    title: 'Origin not allowed',
    status: 403,
    detail: 'The support desk of the local world is for this machine only, and for its own page.',
    code: 'origin_not_allowed',
  };
  return context.body(JSON.stringify(problem), 403, { 'content-type': 'application/problem+json' });
}

/** The request as API Gateway hands it to the function once IAM has let somebody in. */
function toEvent(context: Context, { route, pathParameters }: Found, body: string): APIGatewayProxyEventV2 {
  const { pathname, search } = new URL(context.req.url);
  const routeKey = `${route.method} ${route.path}`;
  const userAgent = context.req.header('user-agent') ?? '';
  // That it comes from the desk's own page was judged here; no console has anything to do with it.
  const { cookie: _none, origin: _ofDesk, ...headers } = context.req.header();
  const http = {
    method: route.method,
    path: pathname,
    protocol: 'HTTP/1.1',
    sourceIp: '127.0.0.1',
    userAgent,
  };
  const iam = { userArn: LOCAL_OPERATOR, accountId: '000000000000', callerId: 'local-operator' };
  const requestContext = {
    accountId: '000000000000',
    apiId: 'local',
    authorizer: { iam },
    domainName: 'localhost',
    domainPrefix: 'localhost',
    http,
    requestId: 'local',
    routeKey,
    stage: '$default',
    time: '',
    timeEpoch: Date.now(),
  };
  return {
    version: '2.0',
    routeKey,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers,
    pathParameters,
    requestContext,
    isBase64Encoded: false,
    ...(body !== '' && { body }),
  };
}

async function answerBy(invoke: Invoke, context: Context): Promise<Response> {
  const found = findRoute(context.req.method, new URL(context.req.url).pathname);
  if (found === undefined) return context.json({ message: 'Not Found' }, 404);
  const event = toEvent(context, found, await context.req.text());
  const result = (await invoke(found.route.name, event).catch(() => undefined)) as
    | APIGatewayProxyStructuredResultV2
    | undefined;
  if (typeof result?.statusCode !== 'number') return context.json({ message: 'Internal Server Error' }, 500);
  const headers = Object.entries(result.headers ?? {}).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return new Response(result.body ?? null, { status: result.statusCode, headers });
}

/**
 * The support desk of the local world: a page, and below it the operator's routes, which ask the real functions as an operator whom IAM
 * has let in. It is for this machine, where everybody may be one: for no page but its own, and under no name but this machine's.
 */
export async function createOperatorApp(invoke: Invoke): Promise<Hono> {
  const read = (name: string) => readFile(join(FOLDER, name), 'utf8');
  const page = await read('index.html');
  const app = new Hono({ strict: false }).basePath('/operator');
  app.use(async (context, next) => (isByLoopbackName(context) ? next() : refuse(context)));
  app.get('/', (context) => {
    context.header('content-security-policy', POLICY);
    return context.html(page);
  });
  for (const [name, type] of Object.entries(TYPES)) {
    const content = await read(name);
    app.get(`/page/${name}`, (context) => context.body(content, 200, { 'content-type': type }));
  }
  app.all('/*', (context) => (isOfOwnPage(context) ? answerBy(invoke, context) : refuse(context)));
  return app;
}
