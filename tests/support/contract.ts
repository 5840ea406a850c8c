import { afterAll, expect } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import * as z from 'zod/mini';
import type { HttpResult } from '../../lib/http/answer.ts';
import type { Reply } from './browser.ts';
import { type Response, SUCCESSES } from './contract-bodies.ts';
import type { HttpFunction } from './functions.ts';
import { createWorld, type World } from './world.ts';

/** The error table of the HTTP contract, written out once more: the tests go by the contract, not by the code. */
export const CONTRACT_STATUS = {
  origin_not_allowed: 403,
  not_signed_in: 401,
  invalid_request: 400,
  not_found: 404,
  sub_account: 403,
  not_linkable: 409,
  registered_method: 409,
  already_linked: 409,
  not_linked: 404,
  account_frozen: 403,
  phone_missing: 409,
  identity_check_required: 403,
  human_check_required: 403,
  undo_expired: 410,
  code_expired: 410,
  code_wrong: 422,
  too_many_attempts: 429,
  too_soon: 429,
  quota_exceeded: 429,
  identity_registered: 409,
  identity_linked: 409,
  identity_sub_account: 409,
  delivery_failed: 502,
  provider_failed: 502,
  unavailable: 503,
} as const;
export type ContractCode = keyof typeof CONTRACT_STATUS;

const text = z.string().check(z.regex(/\S/));
const waits = { retryAfter: z.int().check(z.gte(1)) };
const fieldErrors = z.array(z.strictObject({ path: z.string(), message: z.string().check(z.minLength(1)) }));

/** What a problem says besides, always and no more. */
const EXTENSIONS: Partial<Record<ContractCode, Record<string, z.ZodMiniType>>> = {
  invalid_request: { errors: fieldErrors.check(z.minLength(1)) },
  account_frozen: waits,
  code_wrong: { attemptsLeft: z.int().check(z.gte(0)) },
  too_many_attempts: waits,
  too_soon: waits,
  quota_exceeded: waits,
  human_check_required: {
    humanCheck: z.strictObject({ kind: z.enum(['turnstile', 'tencent']), siteKey: text }),
  },
  unavailable: waits,
};

const problem = z.union(
  (Object.keys(CONTRACT_STATUS) as ContractCode[]).map((code) =>
    z.strictObject({
      type: z.templateLiteral([z.string(), code]),
      title: text,
      detail: text,
      status: z.literal(CONTRACT_STATUS[code]),
      code: z.literal(code),
      ...EXTENSIONS[code],
    }),
  ),
);

/** What every answer says, whatever it is. */
export const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
const HOST_COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' };

function cookieBreaches(line: string): string[] {
  const { name, value, maxAge, ...attributes } = parseSetCookie(line);
  const isHost =
    JSON.stringify(Object.entries(attributes).toSorted()) ===
    JSON.stringify(Object.entries(HOST_COOKIE).toSorted());
  return name.startsWith('__Host-') && isHost
    ? []
    : [`a cookie that is no cookie of this host alone: ${name}`];
}

function parseJson(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

const issuesOf = (schema: z.ZodMiniType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

function successBreaches(expected: Response, { headers = {}, body }: HttpResult): string[] {
  const type = headers['content-type'];
  if ('body' in expected)
    return [
      ...(type === 'application/json; charset=utf-8' ? [] : [`content type ${type}`]),
      ...issuesOf(expected.body, parseJson(body)),
    ];
  const isEmpty = body === undefined && type === undefined;
  const location = String(headers['location'] ?? '');
  if (!('location' in expected)) return isEmpty && location === '' ? [] : ['should say nothing'];
  if (!isEmpty || !URL.canParse(location)) return [`should send the browser elsewhere: ${location}`];
  return issuesOf(expected.location, Object.fromEntries(new URL(location).searchParams));
}

function problemBreaches({ statusCode, headers = {}, body, cookies = [] }: HttpResult): string[] {
  const said = parseJson(body);
  const { status, retryAfter } = (said ?? {}) as { status?: number; retryAfter?: number };
  return [
    ...issuesOf(problem, said),
    ...(status === statusCode ? [] : [`status ${statusCode} beside ${status}`]),
    ...(headers['content-type'] === 'application/problem+json; charset=utf-8' ? [] : ['content type']),
    ...(['zh-CN', 'en'].includes(String(headers['content-language'])) ? [] : ['content language']),
    ...(headers['retry-after'] === (retryAfter && String(retryAfter)) ? [] : ['retry-after']),
    ...(cookies.length === 0 ? [] : ['cookies beside a problem']),
  ];
}

/** In what an answer is not as the contract has it; nothing where it is. */
export function breachesOf({ method, pathPattern }: HttpFunction, result: HttpResult): string[] {
  const expected = SUCCESSES[`${method} ${pathPattern}`]?.[result.statusCode ?? 0];
  const breaches = expected ? successBreaches(expected, result) : problemBreaches(result);
  const missing = Object.entries(COMMON_HEADERS).filter(([name, value]) => result.headers?.[name] !== value);
  return [
    ...breaches,
    ...missing.map(([name]) => `without its ${name}`),
    ...(result.cookies ?? []).flatMap(cookieBreaches),
  ].map((breach) => `${method} ${pathPattern}: ${result.statusCode}: ${breach}`);
}

const worlds: World[] = [];
afterAll(() => {
  const breaches = worlds.flatMap(({ exchanges }) =>
    exchanges.flatMap(({ route, result }) => breachesOf(route, result)),
  );
  expect(breaches).toEqual([]);
});

/** A world whose every answer must keep what the contract says of all of them. */
export async function contractWorld(settings: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  const world = await createWorld(settings);
  worlds.push(world);
  return world;
}

/** The answer is the problem of that code, whole, as RFC 9457 and the contract have it, with just these extensions. */
export function expectProblem(reply: Reply, code: ContractCode, extensions: object = {}): void {
  const { status, json, headers } = reply;
  expect({ status, json }).toEqual({
    status: CONTRACT_STATUS[code],
    json: {
      type: expect.stringContaining(code),
      title: expect.stringMatching(/\S/),
      detail: expect.stringMatching(/\S/),
      status: CONTRACT_STATUS[code],
      code,
      ...extensions,
    },
  });
  expect(headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/problem\+json/),
    'cache-control': 'no-store',
  });
  expect(headers['retry-after']).toBe(json.retryAfter === undefined ? undefined : String(json.retryAfter));
}

/** A time of the world's clock as the contract shows it. */
export function isoIn(world: World, seconds: number): string {
  return new Date((world.nowSeconds + seconds) * 1000).toISOString();
}

/** Six digits that are not those. */
export function otherCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}
