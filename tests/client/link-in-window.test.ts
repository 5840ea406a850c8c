import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { announce } from '../../client/src/channel.ts';
import { createClient } from '../../client/src/client.ts';
import { linkInWindow } from '../../client/src/link-in-window.ts';
import { handOver, nameTab } from '../../client/src/own-windows.ts';
import { account } from '../console/account.ts';

const NOW = Date.parse('2026-11-24T08:00:00.000Z');
const AUTHORIZE_URL = 'https://open.weixin.qq.com/connect/qrconnect';
const FLOW = {
  flowId: 'flow-of-the-wechat-scan-1',
  provider: 'wechat',
  intent: 'link',
  at: '2026-11-24T08:00:00.000Z',
};
const LINKED = {
  provider: 'wechat',
  relation: 'linked',
  display: 'Lin',
  since: '2026-11-24T08:01:00.000Z',
  actions: ['unlink', 'replace'],
  state: 'probation',
  stateUntil: '2026-11-27T08:01:00.000Z',
};

const storage = new Map<string, string>();
beforeEach(() => {
  Object.assign(globalThis, {
    window: {
      sessionStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => storage.set(key, value),
      },
    },
  });
});
afterEach(() => {
  storage.clear();
  Reflect.deleteProperty(globalThis, 'window');
});

/** A service with a flow that is open, and a window that it is opened in. */
function setUp({ expiresAt = '2026-11-24T08:10:00.000Z' } = {}) {
  const state = {
    now: NOW,
    result: null as string | null,
    asked: [] as string[],
    looks: 0,
    onLook: () => undefined as unknown,
  };
  const went: string[] = [];
  const opened = { location: { replace: (url: string) => went.push(url) }, close: () => went.push('closed') };
  const answer = (path: string): Response => {
    if (path === '/links/wechat')
      return Response.json({ flowId: FLOW.flowId, authorizeUrl: AUTHORIZE_URL, expiresAt });
    if (path === '/links/wechat/finish') {
      state.result = 'linked';
      return Response.json({ method: LINKED }, { status: 201 });
    }
    state.looks += 1;
    state.onLook();
    const methods = state.result === 'linked' ? [LINKED] : [];
    return Response.json({ ...account(), methods, lastFlow: { ...FLOW, result: state.result } });
  };
  const client = createClient({
    apiOrigin: '',
    fetch: async (url, init) => {
      state.asked.push(`${init?.method} ${url}${init?.body ? ` ${init.body}` : ''}`);
      return answer(String(url));
    },
    localNow: () => state.now,
  });
  const link = (signal?: AbortSignal) =>
    linkInWindow(client, { provider: 'wechat', window: opened as unknown as Window, signal, pollMillis: 1 });
  return { state, went, link };
}

const say = (result: string, flowId: string | null, finish?: ReturnType<typeof handOver>) =>
  announce({ type: 'flow', provider: 'wechat', flowId, result, finish });

describe('linking in a window', () => {
  test('goes to the provider, ends when the account says so, and closes the window', async () => {
    const { state, went, link } = setUp();
    state.onLook = () => {
      if (state.looks === 3) state.result = 'linked';
    };
    expect(await link()).toEqual(LINKED);
    expect(went).toEqual([AUTHORIZE_URL, 'closed']);
  });

  test('fails with what the account says of the flow', async () => {
    const { state, went, link } = setUp();
    state.result = 'identity_linked';
    await expect(link()).rejects.toMatchObject({ code: 'identity_linked' });
    expect(went.at(-1)).toBe('closed');
  });

  test('by bearer is finished with the code that a window of this tab ended with', async () => {
    nameTab();
    const { state, link } = setUp();
    state.onLook = () => say('confirm', FLOW.flowId, handOver('the-code'));
    expect(await link()).toEqual(LINKED);
    expect(state.asked).toContain(`POST /links/wechat/finish {"flowId":"${FLOW.flowId}","code":"the-code"}`);
  });

  test('takes no code from a window that it did not open, nor of another flow', async () => {
    nameTab();
    const { state, link } = setUp();
    state.onLook = () => {
      say('confirm', FLOW.flowId, { code: 'theirs', tab: 'another' });
      say('confirm', 'another-flow', handOver('theirs'));
      if (state.looks === 5) state.result = 'denied';
    };
    await expect(link()).rejects.toMatchObject({ code: 'denied' });
    expect(state.asked.join()).not.toContain('finish');
  });

  test('takes a window’s word where a refused state belongs to no flow', async () => {
    const { state, link } = setUp();
    state.onLook = () => say('state_invalid', null);
    await expect(link()).rejects.toMatchObject({ code: 'state_invalid' });
  });

  test('ends when the flow expires by the server’s clock', async () => {
    const { state, link } = setUp();
    state.onLook = () => {
      if (state.looks === 2) state.now += 600_000;
    };
    await expect(link()).rejects.toMatchObject({ code: 'state_invalid' });
  });

  test('ends when its caller does, and closes the window', async () => {
    const { state, went, link } = setUp();
    const controller = new AbortController();
    state.onLook = () => controller.abort(new Error('left'));
    await expect(link(controller.signal)).rejects.toThrow('left');
    expect(went.at(-1)).toBe('closed');
  });
});
