import { describe, expect, jest, test } from '@jest/globals';
import { create } from '../../functions/oauth/callback.ts';
import { type Capability, provide } from '../../lib/dependencies.ts';
import { captureOutput } from '../support/captured-output.ts';
import { lambdaContext, makeEvent } from '../support/functions.ts';

/** A secret store that does not answer the first few times. */
function failing(times: number): Capability<object> & { create: jest.Mock<() => object> } {
  const create = jest.fn(() => {
    if (create.mock.calls.length <= times) throw new Error('no answer');
    return {};
  });
  return { create };
}

test.each([0, 1, 2, 5])(
  'a function whose dependencies could not be made %i times asks for them again with each invocation, until it has them',
  async (times) => {
    const capability = failing(times);
    const dependencies = provide(capability);
    const invoke = () =>
      dependencies().then(
        () => 'ready',
        () => 'failed',
      );
    // The first is made while the function starts, before anything is asked of it.
    await new Promise(setImmediate);
    const outcomes: string[] = [];
    for (let count = 0; count < times + 2; count += 1) outcomes.push(await invoke());
    const failedInvocations = Math.max(0, times - 1);
    expect(outcomes).toEqual([
      ...Array(failedInvocations).fill('failed'),
      ...Array(outcomes.length - failedInvocations).fill('ready'),
    ]);
    expect(capability.create).toHaveBeenCalledTimes(times + 1);
  },
);

test('each time it fails is counted in a line of its own, at once and in whatever invocation', async () => {
  const output = await captureOutput(async () => {
    await expect(provide(failing(1))()).rejects.toThrow('no answer');
  });
  const counted = output.split('\n').flatMap((line) => (line.includes('"_aws"') ? [JSON.parse(line)] : []));
  expect(counted).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'AccountLinking',
            Dimensions: [['service']],
            Metrics: [{ Name: 'ColdStartFailed', Unit: 'Count' }],
          },
        ],
      },
      service: 'account-linking',
      ColdStartFailed: 1,
    },
  ]);
});

describe('a callback whose function could not be started', () => {
  async function callback(path: string) {
    const handler = create(() => Promise.reject(new Error('no secrets')));
    const { event } = makeEvent('GET', path, { query: 'state=x&code=y' });
    let answer: Awaited<ReturnType<typeof handler>> | undefined;
    await captureOutput(async () => {
      answer = await handler(event, lambdaContext() as Parameters<typeof handler>[1]);
    });
    return answer;
  }

  test('leads the browser to the console all the same', async () => {
    expect(await callback('/oauth/wechat/callback')).toMatchObject({
      statusCode: 302,
      headers: {
        location: 'https://console.example.com/oauth-result?provider=wechat&result=unavailable',
        'cache-control': 'no-store',
      },
    });
  });

  test.each(['nosuch', 'email', '&result=linked#'])(
    'says of %s that there is no such provider',
    async (provider) => {
      const answer = await callback(`/oauth/${encodeURIComponent(provider)}/callback`);
      expect(answer).toMatchObject({ statusCode: 404 });
      expect(answer?.body).not.toContain(provider);
    },
  );

  test('says so as a problem where nobody knows where the console is', async () => {
    const { CONSOLE_ORIGINS } = process.env;
    process.env['CONSOLE_ORIGINS'] = 'not an origin';
    try {
      expect(await callback('/oauth/qq/callback')).toMatchObject({ statusCode: 503 });
    } finally {
      process.env['CONSOLE_ORIGINS'] = CONSOLE_ORIGINS;
    }
  });
});
