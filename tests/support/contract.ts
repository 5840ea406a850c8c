import { afterAll, expect } from '@jest/globals';
import type { Reply } from './browser.ts';
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
  phone_missing: 409,
  identity_check_required: 403,
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

const worlds: World[] = [];
afterAll(() => {
  for (const { headers } of worlds.flatMap(({ answers }) => answers))
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
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
