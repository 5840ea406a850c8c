import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Browser, type CallbackReply, finishIn, type Reply, stateIn } from '../support/browser.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import {
  becomesSubAccount,
  type Member,
  methodOf,
  newMember,
  newWeChatPerson,
  signedIn,
  tally,
  times,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

interface Begun extends Member {
  /** Has the token of the member's session, and no cookies. */
  readonly page: Browser;
  readonly flowId: string;
  readonly authorizeUrl: string;
  readonly scanner: string;
}

async function begunWindow(body?: object): Promise<Begun> {
  const member = await newMember(world);
  const page = member.browser.bearer();
  expect((await page.checkIdentity('link_wechat', member.phone)).status).toBe(200);
  const reply = await page.post('/links/wechat', body);
  expect(reply).toMatchObject({ status: 200, setCookies: [] });
  return { ...member, page, ...reply.json, scanner: newWeChatPerson(world) };
}

const codeIn = ({ location }: CallbackReply) => finishIn(location);

/** A flow whose window has been opened, and has ended. */
async function scanned(window = world.browser(), body?: object): Promise<Begun & { code: string }> {
  const begun = await begunWindow(body);
  const reply = await window.scanWindow(begun.authorizeUrl, begun.scanner);
  expect(reply.result).toBe('confirm');
  return { ...begun, code: codeIn(reply) };
}

const finish = (browser: Browser, { flowId, code }: { flowId: string; code: string }) =>
  browser.post('/links/wechat/finish', { flowId, code });
const relation = async ({ browser }: Pick<Member, 'browser'>) => (await methodOf(browser, 'wechat')).relation;
const lastFlow = async ({ page }: Pick<Begun, 'page'>) => (await page.get('/account')).json.lastFlow;

function expectStateInvalid(reply: Reply): void {
  expect(reply).toMatchObject({ status: 302, setCookies: [] });
  expect(reply.headers['location']).toBe(
    'https://console.example.com/oauth-result?provider=wechat&result=state_invalid',
  );
}

