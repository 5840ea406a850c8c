import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

describe('the way to the provider', () => {
  test.each(['wechat', 'qq'] as const)(
    '%s: a redirect to its page, with a state and our callback',
    async (provider) => {
      const reply = await world.browser().get(`/sign-in/${provider}`);
      expect(reply.status).toBe(302);
      const url = new URL(reply.headers['location'] ?? '');
      expect(url.searchParams.get('redirect_uri')).toBe(`https://api.example.com/oauth/${provider}/callback`);
      expect(url.searchParams.get('state')?.length).toBeGreaterThanOrEqual(22);
    },
  );

  test('is none for email, or for what is no provider', async () => {
    for (const path of ['/sign-in/email', '/sign-in/weibo', '/sign-in/__proto__', '/sign-in/%E4%B8%AD'])
      expectProblem(await world.browser().get(path), 'not_found');
    for (const path of ['/oauth/email/callback', '/oauth/weibo/callback'])
      expectProblem(await world.browser().get(path), 'not_found');
  });

  test('binds all flows of a browser by one cookie, which stays the same', async () => {
    const browser = world.browser();
    const first = await browser.get('/sign-in/wechat');
    expect(first.setCookies).toHaveLength(1);
    const cookie = first.setCookies[0] ?? '';
    expect(cookie).toMatch(/^__Host-[a-z]+=[A-Za-z0-9_-]{43};/);
    const attributes = cookie
      .split('; ')
      .slice(1)
      .map((attribute) => attribute.toLowerCase());
    expect(attributes.sort()).toEqual(['httponly', 'path=/', 'samesite=lax', 'secure']);

    const second = await browser.get('/sign-in/qq');
    expect(second.setCookies).toEqual([]);
    const reply = await browser.answer('wechat', first.headers['location'] ?? '', 'hua');
    expect(reply.result).toBe('signed_in');
    await browser.checkIdentity('link_email', '+8613800138003');
    expect((await browser.answer('qq', second.headers['location'] ?? '', 'ming')).result).toBe('signed_in');
  });
});

describe('coming back', () => {
  test('signs in, by the method registered or linked, and says so to the page and to the account', async () => {
    const browser = world.browser();
    const reply = await browser.signInBy('wechat', 'yue');
    expect(reply.status).toBe(302);
    expect(reply.location.origin + reply.location.pathname).toBe('https://console.example.com/oauth-result');
    const { flow, ...said } = Object.fromEntries(reply.location.searchParams);
    expect(said).toEqual({ provider: 'wechat', intent: 'sign_in', result: 'signed_in' });
    const { json } = await browser.get('/account');
    expect(json).toMatchObject({
      accountId: '100000005',
      lastFlow: {
        flowId: flow,
        provider: 'wechat',
        intent: 'sign_in',
        result: 'signed_in',
        at: isoIn(world, 0),
      },
      session: { openedBy: 'wechat', expiresAt: isoIn(world, 3600) },
    });
  });

  test.each([
    ['refused by the person', 'wechat', null, 'denied'],
    ['somebody nobody knows', 'wechat', 'lin', 'identity_unknown'],
    ['somebody nobody knows', 'qq', 'fang', 'identity_unknown'],
    ['a sub-account’s', 'wechat', 'xiaozi', 'identity_unknown'],
    ['an error of the provider', 'wechat', 'nobody WeChat knows', 'provider_failed'],
  ] as const)('%s (%s): no session, and the reason', async (_name, provider, who, result) => {
    const browser = world.browser();
    const reply = await browser.signInBy(provider, who);
    expect(reply.result).toBe(result);
    expect(reply.location.searchParams.get('intent')).toBe('sign_in');
    expect(reply.setCookies).toEqual([]);
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });

  test('with nothing leaves a session that was there as it was', async () => {
    const { browser, accountId } = await newMember(world);
    await browser.signInBy('wechat', null);
    await browser.signInBy('wechat', 'lin');
    expect((await browser.get('/account')).json.accountId).toBe(accountId);
  });

  test('makes a new token each time, and ends the session the browser had', async () => {
    const { browser, who } = await newMember(world);
    const before = browser.cookies.get('__Host-session') ?? '';
    await browser.signInBy('qq', who);
    const after = browser.cookies.get('__Host-session') ?? '';
    expect(after).not.toBe(before);
    const old = await world.browser().get('/account', { cookies: [`__Host-session=${before}`] });
    expectProblem(old, 'not_signed_in');
    expect((await browser.get('/account')).status).toBe(200);
  });

  test('as somebody else ends the session of the one before', async () => {
    const { browser } = await newMember(world);
    const before = browser.cookies.get('__Host-session') ?? '';
    await browser.signInBy('wechat', 'hua');
    expect((await browser.get('/account')).json.accountId).toBe('100000003');
    const old = await world.browser().get('/account', { cookies: [`__Host-session=${before}`] });
    expectProblem(old, 'not_signed_in');
  });
});
