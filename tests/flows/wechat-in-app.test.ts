import { describe, expect, test } from '@jest/globals';
import { ProviderError } from '../../lib/providers/provider.ts';
import type { Browser } from '../support/browser.ts';
import type { Profile } from '../support/doubles.ts';
import type { RequestOptions } from '../support/functions.ts';
import { newMember, newWeChatPerson } from '../support/people.ts';
import { TEST_ENVIRONMENT } from '../support/settings.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const IN_WECHAT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile/15E148 MicroMessenger/8.0.49';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1';
const IN_APP_ID = TEST_ENVIRONMENT.WECHAT_MP_APP_ID;

const from = (userAgent: string): RequestOptions => ({
  edit: ({ requestContext, ...event }) => ({
    ...event,
    requestContext: { ...requestContext, http: { ...requestContext.http, userAgent } },
  }),
});
const ownerOf = async (subject: string) =>
  (await world.items()).get(`IDENTITY#wechat#${subject}/CLAIM`)?.['accountId'];
const { people } = world.providers.wechat;
const profile = (person: string) => people.get(person) as Profile;
const is = (person: string, change: Partial<Profile>) =>
  people.set(person, { ...profile(person), ...change });
/** The provider tells no unionid of the person. */
const tellsNoUnionid = (person: string, change: Partial<Profile> = {}) => {
  const { unionid: _unionid, ...rest } = profile(person);
  people.set(person, { ...rest, ...change });
};
const failing = (errcode: number) =>
  new ProviderError({ kind: 'unavailable', provider: 'wechat', step: 'profile', errcode });

/** Signs in inside WeChat. */
async function signInInside(browser: Browser, person: string) {
  const away = (await browser.get('/sign-in/wechat', from(IN_WECHAT))).headers['location'] ?? '';
  expect(new URL(away).searchParams.get('app')).toBe('in_app');
  return browser.answer('wechat', away, person);
}

describe('inside WeChat', () => {
  test('a person who was linked by a QR code signs in by the service account: the unionid joins the two', async () => {
    const { accountId, who } = await newMember(world, { links: ['wechat'] });
    const browser = world.browser();
    expect((await signInInside(browser, who)).result).toBe('signed_in');
    expect((await browser.get('/account')).json.accountId).toBe(accountId);
    expect(await ownerOf(`${IN_APP_ID}:open-${who}`)).toBe(accountId);
    // From now on the service account's openid is enough, and the website's is another one.
    tellsNoUnionid(who);
    expect((await signInInside(world.browser(), who)).result).toBe('signed_in');
    expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
  });

  test('linking goes by it as well, and what was linked so signs in by a QR code', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world);
    await member.browser.checkIdentity('link_wechat', member.phone);
    const begun = await member.browser.post('/links/wechat', undefined, from(IN_WECHAT));
    expect(new URL(begun.json.authorizeUrl).searchParams.get('app')).toBe('in_app');
    // The browser that comes back may call itself what it will: the state remembers the app.
    expect((await member.browser.answer('wechat', begun.json.authorizeUrl, person)).result).toBe('linked');
    expect(await ownerOf(`${IN_APP_ID}:open-${person}`)).toBe(member.accountId);
    expect((await world.browser().signInBy('wechat', person)).result).toBe('signed_in');
  });

  test('a person whom a snapshot page has made up is nobody: not signed in, not linked, and the proof is kept', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world);
    const known = profile(person);
    is(person, { isSnapshot: true });
    await member.browser.checkIdentity('link_wechat', member.phone);
    expect((await member.browser.scan(person)).result).toBe('snapshot_user');
    expect((await member.browser.get('/account')).json).toMatchObject({
      lastFlow: { result: 'snapshot_user' },
      checks: [{ purpose: 'link_wechat', step: 'verified' }],
    });
    expect((await signInInside(world.browser(), person)).result).toBe('snapshot_user');
    people.set(person, known);
    expect((await member.browser.scan(person)).result).toBe('linked');
  });
});

