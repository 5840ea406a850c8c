import { describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../lib/contract/routes.ts';
import type { Browser } from '../support/browser.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { methodOf, newMember, newWeChatPerson, signedIn, times } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const off = await createWorld({ PROBATION_SECONDS: '0' });
const HOUR = 3_600;

/** Somebody has linked an address an hour ago, and is signed in by it. */
async function onProbation(of = world) {
  const member = await newMember(of);
  expect((await member.browser.linkEmail(member.address, member.phone)).status).toBe(201);
  of.pass({ seconds: HOUR });
  const browser = of.browser();
  expect((await browser.signInByEmail(member.address)).status).toBe(200);
  return { member, browser };
}

const PATHS = { provider: 'wechat', id: `c0mfq0w7k8${'A'.repeat(12)}` };

/** A request of a route that is of its form. */
function ask(browser: Browser, { method, path }: { method: string; path: string }) {
  const to = path.replace(/\{(\w+)\}/g, (_match, name: keyof typeof PATHS) => PATHS[name]);
  const bodies: Record<string, object> = {
    '/otp/send': { purpose: 'link_wechat' },
    '/otp/verify': { purpose: 'link_wechat', code: '123456' },
    '/links/email/send': { email: 'name@example.com' },
    '/links/email': { email: 'name@example.com', code: '123456' },
    '/links/{provider}/finish': { flowId: 'x', code: 'x' },
    '/assertions': { audience: 'x' },
  };
  if (method === 'POST') return browser.post(to, bodies[path]);
  if (method === 'PUT') return browser.put(to, { notify: 'mail' });
  return method === 'GET' ? browser.get(to) : browser.delete(to);
}

describe('a method that was linked less than 72 hours ago', () => {
  const sessionRoutes = ROUTES.filter(({ caller }) => caller === 'session');
  const looks = ({ method, path }: { method: string; path: string }) =>
    method === 'GET' ? path !== '/account/export' : method === 'DELETE' && path === '/session';

  test('signs in, and its session looks and signs out, and does nothing else', async () => {
    const { browser } = await onProbation();
    const refusal = { retryAfter: 71 * HOUR };
    for (const route of sessionRoutes.filter((route) => !looks(route)))
      expectProblem(await ask(browser, route), 'on_probation', refusal);
    for (const route of sessionRoutes.filter(looks)) {
      const { status } = await ask(browser, route);
      expect([route.path, status]).toEqual([route.path, route.method === 'GET' ? 200 : 204]);
    }
  });

  test('is judged after the session and the form, and before all else', async () => {
    const { browser } = await onProbation();
    expectProblem(await world.browser().post('/otp/send', { purpose: 'only' }), 'not_signed_in');
    expect((await browser.post('/otp/send', { purpose: 'nonsense' })).json.code).toBe('invalid_request');
    expectProblem(await browser.post('/otp/send', { purpose: 'clear_qq' }), 'on_probation', {
      retryAfter: 71 * HOUR,
    });
  });

  test('shows until when, and can do all from then on', async () => {
    const { browser, member } = await onProbation();
    const row = await methodOf(browser, 'email');
    expect(row).toMatchObject({ state: 'probation', stateUntil: isoIn(world, 71 * HOUR) });
    world.pass({ seconds: 71 * HOUR });
    const later = world.browser();
    await later.signInByEmail(member.address);
    expect(await methodOf(later, 'email')).toMatchObject({ state: 'active', stateUntil: null });
    expect((await later.post('/otp/send', { purpose: 'link_wechat' })).status).toBe(202);
  });

  test('leaves the sessions of other methods as they are', async () => {
    const { member } = await onProbation();
    const browser = await signedIn(world, member);
    expect((await browser.post('/otp/send', { purpose: 'unlink_email' })).status).toBe(202);
  });

  test('by OAuth is the same', async () => {
    const member = await newMember(world);
    const who = newWeChatPerson(world);
    await member.browser.checkIdentity('link_wechat', member.phone);
    expect((await member.browser.scan(who)).result).toBe('linked');
    const browser = await signedIn(world, { who }, 'wechat');
    expectProblem(await browser.delete('/sessions'), 'on_probation', { retryAfter: 72 * HOUR });
  });
});

test('a method of an import is never on probation, nor a registered one', async () => {
  const member = await newMember(world, { links: ['email', 'wechat'] });
  const { json } = await member.browser.get('/account');
  for (const { state, stateUntil } of json.methods)
    expect({ state, stateUntil }).toEqual({ state: 'active', stateUntil: null });
  const browser = await signedIn(world, member, 'wechat');
  expect((await browser.post('/otp/send', { purpose: 'unlink_email' })).status).toBe(202);
});

test('PROBATION_SECONDS of 0 switches it off', async () => {
  const { browser } = await onProbation(off);
  expect(await methodOf(browser, 'email')).toMatchObject({ state: 'active', stateUntil: null });
  const replies = await times(2, () => browser.post('/otp/send', { purpose: 'link_wechat' }));
  expect(replies.map(({ status }) => status)).toContain(202);
});
