import { beforeAll, describe, expect, test } from '@jest/globals';
import { describeError } from '../../lib/observe.ts';
import type { Browser } from '../support/browser.ts';
import { captureOutput, leaksIn } from '../support/captured-output.ts';
import { createLoggedRun, type LoggedRun, tellingError } from '../support/logged-run.ts';
import { wrongCode } from '../support/people.ts';
import { TableCalls } from '../support/table-calls.ts';

const PHONE = '+8613800138001';
const ADDRESS = 'alice.private@example.com';

let run: LoggedRun;
let calls: TableCalls;
let ming: Browser;
beforeAll(async () => {
  run = await createLoggedRun();
  calls = new TableCalls(run.world);
  ming = run.world.browser();
  run.secrets.set(PHONE, 'phone').set(PHONE.slice(3), 'phone').set(ADDRESS, 'address');
});

/** Runs a part of the service's life and looks for secrets in what it wrote. */
async function logged(action: () => Promise<unknown>): Promise<string> {
  const output = await captureOutput(action);
  await run.gather();
  expect(leaksIn(output, run.secrets)).toEqual([]);
  return output;
}

const lines = (output: string) =>
  output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));

async function linkAddress() {
  await ming.checkIdentity('link_email');
  await ming.post('/links/email/send', { email: ADDRESS });
  return ming.post('/links/email', { email: ADDRESS, code: run.world.outbox.codeFor(ADDRESS) });
}

