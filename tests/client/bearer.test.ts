import { describe, expect, jest, test } from '@jest/globals';
import type { GetToken } from '../../client/src/bearer.ts';
import { createClient } from '../../client/src/client.ts';

/** A service that takes one token, and a console that gives those in the list, one after the other. */
function service(tokens: readonly (string | null | Error)[]) {
  const state = { good: 'first', asked: [] as { renew: boolean }[], sent: [] as RequestInit[] };
  const getToken: GetToken = async (asked) => {
    const token = tokens[Math.min(state.asked.push(asked), tokens.length) - 1] ?? null;
    if (token instanceof Error) throw token;
    return token;
  };
  const onNotSignedIn = jest.fn();
  const client = createClient({
    apiOrigin: 'https://api.example.com',
    fetch: async (_url, init = {}) => {
      state.sent.push(init);
      const { Authorization: authorization } = init.headers as Record<string, string>;
      return authorization === `Bearer ${state.good}`
        ? new Response(null, { status: 204 })
        : Response.json({ code: 'not_signed_in' }, { status: 401 });
    },
    language: () => 'en',
    getToken,
    onNotSignedIn,
  });
  return { client, state, onNotSignedIn };
}

describe('a client with a token', () => {
  test('sends it with every request, asks for it once, and leaves cookies out', async () => {
    const { client, state } = service(['first']);
    await Promise.all([client.unlink({ provider: 'email' }), client.unlink({ provider: 'wechat' })]);
    await client.endSession();
    expect(state.asked).toEqual([{ renew: false }]);
    expect(state.sent).toHaveLength(3);
    for (const { credentials, headers } of state.sent) {
      expect(credentials).toBe('omit');
      expect(headers).toMatchObject({ Authorization: 'Bearer first' });
    }
  });

  test('asks for another one where it is refused, once for all that were, and sends these again', async () => {
    const { client, state, onNotSignedIn } = service(['first', 'second']);
    await client.unlink({ provider: 'email' });
    state.good = 'second';
    await Promise.all([
      client.unlink({ provider: 'email' }),
      client.unlink({ provider: 'wechat' }),
      client.unlink({ provider: 'qq' }),
    ]);
    expect(state.asked).toEqual([{ renew: false }, { renew: true }]);
    expect(onNotSignedIn).not.toHaveBeenCalled();
    expect(state.sent).toHaveLength(1 + 3 + 3);
  });

  test.each([
    ['the same', ['first']],
    ['none', ['first', null]],
    ['another that is refused too', ['first', 'second']],
  ])('is not signed in where it gets %s then, until there is a good one', async (_what, tokens) => {
    const given = [...tokens];
    const { client, state, onNotSignedIn } = service(given);
    state.good = 'good';
    await expect(client.unlink({ provider: 'email' })).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(state.asked).toEqual([{ renew: false }, { renew: true }]);
    expect(onNotSignedIn).toHaveBeenCalledTimes(1);
    given.splice(0, given.length, 'good');
    await client.unlink({ provider: 'email' });
    expect(state.asked.at(-1)).toEqual({ renew: true });
  });

  test('tells a console that can’t say from one where nobody is signed in', async () => {
    const nobody = service([null]);
    await expect(nobody.client.unlink({ provider: 'email' })).rejects.toMatchObject({
      code: 'not_signed_in',
    });
    expect(nobody.onNotSignedIn).toHaveBeenCalledTimes(1);
    const broken = service([new TypeError('Failed to fetch'), 'first']);
    await expect(broken.client.unlink({ provider: 'email' })).rejects.toMatchObject({
      code: 'network_error',
    });
    expect(broken.onNotSignedIn).not.toHaveBeenCalled();
    await broken.client.unlink({ provider: 'email' });
    expect([...nobody.state.sent, ...broken.state.sent]).toHaveLength(1);
  });
});