describe('on a phone', () => {
  test('the console says what to do, and nothing is stored', async () => {
    const before = (await world.items()).size;
    const reply = await world.browser().get('/sign-in/wechat', from(PHONE));
    expect(reply.headers['location']).toBe('https://console.example.com/wechat-on-phone?place=phone');
    expect((await world.items()).size).toBe(before);
    // QQ's page signs in by its app.
    const qq = await world.browser().get('/sign-in/qq', from(PHONE));
    expect(qq.headers['location']).toContain('state=');
  });

  test('a link may go on all the same, for another phone to scan', async () => {
    const member = await newMember(world);
    await member.browser.checkIdentity('link_wechat', member.phone);
    const begun = await member.browser.post('/links/wechat', undefined, from(PHONE));
    expect(new URL(begun.json.authorizeUrl).searchParams.get('app')).toBe('website');
  });

  test('so it is inside WeChat without a service account', async () => {
    const without = await createWorld({ WECHAT_MP_APP_ID: '' });
    const reply = await without.browser().get('/sign-in/wechat', from(IN_WECHAT));
    expect(reply.headers['location']).toBe('https://console.example.com/wechat-on-phone?place=in_wechat');
  });
});

describe('without a profile', () => {
  test('a person whom the token named signs in, under the name of before', async () => {
    const { browser, who } = await newMember(world, { links: ['wechat'] });
    const name = async () =>
      (await browser.get('/account')).json.methods.find(
        ({ provider }: { provider: string }) => provider === 'wechat',
      ).display;
    is(who, { nickname: '新名字' });
    expect((await world.browser().signInBy('wechat', who)).result).toBe('signed_in');
    expect(await name()).toBe('新名字');
    is(who, { nickname: '微信用户', profileFailure: failing(45011) });
    world.pass({ seconds: 1 });
    const other = world.browser();
    expect((await other.signInBy('wechat', who)).result).toBe('signed_in');
    expect(await name()).toBe('新名字');
    expect((await other.get('/account/history')).json.events[0].display).toBe('新名字');
  });

  test('a person who is unknown by what the token told may be known by what it did not', async () => {
    const person = newWeChatPerson(world);
    tellsNoUnionid(person, { profileFailure: failing(48001) });
    expect((await world.browser().signInBy('wechat', person)).result).toBe('provider_failed');
    is(person, { unionid: `union-${person}` });
    expect((await world.browser().signInBy('wechat', person)).result).toBe('identity_unknown');
  });

  test('linking takes the unionid, which could be another account’s', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world);
    tellsNoUnionid(person, { profileFailure: failing(45011) });
    await member.browser.checkIdentity('link_wechat', member.phone);
    expect((await member.browser.scan(person)).result).toBe('provider_failed');
    is(person, { unionid: `union-${person}` });
    expect((await member.browser.scan(person)).result).toBe('linked');
  });
});

test('the page’s language goes with a sign-in, and no other counts', async () => {
  const language = async (query: string) => {
    const reply = await world
      .browser()
      .get('/sign-in/qq', { query, headers: { 'accept-language': 'zh-CN' } });
    return new URL(reply.headers['location'] ?? '').searchParams.get('language');
  };
  expect(await language('lang=en')).toBe('en');
  for (const other of ['', 'lang=', 'lang=fr', 'lang=%00']) expect(await language(other)).toBe('zh-CN');
});

test('two first sign-ins at once in one browser both come through, once it has asked for its account', async () => {
  const { who } = await newMember(world, { links: ['wechat'] });
  const browser = world.browser();
  const asked = await browser.get('/account');
  expect(asked.status).toBe(401);
  expect(asked.setCookies).toEqual([expect.stringMatching(/^__Host-browser=/)]);
  const away = await Promise.all([1, 2].map(() => browser.get('/sign-in/wechat')));
  for (const { headers } of away)
    expect((await browser.answer('wechat', headers['location'] ?? '', who)).result).toBe('signed_in');
  expect((await browser.get('/account')).setCookies).toEqual([]);
});
