import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import {
  becomesSubAccount,
  type Member,
  methodOf,
  newMember,
  newWeChatPerson,
  signedIn,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

async function verified(): Promise<Member> {
  const member = await newMember(world);
  expect((await member.browser.checkIdentity('link_wechat', member.phone)).status).toBe(200);
  return member;
}

const begin = ({ browser }: Member) => browser.post('/links/wechat');
const lastFlow = async ({ browser }: Member) => (await browser.get('/account')).json.lastFlow;

describe('beginning', () => {
  test('gives the provider’s page to scan at, and shows the flow as open', async () => {
    const member = await verified();
    const reply = await begin(member);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      flowId: expect.any(String),
      authorizeUrl: expect.any(String),
      expiresAt: isoIn(world, 600),
    });
    const url = new URL(reply.json.authorizeUrl);
    expect(url.searchParams.get('redirect_uri')).toBe('https://api.example.com/oauth/wechat/callback');
    expect(url.searchParams.get('state')?.length).toBeGreaterThanOrEqual(22);
    expect(await lastFlow(member)).toEqual({
      flowId: reply.json.flowId,
      provider: 'wechat',
      intent: 'link',
      result: null,
      at: isoIn(world, 0),
    });
  });

  test('takes an empty object or nothing for a body', async () => {
    const member = await verified();
    expect((await member.browser.post('/links/wechat', {})).status).toBe(200);
    expect((await member.browser.post('/links/wechat')).status).toBe(200);
  });

  test('expires with the check at the latest', async () => {
    const member = await verified();
    world.pass({ seconds: 200 });
    expect((await begin(member)).json.expiresAt).toBe(isoIn(world, 400));
  });

  test('expires sooner if the setting says so', async () => {
    const brief = await createWorld({ FLOW_TTL_SECONDS: '120' });
    const member = await newMember(brief);
    await member.browser.checkIdentity('link_wechat', member.phone);
    expect((await begin(member)).json.expiresAt).toBe(isoIn(brief, 120));
    brief.pass({ seconds: 500 });
    expect((await begin(member)).json.expiresAt).toBe(isoIn(brief, 100));
  });

  test('may be done again while the check is open; each flow can be finished', async () => {
    const member = await verified();
    const first = await begin(member);
    const second = await begin(member);
    expect(second.json.flowId).not.toBe(first.json.flowId);
    const person = newWeChatPerson(world);
    const refused = await member.browser.answer('wechat', second.json.authorizeUrl, null);
    expect(refused).toMatchObject({ result: 'denied' });
    const done = await member.browser.answer('wechat', first.json.authorizeUrl, person);
    expect(done).toMatchObject({ result: 'linked' });
    expect((await methodOf(member.browser, 'wechat')).display).toBe(`微信${person}`);
  });

  test('a flow that was begun earlier does not speak for the last one', async () => {
    const member = await verified();
    const first = await begin(member);
    const second = await begin(member);
    await member.browser.answer('wechat', first.json.authorizeUrl, null);
    expect(await lastFlow(member)).toMatchObject({ flowId: second.json.flowId, result: null });
  });
});

