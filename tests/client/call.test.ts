import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { GetToken } from '../../client/src/bearer.ts';
import { createClient } from '../../client/src/client.ts';

/** A service that answers when it is told to. As with `fetch`, what was asked ends with its signal, and after that nothing is. */
function slowService(getToken?: GetToken) {
  const asked: { signal: AbortSignal; answer: (response: Response) => void }[] = [];
  const fetch = ((_url: string, { signal }: RequestInit) =>
    new Promise<Response>((answer, fail) => {
      if (!signal || signal.aborted) return fail(new DOMException('aborted', 'AbortError'));
      asked.push({ signal, answer });
      signal.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
    })) as typeof globalThis.fetch;
  return { client: createClient({ apiOrigin: 'https://api.example.com', fetch, getToken }), asked };
}

/** An answer whose head comes, and whose body never does. */
const headOnly = (signal: AbortSignal) =>
  new Response(
    new ReadableStream({
      start: (body) => signal.addEventListener('abort', () => body.error(signal.reason)),
    }),
  );

describe('a call', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test.each([
    ['20 seconds', undefined, 20_000],
    ['as long as it is told to', 500, 500],
  ])('waits %s, and then says that nobody answered', async (_what, timeoutMillis, waits) => {
    const { client, asked } = slowService();
    const failed = expect(client.showAccount({ timeoutMillis })).rejects.toMatchObject({ code: 'no_answer' });
    await jest.advanceTimersByTimeAsync(waits - 1);
    expect(asked[0]?.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await failed;
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test('ends with the reason of its signal, before it is sent and after', async () => {
    const { client, asked } = slowService();
    const controller = new AbortController();
    const ended = expect(client.showAccount({ signal: controller.signal })).rejects.toThrow('left the page');
    await jest.advanceTimersByTimeAsync(1);
    controller.abort(new Error('left the page'));
    await ended;
    await expect(client.showAccount({ signal: controller.signal })).rejects.toThrow('left the page');
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  test('waits no longer for a token, and sends nothing where it comes too late', async () => {
    let give: (token: string) => void = () => undefined;
    const { client, asked } = slowService(() => new Promise((resolve) => (give = resolve)));
    const failed = expect(client.keepOnly({ timeoutMillis: 500 })).rejects.toMatchObject({
      code: 'no_answer',
    });
    const controller = new AbortController();
    const ended = expect(client.keepOnly({ signal: controller.signal })).rejects.toThrow('left the page');
    await jest.advanceTimersByTimeAsync(500);
    await failed;
    controller.abort(new Error('left the page'));
    await ended;
    give('late');
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([]);
    // It is as good as any other to the next call.
    const next = client.keepOnly({ timeoutMillis: 500 }).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(500);
    await next;
    expect(asked).toHaveLength(1);
  });

  test('leaves no timer behind', async () => {
    const { client, asked } = slowService();
    const done = client.endSession();
    await jest.advanceTimersByTimeAsync(1);
    asked[0]?.answer(new Response(null, { status: 204 }));
    await expect(done).resolves.toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('whose answer breaks off has none', async () => {
    const { client, asked } = slowService();
    const failed = expect(client.showAccount()).rejects.toMatchObject({ code: 'no_answer' });
    await jest.advanceTimersByTimeAsync(1);
    for (const { signal, answer } of asked) answer(headOnly(signal));
    await jest.advanceTimersByTimeAsync(20_000);
    await failed;
  });
});
