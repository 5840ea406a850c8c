import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import type * as z from 'zod/mini';
import { problemSchema } from '../../lib/contract/problem-bodies.ts';
import { STATUS } from '../../lib/contract/problems.ts';
import { ROUTES, type Route } from '../../lib/contract/routes.ts';
import type { HttpResult } from '../../lib/http/answer.ts';
import type { ProblemCode } from '../../lib/linking/problem.ts';
import type { Reply } from './browser.ts';
import { TEST_ENVIRONMENT } from './settings.ts';
import type { World } from './world.ts';

/** What every answer says, whatever it is. */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
const CONSOLE_ORIGINS = TEST_ENVIRONMENT.CONSOLE_ORIGINS.split(',');
const [CONSOLE_ORIGIN] = CONSOLE_ORIGINS;
/** Where tests let flows end; what else is in the query is theirs. */
const RETURNS = '/returns/';
const HOST_COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' };

/** The route of the contract that a function of serverless.yml is for. */
export function routeOf({ name }: { readonly name: string }): Route {
  const route = ROUTES.find((one) => one.name === name);
  if (route === undefined) throw new Error(`the contract has no route ${name}`);
  return route;
}

function cookieBreaches(line: string, allowed: readonly string[] = []): string[] {
  const { name, value, maxAge, ...attributes } = parseSetCookie(line);
  return [
    ...(allowed.includes(name) ? [] : [`a cookie that it may not set: ${name}`]),
    ...(isDeepStrictEqual({ ...attributes }, HOST_COOKIE)
      ? []
      : [`a cookie for others than this host: ${name}`]),
  ];
}

/** Headers that an answer may have besides those that all have. */
const OWN_HEADERS = ['content-type', 'content-language', 'retry-after', 'location'];

/** A browser is sent to the console's page of results or of what to do on a phone, or to a provider that sends it back to us; nowhere else. */
function locationBreaches(query: z.ZodMiniType, location: string): string[] {
  if (!URL.canParse(location)) return [`should send the browser elsewhere: ${location}`];
  const { protocol, origin, pathname, hash, searchParams } = new URL(location);
  const back = searchParams.get('redirect_uri');
  const isOurs =
    back === null
      ? [`${CONSOLE_ORIGIN}/oauth-result`, `${CONSOLE_ORIGIN}/wechat-on-phone`].includes(
          `${origin}${pathname}`,
        )
      : protocol === 'https:' && back.startsWith(`${TEST_ENVIRONMENT.API_ORIGIN}/oauth/`);
  const isReturn = CONSOLE_ORIGINS.includes(origin) && pathname.startsWith(RETURNS);
  const isOnce = new Set(searchParams.keys()).size === searchParams.size;
  const isFinish = searchParams.get('result') === 'confirm' && /^#finish=[\w-]{43}$/.test(hash);
  const told = isReturn
    ? ['provider', 'intent', 'flow', 'result'].map((name) => [name, searchParams.get(name) ?? undefined])
    : [...searchParams];
  return [
    ...(isOurs || isReturn ? [] : [`leads to ${origin}${pathname}`]),
    // WeChat's own page wants one.
    ...(back !== null || isFinish || hash === '' ? [] : ['has a fragment']),
    ...(isOnce ? [] : ['says something twice']),
    ...issuesOf(query, Object.fromEntries(told.filter(([, value]) => value !== undefined))),
  ];
}

function parseJson(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

/** Reading leaves members out that are not known: where it leaves any, the value said too much. */
function issuesOf(schema: z.ZodMiniType, value: unknown): string[] {
  const { data, error } = schema.safeParse(value);
  if (error) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return isDeepStrictEqual(data, value) ? [] : ['has members that are not known'];
}

function successBreaches({ body: form, location: query }: Route['answer'], result: HttpResult): string[] {
  const { 'content-type': type, location } = result.headers ?? {};
  if (form)
    return [
      ...(type === 'application/json; charset=utf-8' ? [] : [`content type ${type}`]),
      ...issuesOf(form, parseJson(result.body)),
    ];
  if (result.body !== undefined || type !== undefined) return ['should have no body'];
  if (!query) return location === undefined ? [] : ['should lead nowhere'];
  return locationBreaches(query, String(location));
}

function problemBreaches({ name, codes }: Route, { statusCode, headers = {}, body, cookies }: HttpResult) {
  const said = (parseJson(body) ?? {}) as { code?: ProblemCode; status?: number; retryAfter?: number };
  const { code, status, retryAfter } = said;
  const isRight = {
    'content type': headers['content-type'] === 'application/problem+json; charset=utf-8',
    'content language': ['zh-CN', 'en'].includes(String(headers['content-language'])),
    'retry-after': headers['retry-after'] === (retryAfter && String(retryAfter)),
    [`status beside ${status}`]: status === statusCode,
    // The first answer to a browser gives it the token of its flows, whatever it is.
    'cookies beside a problem': cookies === undefined || name === 'showAccount',
  };
  return [
    ...(code && codes.includes(code) ? issuesOf(problemSchema(code), said) : [`code ${code}`]),
    ...Object.keys(isRight).filter((what) => !isRight[what]),
  ];
}

/** In what an answer is not as the contract has it; nothing where it is. */
export function breachesOf(asked: { readonly name: string }, result: HttpResult): string[] {
  const route = routeOf(asked);
  const ofRoute = Object.keys(route.answer.headers ?? {}).map((name) => name.toLowerCase());
  const missing = Object.entries(COMMON_HEADERS).filter(
    ([name, value]) => !ofRoute.includes(name) && result.headers?.[name] !== value,
  );
  const others = Object.keys(result.headers ?? {}).filter(
    (name) => !(name in COMMON_HEADERS || OWN_HEADERS.includes(name) || ofRoute.includes(name)),
  );
  return [
    ...(result.statusCode === route.answer.status
      ? successBreaches(route.answer, result)
      : problemBreaches(route, result)),
    ...missing.map(([name]) => `without its ${name}`),
    ...others.map((name) => `with a header ${name}`),
    ...(result.cookies ?? []).flatMap((line) => cookieBreaches(line, route.answer.cookies)),
  ].map((breach) => `${route.method} ${route.path}: ${result.statusCode}: ${breach}`);
}

/** What a world has answered that is not as the contract has it. */
export const breachesIn = ({ exchanges }: Pick<World, 'exchanges'>): string[] =>
  exchanges.flatMap(({ route, result }) => breachesOf(route, result));

/** The answer is the problem of that code, with just these extensions; that it is whole is seen to of every answer. */
export function expectProblem({ status, json }: Reply, code: ProblemCode, extensions: object = {}): void {
  const { type, title, detail, ...said } = json;
  expect({ ...said, status }).toEqual({ status: STATUS[code], code, ...extensions });
}

/** A time of the world's clock as the contract shows it. */
export function isoIn(world: World, seconds: number): string {
  return new Date((world.nowSeconds + seconds) * 1000).toISOString();
}
