import { describe, expect, test } from '@jest/globals';
import type { Core } from '../../lib/dependencies.ts';
import { createHandler, type Route } from '../../lib/http/route.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { systemRandomness } from '../../lib/linking/secrets.ts';
import { makeEvent } from '../support/functions.ts';
import { testSettings } from '../support/settings.ts';
import { RecordingObserver } from '../support/world.ts';

function run(route: Route<Core>, headers: Record<string, string> = {}) {
  const observer = new RecordingObserver();
  let now = 1000;
  const dependencies = {
    settings: testSettings(),
    clock: () => (now += 5),
    random: systemRandomness,
    observer,
  } as unknown as Core;
  const { event } = makeEvent('GET', '/account', { headers });
  return { observer, answer: createHandler(route, async () => dependencies)(event) };
}

describe('a handler', () => {
  test('answers what nobody foresaw as unavailable, counts it, and logs nothing it says', async () => {
    const secret = 'code 123456 of +8613800138001';
    const cause = new TypeError(secret);
    const { answer, observer } = run(async () => {
      throw Object.assign(new Error(secret, { cause }), { item: secret });
    });
    const { statusCode, headers, body } = await answer;
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
    expect(JSON.parse(body ?? '')).toMatchObject({ code: 'unavailable', retryAfter: 1 });
    expect(observer.counted).toEqual(['Fault']);
    expect(body).not.toContain(secret);
    expect(JSON.stringify(observer.lines)).not.toContain(secret);
    expect(observer.lines).toMatchObject([
      { level: 'error', fields: { errorName: 'Error', cause: 'TypeError' } },
      { level: 'info', message: 'request', fields: { status: 503, code: 'unavailable' } },
    ]);
  });

  test('answers even what is thrown and no error', async () => {
    const { answer } = run(() => Promise.reject('a string'));
    expect((await answer).statusCode).toBe(503);
  });

  test('answers as unavailable where the service can’t be started', async () => {
    const refuse = () => Promise.reject(new Error('no settings'));
    const { event } = makeEvent('GET', '/account', { headers: { 'accept-language': 'en' } });
    const { statusCode, headers, body } = await createHandler(
      async () => ({ statusCode: 200 }),
      refuse,
    )(event);
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({
      'retry-after': '1',
      'cache-control': 'no-store',
      'content-language': 'en',
    });
    expect(JSON.parse(body ?? '').code).toBe('unavailable');
  });

  test('logs one line a request: route, status, code and time taken', async () => {
    const { answer, observer } = run(async () => {
      throw new Problem('code_wrong', { attemptsLeft: 4 });
    });
    await answer;
    expect(observer.lines).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: { route: 'GET /account', status: 422, code: 'code_wrong', durationMilliseconds: 5 },
      },
    ]);
    expect(observer.counted).toEqual(['CodeWrong']);
  });

  test('adds Cache-Control: no-store to whatever a route answers', async () => {
    const { answer } = run(async () => ({ statusCode: 302, headers: { location: 'https://a.example' } }));
    expect((await answer).headers).toMatchObject({
      'cache-control': 'no-store',
      location: 'https://a.example',
    });
  });
});