describe('coming back', () => {
  test('links, uses the check up, and says so to the page and to the account', async () => {
    const member = await verified();
    const { flowId, authorizeUrl } = (await begin(member)).json;
    const person = newWeChatPerson(world);
    world.pass({ seconds: 30 });
    const reply = await member.browser.answer('wechat', authorizeUrl, person);
    expect(reply.status).toBe(302);
    expect(reply.location.origin + reply.location.pathname).toBe('https://console.example.com/oauth-result');
    expect(Object.fromEntries(reply.location.searchParams)).toEqual({
      provider: 'wechat',
      intent: 'link',
      flow: flowId,
      result: 'linked',
    });
    expect(reply.setCookies).toEqual([]);
    const { json } = await member.browser.get('/account');
    expect(json.lastFlow).toEqual({
      flowId,
      provider: 'wechat',
      intent: 'link',
      result: 'linked',
      at: isoIn(world, 0),
    });
    expect(json.checks).toEqual([]);
    expect(await methodOf(member.browser, 'wechat')).toEqual({
      provider: 'wechat',
      relation: 'linked',
      display: `微信${person}`,
      since: isoIn(world, 0),
      actions: ['unlink', 'replace'],
      state: 'probation',
      stateUntil: isoIn(world, 72 * 3600),
    });
    expectProblem(await begin(member), 'identity_check_required');
    expect((await world.browser().signInBy('wechat', person)).result).toBe('signed_in');
  });

  test('a scan that came to nothing leaves the check open: no second SMS', async () => {
    const member = await verified();
    const { browser } = member;
    const sent = world.outbox.sent.length;
    for (const [who, result] of [
      [null, 'denied'],
      ['nobody WeChat knows', 'provider_failed'],
      ['hua', 'identity_registered'],
      ['yue', 'identity_linked'],
      ['xiaozi', 'identity_sub_account'],
    ] as const) {
      const reply = await browser.scan(who);
      expect(reply.result).toBe(result);
      expect(reply.location.searchParams.get('intent')).toBe('link');
      expect(await lastFlow(member)).toMatchObject({ intent: 'link', result });
    }
    expect(await methodOf(browser, 'wechat')).toMatchObject({ relation: 'none', display: null });
    expect((await browser.scan(newWeChatPerson(world))).result).toBe('linked');
    expect(world.outbox.sent).toHaveLength(sent);
  });

  test('a conflict uses up the scan', async () => {
    const { browser } = await verified();
    const { authorizeUrl } = (await browser.post('/links/wechat')).json;
    expect((await browser.answer('wechat', authorizeUrl, 'hua')).result).toBe('identity_registered');
    const again = await browser.answer('wechat', authorizeUrl, newWeChatPerson(world));
    expect(again.result).toBe('state_invalid');
  });

  test('a second WeChat is not linked beside the first, by a flow begun before', async () => {
    const member = await verified();
    const [first, second] = [await begin(member), await begin(member)];
    const { browser } = member;
    const [one, two] = [newWeChatPerson(world), newWeChatPerson(world)];
    expect((await browser.answer('wechat', first.json.authorizeUrl, one)).result).toBe('linked');
    expect((await browser.answer('wechat', second.json.authorizeUrl, two)).result).toBe('already_linked');
    expect((await methodOf(browser, 'wechat')).display).toBe(`微信${one}`);
    expect((await world.browser().signInBy('wechat', two)).result).toBe('identity_unknown');
  });

  test('with a check that has been replaced links nothing', async () => {
    const member = await verified();
    const { authorizeUrl } = (await begin(member)).json;
    world.pass({ seconds: 60 });
    const other = await signedIn(world, member);
    await other.checkIdentity('link_wechat', member.phone);
    const person = newWeChatPerson(world);
    const reply = await member.browser.answer('wechat', authorizeUrl, person);
    expect(reply.result).toBe('identity_check_required');
    expect(reply.location.searchParams.get('intent')).toBe('link');
    expect(await lastFlow(member)).toMatchObject({ result: 'identity_check_required' });
    expect([...world.providers.wechat.usedCodes].some((code) => code.startsWith(`${person}~`))).toBe(false);
  });

  test('with a check that ran out while the provider was asked links nothing', async () => {
    const member = await verified();
    world.pass({ seconds: 599 });
    const { authorizeUrl } = (await begin(member)).json;
    const person = newWeChatPerson(world);
    world.providers.wechat.beforeIdentifying = () => {
      world.providers.wechat.beforeIdentifying = () => undefined;
      world.pass({ seconds: 1 });
    };
    const reply = await member.browser.answer('wechat', authorizeUrl, person);
    expect(reply.result).toBe('identity_check_required');
    expect((await methodOf(member.browser, 'wechat')).relation).toBe('none');
  });

  test('to an account that has become a sub-account links nothing', async () => {
    const member = await verified();
    const { authorizeUrl } = (await begin(member)).json;
    world.providers.wechat.beforeIdentifying = async () => {
      world.providers.wechat.beforeIdentifying = () => undefined;
      await becomesSubAccount(world, member);
    };
    const reply = await member.browser.answer('wechat', authorizeUrl, newWeChatPerson(world));
    expect(reply.result).toBe('sub_account');
    expect((await methodOf(member.browser, 'wechat')).relation).toBe('none');
  });
});

describe('what can be linked', () => {
  test('is what LINKABLE_PROVIDERS says: QQ if it is listed', async () => {
    const open = await createWorld({ LINKABLE_PROVIDERS: 'email,wechat,qq' });
    const browser = open.browser();
    await browser.signInByEmail('registered@example.com');
    expect(await methodOf(browser, 'qq')).toMatchObject({ relation: 'none', actions: ['link'] });
    await browser.checkIdentity('link_qq', '+8613800138002');
    const { authorizeUrl } = (await browser.post('/links/qq')).json;
    const reply = await browser.answer('qq', authorizeUrl, 'fang');
    expect(reply.result).toBe('linked');
    expect(reply.location.searchParams.get('provider')).toBe('qq');
    expect((await open.browser().signInBy('qq', 'fang')).result).toBe('signed_in');
  });

  test('is nothing if it is empty; what is linked can still be unlinked', async () => {
    const closed = await createWorld({ LINKABLE_PROVIDERS: '' });
    const { browser, phone } = await newMember(closed, { links: ['wechat'] });
    expect(await methodOf(browser, 'email')).toMatchObject({ relation: 'none', actions: [] });
    for (const purpose of ['link_email', 'link_wechat', 'link_qq'])
      expectProblem(await browser.post('/otp/send', { purpose }), 'not_linkable');
    expectProblem(await browser.post('/links/wechat'), 'not_linkable');
    expectProblem(await browser.post('/links/email/send', { email: 'a@example.com' }), 'not_linkable');
    await browser.checkIdentity('unlink_wechat', phone);
    expect((await browser.delete('/links/wechat')).status).toBe(204);
  });
});
