import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import * as z from 'zod/mini';
import type { Core, Provide } from '../../lib/dependencies.ts';
import { type HttpResult, json, redirect } from '../../lib/http/answer.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { systemRandomness } from '../../lib/linking/secrets.ts';
import { COMMON_HEADERS } from '../../lib/middleware/headers.ts';
import { type Anyone, anyone, body, endpoint, http, retryWhenStale } from '../../lib/middleware/pipeline.ts';
import { logger } from '../../lib/observe.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';
import { captureOutput } from '../support/captured-output.ts';
import { lambdaContext, makeEvent, type RequestOptions } from '../support/functions.ts';
import { testSettings } from '../support/settings.ts';
import { RecordingObserver } from '../support/world.ts';

const form = z.strictObject({ purpose: z.string() });
type Handle = (asking: Anyone<{ purpose: string }>) => Promise<HttpResult>;

const observer = new RecordingObserver();
const core = {
  settings: testSettings(),
  table: { documents: {} },
  clock: () => 1_000,
  random: systemRandomness,
  observer,
} as unknown as Core;

interface Run extends RequestOptions {
  readonly provided?: Provide;
  readonly context?: Partial<Context>;
}

/** A public route of a body, and what its observer was told. */
async function run(handle: Handle, { provided = async () => core, context, ...options }: Run = {}) {
  observer.lines.length = 0;
  observer.counted.length = 0;
  const handler = endpoint()
    .use(http(provided))
    .use(body(form))
    .use(anyone())
    .handler(retryWhenStale(handle));
  const { event } = makeEvent('POST', '/otp/send', { body: { purpose: 'x' }, ...options });
  const result = await handler(event, { ...lambdaContext(), ...context } as Parameters<typeof handler>[1]);
  const problem = JSON.parse(result.body || '{}') as { code?: string };
  return { result, code: problem.code };
}

const fine: Handle = async () => json(200, {});

describe('whatever is thrown is answered by the contract', () => {
  test('a fault as unavailable, counted, with nothing logged of what it says', async () => {
    const secret = 'code 123456 of +8613800138001';
    const { result, code } = await run(async () => {
      throw Object.assign(new Error(secret, { cause: new TypeError(secret) }), { item: secret });
    });
    expect([result.statusCode, code]).toEqual([503, 'unavailable']);
    expect(result.headers).toMatchObject({ ...COMMON_HEADERS, 'retry-after': '1' });
    expect(observer.counted).toEqual(['Fault']);
    expect(JSON.stringify([result, observer.lines])).not.toContain(secret);
    expect(observer.lines).toMatchObject([
      { level: 'error', fields: { errorName: 'Error', cause: 'TypeError' } },
      { level: 'info', message: 'request', fields: { status: 503, code: 'unavailable' } },
    ]);
  });

  test('what is no error', async () => {
    expect((await run(() => Promise.reject('a string'))).code).toBe('unavailable');
  });

  test.each([new Error('no settings: 123456'), 'a string'])(
    'a start that failed with %j, in the caller’s language and with every header',
    async (reason) => {
      let answer: Awaited<ReturnType<typeof run>> | undefined;
      const output = await captureOutput(async () => {
        answer = await run(fine, {
          provided: () => Promise.reject(reason),
          headers: { 'accept-language': 'en' },
        });
      });
      expect(answer).toMatchObject({
        code: 'unavailable',
        result: {
          statusCode: 503,
          headers: { ...COMMON_HEADERS, 'content-language': 'en', 'retry-after': '1' },
        },
      });
      expect(output).not.toMatch(/no settings|a string/);
      expect(output).toContain('"code":"unavailable"');
    },
  );

  const malformed: [string, (event: APIGatewayProxyEventV2) => unknown][] = [
    ['without headers', ({ headers: _headers, ...event }) => event],
    ['whose headers are null', (event) => ({ ...event, headers: null })],
    ['without a request context', ({ requestContext: _context, ...event }) => event],
    ['that is empty', () => ({})],
  ];
  test.each(malformed)('an event %s', async (_name, change) => {
    let answer: Awaited<ReturnType<typeof run>> | undefined;
    await captureOutput(async () => {
      answer = await run(fine, { edit: (event) => change(event) as APIGatewayProxyEventV2 });
    });
    expect(answer).toMatchObject({
      code: 'unavailable',
      result: { statusCode: 503, headers: COMMON_HEADERS },
    });
  });

  test('a body that can’t even be looked at, after the session', async () => {
    const { create } = await import('../../functions/otp/send.ts');
    const { event } = makeEvent('POST', '/otp/send', { body: {} });
    const handler = create(async () => core as never);
    const odd = { ...event, body: {} as string };
    const { statusCode } = await handler(odd, lambdaContext() as Parameters<typeof handler>[1]);
    expect(statusCode).toBe(401);
  });

  test('a handler that hangs, half a second before Lambda ends it', async () => {
    let left = 501;
    const { code } = await run(() => new Promise(() => undefined), {
      context: { getRemainingTimeInMillis: () => left-- },
    });
    expect(code).toBe('unavailable');
    expect(observer.lines).toMatchObject([{ fields: { errorName: 'TimeoutError' } }, {}]);
  });
});

