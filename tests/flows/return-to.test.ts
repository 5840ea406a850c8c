import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { newMember, newPerson, newWeChatPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const PAGE = 'https://console2.example.com/returns/page';

async function verified() {
  const member = await newMember(world);
  await member.browser.checkIdentity('link_wechat', member.phone);
  return member;
}

/** Where a link ends that is begun with this. */
async function endOfLink(returnTo: string): Promise<URL> {
  const { browser } = await verified();
  const reply = await browser.post('/links/wechat', { returnTo });
  expect(reply.status).toBe(200);
  return (await browser.answer('wechat', reply.json.authorizeUrl, newWeChatPerson(world))).location;
}

const query = (returnTo: string) => ({ query: new URLSearchParams({ return_to: returnTo }).toString() });

describe('a flow ends at the page it was begun with, with the same parameters', () => {
  test('a link, done or refused', async () => {
    const { browser } = await verified();
    for (const [who, result] of [
      [null, 'denied'],
      [newWeChatPerson(world), 'linked'],
    ] as const) {
      const { flowId, authorizeUrl } = (await browser.post('/links/wechat', { returnTo: PAGE })).json;
      const { location } = await browser.answer('wechat', authorizeUrl, who);
      expect(location.href).toBe(`${PAGE}?provider=wechat&intent=link&flow=${flowId}&result=${result}`);
    }
  });

  test('a window, with the code in the fragment', async () => {
    const { browser } = await verified();
    const begun = (await browser.bearer().post('/links/wechat', { returnTo: `${PAGE}?tab=2#/menu` })).json;
    const { location } = await world.browser().scanWindow(begun.authorizeUrl, newWeChatPerson(world));
    expect(location.href.replace(/[\w-]{43}$/, 'CODE')).toBe(
      `${PAGE}?tab=2&provider=wechat&intent=link&flow=${begun.flowId}&result=confirm#finish=CODE`,
    );
  });

  test('a sign-in, and what it is refused with before it begins', async () => {
    const person = await newPerson(world);
    const browser = world.browser();
    const away = await browser.get('/sign-in/qq', query(`${PAGE}?next=%2Fhome`));
    const { location } = await browser.answer('qq', away.headers['location'] ?? '', person.who);
    expect(location.origin + location.pathname).toBe(PAGE);
    expect(location.searchParams.get('result')).toBe('signed_in');
    expect(location.searchParams.get('next')).toBe('/home');

    const crowded = await createWorld({ SIGN_INS_PER_IP_PER_HOUR: '1' });
    await crowded.browser().get('/sign-in/wechat');
    const refused = await crowded.browser().get('/sign-in/wechat', query(PAGE));
    expect(refused.headers['location']).toBe(`${PAGE}?provider=wechat&result=quota_exceeded`);
  });

  test('but at the console’s own with a state that is not this browser’s, whatever its query says', async () => {
    const reply = await world.browser().callback('wechat', `state=x&return_to=${encodeURIComponent(PAGE)}`);
    expect(reply.location.href).toBe(
      'https://console.example.com/oauth-result?provider=wechat&result=state_invalid',
    );
  });

  test('its own query stays, but for what the flow tells', async () => {
    const own = `a=1%20b+c&empty=&flag&%E4%B8%AD=x&result=linked&flow=mine&%72esult=x`;
    const { search } = await endOfLink(`${PAGE}?${own}`);
    expect(search).toMatch(
      /^\?a=1%20b\+c&empty=&flag&%E4%B8%AD=x&provider=wechat&intent=link&flow=[\w-]+&result=linked$/,
    );
  });

  test('up to 2048 characters', async () => {
    const long = `${PAGE}?${'x'.repeat(2048 - PAGE.length - 1)}`;
    expect((await endOfLink(long)).pathname).toBe('/returns/page');
    const { browser } = await verified();
    expect((await browser.post('/links/wechat', { returnTo: `${long}x` })).json.code).toBe('invalid_request');
  });
});

const OTHERS = [
  'https://evil.example',
  'https://evil.example/https://console.example.com/',
  'https://console.example.com.evil.example/',
  'https://console.example.com@evil.example/',
  'https://console.example.com:443@evil.example/',
  'https://console.example.com%40evil.example/',
  'https://user@console.example.com/',
  'https://user:password@console.example.com/',
  'https://:@evil.example/',
  'https://console.example.com:8443/',
  'https://sub.console.example.com/',
  'https://console.example.com./',
  'http://console.example.com/',
  'https://api.example.com/',
  '//evil.example/',
  '//console.example.com/',
  '/account',
  'account',
  '',
  ' https://console.example.com/',
  'https://console.example.com/ x',
  'https://console.example.com/\t',
  'https://console.example.com/\r\nset-cookie: a=b',
  'https://console.example.com/\u0000',
  'https:\\\\console.example.com\\',
  'https://console.example.com\\@evil.example/',
  'https://console.example.com/\\evil.example/',
  'https://evil.example\\.console.example.com/',
  'javascript:alert(1)//https://console.example.com/',
  'data:text/html,https://console.example.com/',
  'blob:https://console.example.com/0b6d2f3c-2d4c-4a8e-9f57-1f2f7b0d9c11',
  'filesystem:https://console.example.com/temporary/x',
  'view-source:https://console.example.com/',
  'null',
  'https://',
  `https://console.example.com/${'x'.repeat(2048)}`,
  // Nine characters each, as a browser writes them.
  `https://console.example.com/${'中'.repeat(300)}`,
];

describe('a page that is none of a configured console is an invalid request', () => {
  test('to link, and nothing is begun', async () => {
    const { browser } = await verified();
    const before = await world.items();
    for (const returnTo of [...OTHERS, 1, null, ['https://console.example.com/'], {}]) {
      const reply = await browser.post('/links/wechat', { returnTo });
      expect([returnTo, reply.json]).toMatchObject([
        returnTo,
        { code: 'invalid_request', errors: [{ path: 'returnTo' }] },
      ]);
    }
    expectProblem(await browser.post('/links/wechat', { return_to: PAGE }), 'invalid_request', {
      errors: expect.any(Array),
    });
    expect(await world.items()).toEqual(before);
  });

  test('to sign in, which the console’s own page is told', async () => {
    const before = await world.items();
    const told = 'https://console.example.com/oauth-result?provider=wechat&result=invalid_request';
    const twice = `return_to=${encodeURIComponent(PAGE)}`;
    const queries = [...OTHERS.map((url) => query(url).query), 'return_to', `${twice}&${twice}`];
    for (const one of queries) {
      const reply = await world.browser().get('/sign-in/wechat', { query: one });
      expect([one, reply.headers['location']]).toEqual([one, told]);
    }
    expect(await world.items()).toEqual(before);
  });

  test('after the session, and before what the session may do', async () => {
    const returnTo = 'https://evil.example/';
    expectProblem(await world.browser().post('/links/wechat', { returnTo }), 'not_signed_in');
    const { browser } = await newMember(world);
    expectProblem(await browser.post('/links/wechat', { returnTo }), 'invalid_request', {
      errors: [{ path: 'returnTo', message: expect.any(String) }],
    });
    expectProblem(await browser.post('/links/wechat', { returnTo: PAGE }), 'identity_check_required');
  });
});

test.each([
  ['HTTPS://CONSOLE2.EXAMPLE.COM/returns/', 'https://console2.example.com/returns/'],
  ['https://console2.example.com:443/returns/', 'https://console2.example.com/returns/'],
  ['https://console2.example.com/x/../returns/a', 'https://console2.example.com/returns/a'],
  ['https://console2.example.com/returns/中', 'https://console2.example.com/returns/%E4%B8%AD'],
])('%s is a page of the console, as browsers read it', async (typed, read) => {
  const { origin, pathname } = await endOfLink(typed);
  expect(origin + pathname).toBe(read);
});