describe('nothing secret is logged', () => {
  test('in the whole user guide', async () => {
    const { world } = run;
    const output = await logged(async () => {
      expect((await ming.signInBy('qq', 'ming')).result).toBe('signed_in');
      expect((await linkAddress()).status).toBe(201);
      expect((await ming.linkWeChat('lin')).json).toBeUndefined();
      expect((await ming.get('/account')).json.lastFlow.result).toBe('linked');
      expect((await world.browser().signInByEmail(ADDRESS)).status).toBe(200);
      expect((await world.browser().signInBy('wechat', 'lin')).result).toBe('signed_in');
      world.pass({ seconds: 61 });
      for (const provider of ['email', 'wechat']) {
        await ming.checkIdentity(`unlink_${provider}`);
        expect((await ming.delete(`/links/${provider}`)).status).toBe(204);
      }
      expect((await ming.delete('/session')).status).toBe(204);
    });
    const told = lines(output);
    expect(told.filter(({ message }) => message === 'request').length).toBeGreaterThanOrEqual(20);
    // The guide has sent codes, opened sessions and gone to providers: all of it is looked for.
    const kinds = new Set([...run.secrets.values()].map((kind) => kind.split(' ')[0]));
    for (const kind of [
      'code',
      'cookie',
      'token',
      'state',
      'OAuth',
      'access',
      'openid',
      'subject',
      'phone',
      'address',
      'HMAC',
    ])
      expect(kinds).toContain(kind);
  });

  test('if codes are wrong and forms are not as they should be', async () => {
    const { world } = run;
    await logged(async () => {
      world.pass({ seconds: 61 });
      await ming.signInBy('qq', 'ming');
      await ming.post('/otp/send', { purpose: 'link_email' });
      const right = world.outbox.codeFor(PHONE);
      for (let guess = 1; guess <= 6; guess += 1)
        await ming.post('/otp/verify', { purpose: 'link_email', code: wrongCode(right, guess) });
      await ming.post('/otp/verify', { purpose: 'link_email', code: right, [ADDRESS]: PHONE });
      await ming.send('POST', '/otp/verify', { rawBody: `{"code":"${right}","phone":"${PHONE}"` });
      await ming.send('POST', '/otp/verify', { rawBody: right, headers: { 'content-type': 'text/plain' } });
      await ming.post('/links/email/send', { email: `Alice <${ADDRESS}>` });
      await ming.post(
        '/otp/send',
        { purpose: PHONE },
        { headers: { origin: `https://${PHONE.slice(1)}.example.com` } },
      );
      const sent = await world.browser().post('/sign-in/email/send', { email: 'registered@example.com' });
      await world.deliverStream();
      const code = wrongCode(world.outbox.codeFor('registered@example.com'));
      await world.browser().post('/sign-in/email', { challengeId: sent.json.challengeId, code });
    });
  });

  test.each(['with an error', 'with a page', 'not at all'] as const)(
    'if WeChat and QQ answer %s',
    async (mode) => {
      const { world } = run;
      const output = await logged(async () => {
        world.pass({ seconds: 61 });
        run.provider = 'well';
        await ming.signInBy('qq', 'ming');
        await ming.checkIdentity('link_wechat');
        run.provider = mode;
        expect((await ming.scan('mei')).result).toBe('provider_failed');
        expect((await ming.get('/account')).json.lastFlow.result).toBe('provider_failed');
        for (const provider of ['wechat', 'qq'] as const)
          expect((await world.browser().signInBy(provider, 'ming')).result).toBe('provider_failed');
        run.provider = 'well';
      });
      expect(lines(output).filter(({ message }) => message === 'the provider failed')).toHaveLength(3);
    },
  );

  test.each(['refusing', 'failing'] as const)('if the services that send messages are %s', async (mode) => {
    const { world } = run;
    const output = await logged(async () => {
      world.pass({ seconds: 61 });
      await ming.signInBy('qq', 'ming');
      await ming.checkIdentity('link_email');
      run.sending = mode;
      expect((await ming.post('/otp/send', { purpose: 'link_wechat' })).json.code).toBe('delivery_failed');
      expect((await ming.post('/links/email/send', { email: ADDRESS })).json.code).toBe('delivery_failed');
      await world.browser().post('/sign-in/email/send', { email: 'registered@example.com' });
      await world.deliverStream();
      run.sending = 'well';
    });
    expect(lines(output).filter(({ message }) => message === 'not delivered')).toHaveLength(3);
  });

  test('if DynamoDB fails with what it was asked for in its errors', async () => {
    const { world } = run;
    const output = await logged(async () => {
      world.pass({ seconds: 61 });
      await ming.signInBy('qq', 'ming');
      await ming.checkIdentity('link_wechat');
      const { authorizeUrl } = (await ming.post('/links/wechat')).json;
      const sent = await world.browser().post('/sign-in/email/send', { email: 'registered@example.com' });
      await calls.during(
        async ({ input }) => {
          throw tellingError(input, PHONE, ADDRESS);
        },
        async () => {
          await ming.get('/account');
          await ming.post('/otp/send', { purpose: 'link_email' });
          await ming.post('/links/email', { email: ADDRESS, code: '000000' });
          await ming.answer('wechat', authorizeUrl, 'mei');
          await world.browser().signInByEmail(ADDRESS);
          await world.browser().get('/sign-in/wechat');
          await world
            .browser()
            .post('/sign-in/email', { challengeId: sent.json.challengeId, code: '000000' });
          await world.handOver('mailSignInCode', [
            { dynamodb: { SequenceNumber: '1', NewImage: { address: { S: ADDRESS } } } },
          ]);
        },
      );
    });
    expect(lines(output).filter(({ level }) => level === 'ERROR').length).toBeGreaterThanOrEqual(7);
  });

  test('if an error’s message looks like the lines of a stack', () => {
    const error = new Error(`refused:\n    at ${ADDRESS}\n    at ${PHONE}`);
    expect(leaksIn(JSON.stringify(describeError(error)), run.secrets)).toEqual([]);
  });
});

describe('the canary', () => {
  test('every secret would be found, wherever it is written', async () => {
    await run.gather();
    const { observer } = run.world.dependencies;
    for (const [secret, kind] of run.secrets) {
      const output = await captureOutput(async () =>
        observer.info('canary', { text: `before ${secret} after` }),
      );
      expect(leaksIn(output, new Map([[secret, kind]]))).toEqual([kind]);
    }
  });

  test.each([
    ['the console', (text: string) => console.log(text)],
    ['stdout', (text: string) => process.stdout.write(text)],
    ['stderr', (text: string) => process.stderr.write(Buffer.from(text))],
  ])('what is written to %s is seen', async (_where, write) => {
    const output = await captureOutput(async () => write(`code: ${run.world.outbox.codeFor(PHONE)}`));
    expect(leaksIn(output, run.secrets)).toEqual(['code']);
  });
});