describe('a request is logged in one line', () => {
  test('of route, status, code and time taken', async () => {
    await run(async () => {
      throw new Problem('code_wrong', { attemptsLeft: 4 });
    });
    const fields = { route: 'POST /otp/send', status: 422, code: 'code_wrong' };
    expect(observer.lines).toEqual([
      { level: 'info', message: 'request', fields: { ...fields, durationMilliseconds: expect.any(Number) } },
    ]);
    expect(observer.counted).toEqual(['CodeWrong']);
  });

  test('and nothing besides where nothing was counted', async () => {
    expect(await captureOutput(() => run(fine))).toBe('');
  });

  test('that Lambda’s own request id is in', async () => {
    const output = await captureOutput(() =>
      run(async () => {
        logger.info('a line');
        return json(200, {});
      }),
    );
    expect(JSON.parse(output)).toMatchObject({ message: 'a line', function_request_id: 'a-request' });
  });
});

test('headers are on answers as well', async () => {
  const { result } = await run(async () => redirect('https://a.example'));
  expect(result.headers).toEqual({ ...COMMON_HEADERS, location: 'https://a.example' });
});

describe('the language of an answer', () => {
  const languageFor = async (header: string | undefined) => {
    const refused: Handle = () => Promise.reject(new Problem('not_found'));
    const { result } = await run(refused, { headers: { 'accept-language': header } });
    return result.headers?.['content-language'];
  };

  test.each([
    [undefined, 'zh-CN'],
    ['', 'zh-CN'],
    ['*', 'zh-CN'],
    ['zh-CN', 'zh-CN'],
    ['zh-TW,en;q=0.9', 'zh-CN'],
    ['zh-Hant-HK', 'zh-CN'],
    ['ZH-cn', 'zh-CN'],
    ['de,fr;q=0.9', 'zh-CN'],
    ['de, zh;q=0.5, en;q=0.4', 'zh-CN'],
    ['en;q=0', 'zh-CN'],
    ['not a language at all; q=x', 'zh-CN'],
    ['en', 'en'],
    ['EN', 'en'],
    ['en-GB', 'en'],
    ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['zh;q=0.2, en;q=0.8', 'en'],
    ['de, en;q=0.5, zh;q=0.4', 'en'],
    ['de, en;q=0.1', 'en'],
  ])('for %j is %s', async (header, language) => {
    expect(await languageFor(header)).toBe(language);
  });

  test('is one of the two, whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter, maxLength: 60 }), async (header) => {
        expect(['zh-CN', 'en']).toContain(await languageFor(header));
      }),
      { numRuns: 500 },
    );
  });
});
