import { describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { newAddress, newMember, newPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

const tokenOf = (browser: Browser) => browser.cookies.get('__Host-session') ?? '';
const authorized = (authorization: string) => ({ headers: { authorization } });

describe('a bearer token', () => {
  test('stands for the cookie: identity check, linking an email, and unlinking it, without any cookie', async () => {
    const { browser, phone, accountId } = await newMember(world);
    const page = browser.bearer();
    const address = newAddress();
    expect((await page.get('/account')).json).toMatchObject({ accountId, session: { openedBy: 'qq' } });
    world.pass({ seconds: 1 });
    expect((await page.linkEmail(address, phone)).status).toBe(201);
    expect((await page.get('/account/history')).json.events[0]).toMatchObject({ type: 'linked' });
    world.pass({ seconds: 61 });
    expect((await page.checkIdentity('unlink_email', phone)).status).toBe(200);
    expect((await page.delete('/links/email')).status).toBe(204);
    expect(page.cookies.size).toBe(0);
  });

  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR  '])('is taken with the scheme %j', async (scheme) => {
    const { browser, accountId } = await newMember(world);
    const reply = await world.browser().get('/account', authorized(`${scheme} ${tokenOf(browser)}`));
    expect(reply.json).toMatchObject({ accountId });
  });

  test('is the only one looked at: beside another account’s cookie, and where it is wrong beside a good one', async () => {
    const [one, other] = [await newMember(world), await newMember(world)];
    const good = tokenOf(one.browser);
    const reply = await other.browser.get('/account', authorized(`Bearer ${good}`));
    expect(reply.json).toMatchObject({ accountId: one.accountId });
    for (const wrong of [
      'Bearer',
      'Bearer ',
      'Bearer x',
      `Bearer ${good}x`,
      `Bearer ${good.slice(0, -1)}`,
      `Bearer ${good} ${good}`,
      `Bearer ${good},Bearer ${good}`,
      `Bearer,Bearer ${good}`,
      `Bearer Bearer ${good}`,
      `Bearer "${good}"`,
      `Bearer __Host-session=${good}`,
    ]) {
      expectProblem(await one.browser.get('/account', authorized(wrong)), 'not_signed_in');
      const send = { purpose: 'link_email' };
      expectProblem(await one.browser.post('/otp/send', send, authorized(wrong)), 'not_signed_in');
    }
  });

  test('that has ended is not signed in, whatever the cookie is', async () => {
    const { browser, ...member } = await newMember(world);
    const page = browser.bearer();
    expect((await page.delete('/session')).status).toBe(204);
    const other = await signedIn(world, member);
    const ended = authorized(`Bearer ${page.token}`);
    expectProblem(await other.get('/account', ended), 'not_signed_in');
    expectProblem(await other.post('/otp/send', { purpose: 'link_email' }, ended), 'not_signed_in');
    expect((await other.get('/account')).status).toBe(200);
  });

  test.each(['Basic', 'DPoP', 'Bearerer', 'X-Bearer', 'Negotiate'])(
    'is none with the scheme %s, which is ignored',
    async (scheme) => {
      const [one, other] = [await newMember(world), await newMember(world)];
      const options = authorized(`${scheme} ${tokenOf(other.browser)}`);
      expect((await one.browser.get('/account', options)).json).toMatchObject({ accountId: one.accountId });
      expectProblem(await world.browser().get('/account', options), 'not_signed_in');
    },
  );

  test('excuses no foreign origin, and needs none', async () => {
    const page = (await newMember(world)).browser.bearer();
    const from = (origin: string) => ({ headers: { origin } });
    const send = { purpose: 'link_email' };
    expectProblem(await page.post('/otp/send', send, from('https://evil.example')), 'origin_not_allowed');
    expect((await page.post('/otp/send', send, from('https://console2.example.com'))).status).toBe(202);
  });
});

describe('ending a session by bearer', () => {
  /** A browser that is signed in to an account of its own, with a page that has a token of another one. */
  async function guest() {
    const [host, member] = [await newMember(world), await newMember(world)];
    host.browser.token = tokenOf(member.browser);
    return { ...member, host, page: host.browser };
  }

  async function expectCookieGood({ host }: Awaited<ReturnType<typeof guest>>): Promise<void> {
    host.browser.token = undefined;
    expect((await host.browser.get('/account')).json).toMatchObject({ accountId: host.accountId });
  }

  test('takes no cookie away: signing out, and signing out everywhere', async () => {
    for (const path of ['/session', '/sessions']) {
      const signedOut = await guest();
      const reply = await signedOut.page.delete(path);
      expect(reply).toMatchObject({ status: 204, setCookies: [] });
      expectProblem(await signedOut.page.get('/account'), 'not_signed_in');
      expectProblem(await signedOut.browser.get('/account'), 'not_signed_in');
      await expectCookieGood(signedOut);
    }
  });

  test('takes no cookie away: “this wasn’t me”', async () => {
    const disowned = await guest();
    await signedIn(world, disowned);
    const [notice] = (await disowned.page.get('/account')).json.notices;
    const reply = await disowned.page.post(`/account/notices/${notice.id}/disown`);
    expect(reply).toMatchObject({ status: 200, setCookies: [] });
    expectProblem(await disowned.page.get('/account'), 'not_signed_in');
    await expectCookieGood(disowned);
  });
});

test('the account page gives a bearer no cookie for flows, signed in or not; it gives other browsers one', async () => {
  const { browser } = await newMember(world);
  const page = browser.bearer();
  expect((await page.get('/account')).setCookies).toEqual([]);
  page.token = 'x';
  expect(await page.get('/account')).toMatchObject({ status: 401, setCookies: [] });
  expect((await world.browser().get('/account')).setCookies).toHaveLength(1);
});

describe('routes that browsers are sent to know no bearer token', () => {
  test('the callback goes by the cookie’s session, and a token beside it changes nothing', async () => {
    const [member, other] = [await newMember(world), await newMember(world)];
    await member.browser.checkIdentity('link_wechat', member.phone);
    const { authorizeUrl } = (await member.browser.post('/links/wechat')).json;
    member.browser.token = tokenOf(other.browser);
    expect((await member.browser.answer('wechat', authorizeUrl, member.who)).result).toBe('linked');
  });

  test('nor does a token stand for a cookie that is missing', async () => {
    const { browser, who, phone } = await newMember(world);
    await browser.checkIdentity('link_wechat', phone);
    const { authorizeUrl } = (await browser.post('/links/wechat')).json;
    const stripped = browser.bearer();
    stripped.cookies.set('__Host-browser', browser.cookies.get('__Host-browser') ?? '');
    expect((await stripped.answer('wechat', authorizeUrl, who)).result).toBe('not_signed_in');
  });

  test('a sign-in that ends there replaces the cookie’s session, and not the token’s', async () => {
    const [member, person] = [await newMember(world), await newPerson(world)];
    const page = member.browser.bearer();
    expect((await page.signInBy('qq', person.who)).result).toBe('signed_in');
    expect((await member.browser.get('/account')).json).toMatchObject({ accountId: member.accountId });
  });
});