describe('a window', () => {
  test('leads to the provider, ends with a code for the page that began it, and by that a WeChat is linked', async () => {
    const { page, flowId, authorizeUrl, scanner, ...member } = await begunWindow();
    const url = new URL(authorizeUrl);
    expect(url.origin + url.pathname).toBe('https://api.example.com/oauth/wechat/window');
    expect([...url.searchParams.keys()]).toEqual(['ticket']);
    const window = world.browser();
    const opened = await window.openWindow(authorizeUrl);
    expect(opened.status).toBe(302);
    expect(window.cookies.has('__Host-browser')).toBe(true);
    // Whoever has made the ticket does not learn the state.
    expect(stateIn(opened.headers['location'])).not.toBe(url.searchParams.get('ticket'));
    expect(await lastFlow({ page })).toMatchObject({ flowId, intent: 'link', result: null });

    const reply = await window.answer('wechat', opened.headers['location'] ?? '', scanner);
    expect(reply.location.origin + reply.location.pathname).toBe('https://console.example.com/oauth-result');
    expect(Object.fromEntries(reply.location.searchParams)).toEqual({
      provider: 'wechat',
      intent: 'link',
      flow: flowId,
      result: 'confirm',
    });
    expect(reply.location.hash).toMatch(/^#finish=[\w-]{43}$/);
    expect(await relation(member)).toBe('none');
    expect(await lastFlow({ page })).toMatchObject({ flowId, result: null });

    world.pass({ seconds: 59 });
    const done = await finish(page, { flowId, code: codeIn(reply) });
    expect(done.status).toBe(201);
    expect(done.json).toEqual({ method: await methodOf(member.browser, 'wechat') });
    expect(done.json.method).toMatchObject({
      relation: 'linked',
      display: `微信${scanner}`,
      state: 'probation',
    });
    expect((await page.get('/account')).json).toMatchObject({
      checks: [],
      lastFlow: { flowId, result: 'linked', at: isoIn(world, 0) },
    });
    expect((await world.browser().signInBy('wechat', scanner)).result).toBe('signed_in');
    expect(page.cookies.size).toBe(0);
  });

  test('is opened once, and for a minute', async () => {
    const early = await begunWindow();
    const late = await begunWindow();
    world.pass({ seconds: 59 });
    const first = await world.browser().openWindow(early.authorizeUrl);
    expect(new URL(first.headers['location'] ?? '').origin).toBe('https://wechat.example');
    for (const browser of [world.browser(), early.browser])
      expectStateInvalid(await browser.openWindow(early.authorizeUrl));
    world.pass({ seconds: 1 });
    expectStateInvalid(await world.browser().openWindow(late.authorizeUrl));
  });

  test('is opened by one of fifty at once', async () => {
    const { authorizeUrl } = await begunWindow();
    const replies = await times(50, () => world.browser().openWindow(authorizeUrl));
    const hosts = replies.map(({ headers }) => ({
      status: 302,
      result: new URL(headers['location'] ?? '').host,
    }));
    expect(tally(hosts)).toEqual({ 'wechat.example': 1, 'console.example.com': 49 });
  });

  test('is opened by no ticket that is none, and at no other provider', async () => {
    const { authorizeUrl } = await begunWindow();
    const ticket = new URL(authorizeUrl).searchParams.get('ticket') ?? '';
    for (const query of [
      '',
      'ticket=',
      `ticket=${randomBytes(32).toString('base64url')}`,
      `ticket=${ticket}x`,
      `ticket=${ticket.slice(0, -1)}`,
      `ticket=${ticket}&ticket=${ticket}`,
      `TICKET=${ticket}`,
      `ticket=${'a'.repeat(4000)}`,
      'ticket=%ff%00',
    ])
      expectStateInvalid(await world.browser().get('/oauth/wechat/window', { query }));
    const atQq = await world.browser().get('/oauth/qq/window', { query: `ticket=${ticket}` });
    expect(atQq.headers['location']).toMatch(/provider=qq&result=state_invalid$/);
    expectProblem(
      await world.browser().get('/oauth/email/window', { query: `ticket=${ticket}` }),
      'not_found',
    );
    expect((await world.browser().scanWindow(authorizeUrl, newWeChatPerson(world))).result).toBe('confirm');
  });

  test('is of the browser that opened it, and of no other', async () => {
    const { authorizeUrl, scanner } = await begunWindow();
    const [window, other] = [world.browser(), world.browser()];
    const away = (await window.openWindow(authorizeUrl)).headers['location'] ?? '';
    await other.get('/account');
    expect((await other.answer('wechat', away, scanner)).result).toBe('state_invalid');
    expect((await window.answer('wechat', away, scanner)).result).toBe('confirm');
    expect((await window.answer('wechat', away, scanner)).result).toBe('state_invalid');
  });

  test('is the same whoever is signed in there: the account that began it gets the link', async () => {
    const guest = await newMember(world, { links: ['email'] });
    await guest.browser.checkIdentity('link_wechat', guest.phone);
    const done = await scanned(guest.browser);
    expect((await finish(done.page, done)).status).toBe(201);
    expect([await relation(done), await relation(guest)]).toEqual(['linked', 'none']);
    expect((await guest.browser.get('/account')).json).toMatchObject({
      accountId: guest.accountId,
      lastFlow: { intent: 'sign_in' },
    });
  });

  test('goes by the language of the page that began it, and by the app for its own browser', async () => {
    const member = await newMember(world);
    const page = member.browser.bearer();
    await page.checkIdentity('link_wechat', member.phone);
    const english = { headers: { 'accept-language': 'en' } };
    const { authorizeUrl } = (await page.post('/links/wechat', {}, english)).json;
    const { pathname, search } = new URL(authorizeUrl);
    const inside = 'Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0.50';
    const opened = await world.browser().get(pathname, {
      query: search.slice(1),
      edit: (event) => {
        const { requestContext } = event;
        const http = { ...requestContext.http, userAgent: inside };
        return { ...event, requestContext: { ...requestContext, http } };
      },
    });
    const { searchParams } = new URL(opened.headers['location'] ?? '');
    expect([searchParams.get('language'), searchParams.get('app')]).toEqual(['en', 'in_app']);
  });
});

describe('what a window ends with besides', () => {
  test.each([
    [null, 'denied'],
    ['nobody WeChat knows', 'provider_failed'],
  ])('%s: the page learns it from its account, and the check stays open', async (who, result) => {
    const begun = await begunWindow();
    const reply = await world.browser().scanWindow(begun.authorizeUrl, who);
    expect(reply.location.hash).toBe('');
    expect(Object.fromEntries(reply.location.searchParams)).toMatchObject({ flow: begun.flowId, result });
    expect(await lastFlow(begun)).toMatchObject({ flowId: begun.flowId, result });
    const again = (await begun.page.post('/links/wechat')).json;
    const scan = await world.browser().scanWindow(again.authorizeUrl, begun.scanner);
    expect((await finish(begun.page, { ...again, code: codeIn(scan) })).status).toBe(201);
  });

  test('with the session ended, or the check gone, nothing is asked of the provider', async () => {
    const [ended, unchecked] = [await begunWindow(), await begunWindow()];
    await ended.page.delete('/session');
    world.pass({ seconds: 59 });
    const late = world.browser();
    const away = (await late.openWindow(unchecked.authorizeUrl)).headers['location'] ?? '';
    expect((await world.browser().scanWindow(ended.authorizeUrl, ended.scanner)).result).toBe(
      'not_signed_in',
    );
    world.pass({ seconds: 2 });
    await unchecked.page.post('/otp/send', { purpose: 'link_wechat' });
    expect((await late.answer('wechat', away, unchecked.scanner)).result).toBe('identity_check_required');
    expect(await lastFlow(unchecked)).toMatchObject({ result: 'identity_check_required' });
    const used = [...world.providers.wechat.usedCodes].join();
    for (const { scanner } of [ended, unchecked]) expect(used).not.toContain(`${scanner}~`);
  });
});

describe('a window opened by somebody else links nothing', () => {
  test('the attacker’s flow in the victim’s window: the victim scans, and the attacker has no code', async () => {
    const [attacker, victim] = [await begunWindow(), await newMember(world)];
    const reply = await victim.browser.scanWindow(attacker.authorizeUrl, victim.who);
    expect(reply.result).toBe('confirm');
    const { searchParams } = new URL(attacker.authorizeUrl);
    for (const code of [
      searchParams.get('ticket') ?? '',
      attacker.flowId,
      randomBytes(32).toString('base64url'),
    ])
      expectProblem(await finish(attacker.page, { ...attacker, code }), 'code_expired');
    // The code that is in the victim's browser is of no use there.
    const { flowId } = attacker;
    await victim.browser.checkIdentity('link_wechat', victim.phone);
    expectProblem(await finish(victim.browser, { flowId, code: codeIn(reply) }), 'code_expired');
    expect([await relation(attacker), await relation(victim)]).toEqual(['none', 'none']);
  });

  test('the victim’s flow in the attacker’s window: the victim’s own comes too late, and nothing is linked', async () => {
    const [victim, thief] = [await begunWindow(), world.browser()];
    const reply = await thief.scanWindow(victim.authorizeUrl, newWeChatPerson(world));
    expect(reply.result).toBe('confirm');
    expectStateInvalid(await world.browser().openWindow(victim.authorizeUrl));
    const attacker = await newMember(world);
    await attacker.browser.checkIdentity('link_wechat', attacker.phone);
    const { flowId } = victim;
    expectProblem(await finish(attacker.browser, { flowId, code: codeIn(reply) }), 'code_expired');
    expectProblem(await finish(thief, { flowId, code: codeIn(reply) }), 'not_signed_in');
    expect([await relation(victim), await relation(attacker)]).toEqual(['none', 'none']);
  });

  test('another session of the same account does not finish it, and spends nothing by trying', async () => {
    const begun = await scanned();
    const other = await signedIn(world, begun);
    expectProblem(await finish(other, begun), 'identity_check_required');
    world.pass({ seconds: 30 });
    expect(await relation(begun)).toBe('none');
    expect((await finish(begun.page, begun)).status).toBe(201);
  });

  test('the code of one flow does not finish another one of the same session', async () => {
    const begun = await scanned();
    const second = (await begun.page.post('/links/wechat')).json;
    expectProblem(await finish(begun.page, { ...second, code: begun.code }), 'code_expired');
    // The flow that was begun earlier can still be finished, and does not speak for the last one.
    expect((await finish(begun.page, begun)).status).toBe(201);
    expect(await lastFlow(begun)).toMatchObject({ flowId: second.flowId, result: null });
  });
});

describe('finishing', () => {
  test('replaces what is linked, by a flow that was begun for it', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const page = member.browser.bearer();
    await page.checkIdentity('replace_wechat', member.phone);
    const { flowId, authorizeUrl } = (await page.post('/links/wechat')).json;
    const scanner = newWeChatPerson(world);
    const scan = await world.browser().scanWindow(authorizeUrl, scanner);
    expect(scan.location.searchParams.get('intent')).toBe('replace');
    expect((await finish(page, { flowId, code: codeIn(scan) })).status).toBe(201);
    expect(await methodOf(member.browser, 'wechat')).toMatchObject({ display: `微信${scanner}` });
    expect(await lastFlow({ page })).toMatchObject({ flowId, intent: 'replace', result: 'replaced' });
  });

  test('replaces nothing by a flow that was begun to link', async () => {
    const begun = await scanned();
    const second = (await begun.page.post('/links/wechat')).json;
    const scan = await world.browser().scanWindow(second.authorizeUrl, newWeChatPerson(world));
    expect((await finish(begun.page, begun)).status).toBe(201);
    world.pass({ seconds: 1 });
    await begun.page.checkIdentity('replace_wechat', begun.phone);
    expectProblem(await finish(begun.page, { ...second, code: codeIn(scan) }), 'code_expired');
    expect((await methodOf(begun.browser, 'wechat')).display).toBe(`微信${begun.scanner}`);
  });

  test('is the session’s, by whichever of cookie and token', async () => {
    const done = await scanned();
    expect((await finish(done.browser, done)).status).toBe(201);
  });

  test('is done once', async () => {
    const done = await scanned();
    expect((await finish(done.page, done)).status).toBe(201);
    expectProblem(await finish(done.page, done), 'identity_check_required');
    world.pass({ seconds: 61 });
    await done.page.checkIdentity('unlink_wechat', done.phone);
    await done.page.delete('/links/wechat');
    world.pass({ seconds: 1 });
    await done.page.checkIdentity('link_wechat', done.phone);
    expectProblem(await finish(done.page, done), 'code_expired');
    expect(await relation(done)).toBe('none');
  });

  test('is done by exactly one of fifty at once', async () => {
    const done = await scanned();
    const replies = await times(50, () => finish(done.page, done));
    // What a request is judged by is read at once, and is no snapshot: of the winner's check and scan, it may see one still there.
    const { 201: linked, identity_check_required: unchecked = 0, code_expired: expired = 0 } = tally(replies);
    expect([linked, unchecked + expired]).toEqual([1, 49]);
    const { events } = (await done.page.get('/account/history')).json;
    expect(events.filter(({ type }: { type: string }) => type === 'linked')).toHaveLength(1);
  });

  test('is too late after a minute', async () => {
    const done = await scanned();
    world.pass({ seconds: 60 });
    expectProblem(await finish(done.page, done), 'code_expired');
    expect(await relation(done)).toBe('none');
    const again = (await done.page.post('/links/wechat')).json;
    const scan = await world.browser().scanWindow(again.authorizeUrl, done.scanner);
    expect((await finish(done.page, { ...again, code: codeIn(scan) })).status).toBe(201);
  });

  test('of a person who is somebody else’s is refused as by the callback; it uses up the scan, and never the check', async () => {
    const sent = world.outbox.sent.length;
    const begun = await begunWindow();
    for (const [who, code] of [
      ['hua', 'identity_registered'],
      ['yue', 'identity_linked'],
      ['xiaozi', 'identity_sub_account'],
    ] as const) {
      const flow = (await begun.page.post('/links/wechat')).json;
      const scan = await world.browser().scanWindow(flow.authorizeUrl, who);
      expect(scan.result).toBe('confirm');
      const asked = { flowId: flow.flowId, code: codeIn(scan) };
      expectProblem(await finish(begun.page, asked), code);
      expect(await lastFlow(begun)).toMatchObject({ flowId: flow.flowId, result: code });
      expectProblem(await finish(begun.page, asked), 'code_expired');
    }
    const { events } = (await begun.page.get('/account/history')).json;
    const refused = events.filter(({ type }: { type: string }) => type === 'refused');
    expect(refused.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual([
      'identity_linked',
      'identity_registered',
      'identity_sub_account',
    ]);
    expect(world.outbox.sent).toHaveLength(sent + 1);
  });

  test('is refused in the contract’s order', async () => {
    const done = await scanned();
    expectProblem(await finish(world.browser(), done), 'not_signed_in');
    const { flowId, code } = done;
    const evil = { headers: { origin: 'https://evil.example' } };
    expectProblem(await done.page.post('/links/wechat/finish', { flowId, code }, evil), 'origin_not_allowed');
    for (const body of [undefined, {}, { flowId }, { code }, { flowId, code: 1 }, []])
      expect((await done.page.post('/links/wechat/finish', body)).json.code).toBe('invalid_request');
    expectProblem(await done.page.post('/links/email/finish', { flowId, code }), 'not_found');
    for (const asked of [
      { flowId, code: `${code}x` },
      { flowId: `${flowId}x`, code },
      { flowId: '', code: '' },
    ])
      expectProblem(await finish(done.page, asked), 'code_expired');
    expectProblem(await done.page.post('/links/qq/finish', { flowId, code }), 'not_linkable');
    await becomesSubAccount(world, done);
    expectProblem(await finish(done.page, done), 'sub_account');
  });

  test('after the session has ended is not signed in, and with a check that was replaced needs a new one', async () => {
    const [ended, unchecked] = [await scanned(), await scanned()];
    await ended.browser.delete('/session');
    expectProblem(await finish(ended.page, ended), 'not_signed_in');
    world.pass({ seconds: 59 });
    const fresh = await scanned();
    world.pass({ seconds: 1 });
    await unchecked.page.post('/otp/send', { purpose: 'link_wechat' });
    expectProblem(await finish(unchecked.page, unchecked), 'identity_check_required');
    expect((await finish(fresh.page, fresh)).status).toBe(201);
  });
});

test('what a window told is kept sealed until it is finished, is gone then, and otherwise ends by itself', async () => {
  const [done, left] = [await scanned(), await scanned()];
  const scans = async () => [...(await world.items()).values()].filter(({ sk }) => sk === 'SCAN');
  const kept = await scans();
  const texts = JSON.stringify(kept);
  for (const { scanner, code } of [done, left])
    for (const told of [`union-${scanner}`, `open-${scanner}`, `微信${scanner}`, code])
      expect(texts).not.toContain(told);
  expect((await finish(done.page, done)).status).toBe(201);
  expect(await scans()).toHaveLength(kept.length - 1);
  for (const { expiresAt } of await scans()) expect(expiresAt).toBeLessThanOrEqual(world.nowSeconds + 60);
  const tickets = [...(await world.items()).values()].filter(({ sk }) => sk === 'TICKET');
  for (const { expiresAt } of tickets) expect(expiresAt).toBeLessThanOrEqual(world.nowSeconds + 60);
});
