import { randomBytes } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { type CallbackReply, stateIn } from '../support/browser.ts';
import { isoIn } from '../support/contract.ts';
import { type Member, methodOf, newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { readsQueriesAsItIs } from '../support/real-queries.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

readsQueriesAsItIs(world);

interface Flow extends Member {
  readonly state: string;
  readonly flowId: string;
  readonly scanner: string;
}

async function begunLink(): Promise<Flow> {
  const member = await newMember(world);
  await member.browser.checkIdentity('link_wechat', member.phone);
  const { json } = await member.browser.post('/links/wechat');
  const state = stateIn(json.authorizeUrl);
  return { ...member, state, flowId: json.flowId, scanner: newWeChatPerson(world) };
}

let codes = 0;
const codeOf = (scanner: string) => {
  codes += 1;
  return `${scanner}~state${codes}`;
};
const query = ({ state, scanner }: Pick<Flow, 'state' | 'scanner'>) =>
  new URLSearchParams({ code: codeOf(scanner), state }).toString();

function expectStateInvalid(reply: CallbackReply, provider = 'wechat'): void {
  expect(reply.status).toBe(302);
  expect(reply.location.href).toBe(
    `https://console.example.com/oauth-result?provider=${provider}&result=state_invalid`,
  );
}

/** Nothing came of it, and the browser the flow is of can still finish it. */
async function expectRightfulFlowWorks(flow: Flow): Promise<void> {
  expect(await methodOf(flow.browser, 'wechat')).toMatchObject({ relation: 'none' });
  expect((await flow.browser.get('/account')).json.lastFlow).toMatchObject({
    flowId: flow.flowId,
    result: null,
  });
  const reply = await flow.browser.callback('wechat', query(flow));
  expect(reply.result).toBe('linked');
  expect(reply.location.searchParams.get('flow')).toBe(flow.flowId);
}

describe('a state is of one browser, session and provider', () => {
  test('not of a browser that knows nothing', async () => {
    const flow = await begunLink();
    expectStateInvalid(await world.browser().callback('wechat', query(flow)));
    await expectRightfulFlowWorks(flow);
  });

  test('not of the same account in another browser', async () => {
    const flow = await begunLink();
    const other = await signedIn(world, flow);
    await other.checkIdentity('link_email', flow.phone);
    expectStateInvalid(await other.callback('wechat', query(flow)));
    await expectRightfulFlowWorks(flow);
  });

  test('not of another account in a browser that has a flow of its own', async () => {
    const [flow, other] = [await begunLink(), await begunLink()];
    expectStateInvalid(await other.browser.callback('wechat', query(flow)));
    await expectRightfulFlowWorks(other);
    await expectRightfulFlowWorks(flow);
  });

  test('not of the session alone, in a browser without the flow’s cookie', async () => {
    const flow = await begunLink();
    const stolen = world.browser();
    stolen.cookies.set('__Host-session', flow.browser.cookies.get('__Host-session') ?? '');
    expectStateInvalid(await stolen.callback('wechat', query(flow)));
    await expectRightfulFlowWorks(flow);
  });

  test('not of another session in the same browser', async () => {
    const flow = await begunLink();
    const before = new Map(flow.browser.cookies);
    await flow.browser.signInBy('qq', flow.who);
    expect(flow.browser.cookies.get('__Host-browser')).toBe(before.get('__Host-browser'));
    expectStateInvalid(await flow.browser.callback('wechat', query(flow)));
    expect(await methodOf(flow.browser, 'wechat')).toMatchObject({ relation: 'none' });
  });

  test('not of another account that has signed in to the same browser since', async () => {
    const flow = await begunLink();
    const other = await newMember(world);
    await flow.browser.signInBy('qq', other.who);
    await flow.browser.checkIdentity('link_wechat', other.phone);
    expectStateInvalid(await flow.browser.callback('wechat', query(flow)));
    expect(await methodOf(flow.browser, 'wechat')).toMatchObject({ relation: 'none' });
  });

  test('not of another provider', async () => {
    const flow = await begunLink();
    const reply = await flow.browser.callback('qq', query(flow));
    expectStateInvalid(reply, 'qq');
    await expectRightfulFlowWorks(flow);
  });
});

describe('a state is of one purpose', () => {
  test('that of a sign-in links nothing, whatever the session may do', async () => {
    const flow = await begunLink();
    const away = await flow.browser.get('/sign-in/wechat');
    const state = stateIn(away.headers['location']);
    const reply = await flow.browser.callback('wechat', query({ state, scanner: flow.scanner }));
    expect(reply.result).toBe('identity_unknown');
    expect(reply.location.searchParams.get('intent')).toBe('sign_in');
    await expectRightfulFlowWorks(flow);
  });

  test('that of a link signs nobody in, whoever scans', async () => {
    const flow = await begunLink();
    const reply = await flow.browser.callback('wechat', query({ ...flow, scanner: 'hua' }));
    expect(reply.result).toBe('identity_registered');
    expect(reply.setCookies).toEqual([]);
    expect((await flow.browser.get('/account')).json.accountId).toBe(flow.accountId);
  });
});

describe('a state is good once, and for a time', () => {
  test('not a second time, by whatever came of the first', async () => {
    for (const first of ['linked', 'denied', 'provider_failed']) {
      const flow = await begunLink();
      const answers: Record<string, string> = {
        linked: query(flow),
        denied: `state=${flow.state}`,
        provider_failed: query({ ...flow, scanner: 'nobody' }),
      };
      const reply = await flow.browser.callback('wechat', answers[first] ?? '');
      expect(reply.result).toBe(first);
      expectStateInvalid(await flow.browser.callback('wechat', query(flow)));
    }
  });

  test('for linking until its check ends, to the second', async () => {
    const flow = await begunLink();
    const late = await begunLink();
    world.pass({ seconds: 599 });
    expect((await flow.browser.callback('wechat', query(flow))).result).toBe('linked');
    world.pass({ seconds: 1 });
    expectStateInvalid(await late.browser.callback('wechat', query(late)));
  });

  test('for signing in ten minutes, to the second', async () => {
    const [early, late] = [world.browser(), world.browser()];
    const states = [];
    for (const browser of [early, late]) {
      const away = await browser.get('/sign-in/wechat');
      states.push(stateIn(away.headers['location']));
    }
    world.pass({ seconds: 599 });
    const ok = await early.callback('wechat', query({ state: states[0] ?? '', scanner: 'hua' }));
    expect(ok.result).toBe('signed_in');
    world.pass({ seconds: 1 });
    const gone = await late.callback('wechat', query({ state: states[1] ?? '', scanner: 'hua' }));
    expectStateInvalid(gone);
  });
});

describe('what is no state', () => {
  test('unknown, malformed, missing and repeated ones get the same answer, and spoil nothing', async () => {
    const flow = await begunLink();
    const unknown = randomBytes(32).toString('base64url');
    const code = () => codeOf(flow.scanner);
    for (const bad of [
      '',
      `code=${code()}`,
      `code=${code()}&state=`,
      `code=${code()}&state=${unknown}`,
      `code=${code()}&state=${flow.state}x`,
      `code=${code()}&state=${flow.state.slice(0, -1)}`,
      `code=${code()}&state=${flow.state}&state=${flow.state}`,
      `code=${code()}&state=${unknown}&state=${flow.state}`,
      `code=${code()}&state=${flow.state},${flow.state}`,
      `code=${code()}&state[]=${flow.state}`,
      `code=${code()}&STATE=${flow.state}`,
      `code=${code()}&state=%00`,
      `code=${code()}&state=%ff%fe`,
      `code=${code()}&state=%E4%B8%AD`,
      `code=${code()}&state=${'a'.repeat(4000)}`,
    ])
      expectStateInvalid(await flow.browser.callback('wechat', bad));
    await expectRightfulFlowWorks(flow);
  });

  test('a repeated code links nothing', async () => {
    const flow = await begunLink();
    const [one, two] = [codeOf(flow.scanner), codeOf('hua')];
    const reply = await flow.browser.callback('wechat', `code=${one}&code=${two}&state=${flow.state}`);
    expect(['provider_failed', 'state_invalid']).toContain(reply.result);
    expect(await methodOf(flow.browser, 'wechat')).toMatchObject({ relation: 'none' });
    expect((await flow.browser.scan(flow.scanner)).result).toBe('linked');
  });
});

describe('after the state the session', () => {
  test('ended by signing out elsewhere: not_signed_in, with intent and flow, and nothing asked of the provider', async () => {
    const flow = await begunLink();
    await flow.browser.copy().delete('/session');
    const reply = await flow.browser.callback('wechat', query(flow));
    expect(Object.fromEntries(reply.location.searchParams)).toEqual({
      provider: 'wechat',
      intent: 'link',
      flow: flow.flowId,
      result: 'not_signed_in',
    });
    expect([...world.providers.wechat.usedCodes].join()).not.toContain(`${flow.scanner}~`);
  });

  test('ended while the provider was asked: not_signed_in, and nothing is linked', async () => {
    const flow = await begunLink();
    const elsewhere = await signedIn(world, flow);
    world.providers.wechat.beforeIdentifying = async () => {
      world.providers.wechat.beforeIdentifying = () => undefined;
      const cookies = flow.browser.cookieLines;
      await world.request('DELETE', '/session', { cookies });
    };
    expect((await flow.browser.callback('wechat', query(flow))).result).toBe('not_signed_in');
    expect(await methodOf(elsewhere, 'wechat')).toMatchObject({ relation: 'none' });
  });

  test('and then the check: one that a new code has replaced opens nothing, which a session that has ended is not told', async () => {
    const [flow, ended] = [await begunLink(), await begunLink()];
    world.pass({ seconds: 60 });
    for (const { browser } of [flow, ended]) await browser.post('/otp/send', { purpose: 'link_wechat' });
    const { lastFlow } = (await flow.browser.get('/account')).json;
    expect(lastFlow).toMatchObject({ result: null, at: isoIn(world, -60) });
    expect((await flow.browser.callback('wechat', query(flow))).result).toBe('identity_check_required');

    const cookies = ended.browser.cookieLines;
    await world.request('DELETE', '/session', { cookies });
    expect((await ended.browser.callback('wechat', query(ended))).result).toBe('not_signed_in');
  });
});

test('a store that is down is told to the page, too: the callback always goes on to the console', async () => {
  const flow = await begunLink();
  const down = jest.spyOn(world.table.documents, 'send');
  down.mockRejectedValue(new Error('connect ECONNREFUSED') as never);
  const reply = await flow.browser.callback('wechat', query(flow)).finally(() => down.mockRestore());
  expect(reply.status).toBe(302);
  expect(reply.result).toBe('unavailable');
  await expectRightfulFlowWorks(flow);
});
