import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { countedCountry } from '../../lib/linking/spending.ts';
import { countAtOnce, systemObserver } from '../../lib/observe.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import { captureOutput } from '../support/captured-output.ts';
import { alarmsWith, countedMetricsOf } from '../support/infrastructure.ts';
import { type Member, newAddress, newMember } from '../support/people.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** What is counted by channel and country while something is done. */
async function stepsDuring(action: () => Promise<unknown>) {
  const { countedBy } = world.observer;
  const before = countedBy.length;
  await action();
  return countedBy.slice(before).map(([metric, { channel, country }]) => `${metric} ${channel} ${country}`);
}

describe('the funnel', () => {
  test('has each step of a link once, by channel and country', async () => {
    const { browser, phone } = await newMember(world);
    const address = newAddress();
    expect(await stepsDuring(() => browser.linkEmail(address, phone))).toEqual([
      'CodeAsked sms 86',
      'CodeSent sms 86',
      'CodeVerified sms 86',
      'CodeAsked mail none',
      'CodeSent mail none',
      'Linked sms 86',
      'CodeVerified mail none',
    ]);
    const signIn = () => world.browser().signInByEmail(address);
    expect(await stepsDuring(signIn)).toEqual([
      'CodeAsked mail none',
      'CodeSent mail none',
      'CodeVerified mail none',
    ]);
  });

  test('has no step for what was refused, unknown or wrong', async () => {
    const { browser, phone } = await newMember(world);
    const ask = () => browser.post('/otp/send', { purpose: 'link_email' });
    for (const fate of ['refused', 'lost'] as const) {
      world.outbox.fates.push(fate);
      expect(await stepsDuring(ask)).toEqual(['CodeAsked sms 86']);
      world.pass({ seconds: 61 });
    }
    await ask();
    const code = world.outbox.codeFor(phone) === '000000' ? '000001' : '000000';
    expect(await stepsDuring(() => browser.post('/otp/verify', { purpose: 'link_email', code }))).toEqual([]);
  });

  test('asks for a mail, and sends none, where nobody has the address', async () => {
    const signIn = async () => {
      await world.browser().post('/sign-in/email/send', { email: 'nobody-at-all@example.com' });
      await world.deliverStream();
    };
    expect(await stepsDuring(signIn)).toEqual(['CodeAsked mail none']);
  });

  test.each([
    ['+8613800138001', ['86', '852'], '86'],
    ['+85251234567', ['86', '852'], '852'],
    ['+12425551234', ['1', '1242'], '1242'],
    ['+4915112345678', ['86'], 'other'],
  ])('counts %s by one of SMS_COUNTRIES, the longest, or as other', (phone, countries, country) => {
    expect(countedCountry(phone as Parameters<typeof countedCountry>[0], countries)).toBe(country);
  });

  test('is published in a line a step, by channel and country and without', async () => {
    const output = await captureOutput(async () => {
      systemObserver.count('CodeSent', { channel: 'sms', country: '86' });
      countAtOnce('ColdStartFailed');
    });
    const [sent, failed] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const dimensions = ({ _aws }: typeof sent) => _aws.CloudWatchMetrics[0].Dimensions;
    expect(dimensions(sent)).toEqual([['service'], ['service', 'channel', 'country']]);
    expect(sent).toMatchObject({ service: 'account-linking', channel: 'sms', country: '86', CodeSent: 1 });
    expect(dimensions(failed)).toEqual([['service']]);
  });
});

/** Makes happen what an alarm of ours is about. */
const CAUSES: Readonly<Record<string, (member: Member, calls: TableCalls) => Promise<unknown>>> = {
  Fault: ({ browser }, calls) =>
    calls.during(
      () => Promise.reject(new Error('the table is down')),
      async () => expect((await browser.get('/account')).status).toBe(503),
    ),
  SmsRefused: (member) => sendCode(member, 'refused'),
  SmsUnknown: (member) => sendCode(member, 'lost'),
  SmsAccepted: (member) => sendCode(member, 'accepted'),
  MailRefused: (member) => linkEmail(member, 'refused'),
  MailUnknown: (member) => linkEmail(member, 'lost'),
  MailAccepted: (member) => linkEmail(member, 'accepted'),
  ProviderMisconfigured: async () => {
    const { wechat } = world.providers;
    wechat.beforeIdentifying = () => {
      throw new ProviderError({ kind: 'configuration', provider: 'wechat', step: 'token', errcode: 40125 });
    };
    expect((await world.browser().signInBy('wechat', 'hua')).result).toBe('provider_failed');
    wechat.beforeIdentifying = () => undefined;
  },
};

type Fate = World['outbox']['fates'][number];

async function sendCode({ browser }: Member, fate: Fate): Promise<void> {
  world.outbox.fates.push(fate);
  const { status } = await browser.post('/otp/send', { purpose: 'link_email' });
  expect(status).toBe(fate === 'accepted' ? 202 : 502);
}

async function linkEmail({ browser, phone }: Member, fate: Fate): Promise<void> {
  await browser.checkIdentity('link_email', phone);
  world.outbox.fates.push(fate);
  const { status } = await browser.post('/links/email/send', { email: newAddress() });
  expect(status).toBe(fate === 'accepted' ? 202 : 502);
}

describe('what an alarm is about', () => {
  let calls: TableCalls;
  beforeAll(() => {
    calls = new TableCalls(world);
  });

  test.each(Object.entries(CAUSES))('can be made to happen: %s', async (metric, cause) => {
    const member = await newMember(world);
    world.observer.counted.length = 0;
    await cause(member, calls);
    expect(world.observer.counted).toContain(metric);
  });

  test('is made to happen by the tests, all of it that the service counts', async () => {
    const lib = sourcesIn('lib').filter(({ name }) => name !== 'observe.ts');
    const tests = sourcesIn('tests/flows').filter(({ name }) => name !== 'counted.test.ts');
    const watched = countedMetricsOf(await alarmsWith()).filter((metric) =>
      lib.some(({ text }) => text.includes(`'${metric}'`)),
    );
    expect(watched).toEqual(expect.arrayContaining(Object.keys(CAUSES)));
    // Elsewhere it is what a flow has counted, or published.
    const isAsserted = (metric: string) =>
      tests.some(({ text }) => text.includes(`'${metric}'`) && /\bcounted\b/.test(text));
    expect(watched.filter((metric) => !(metric in CAUSES) && !isAsserted(metric))).toEqual([]);
  });
});

function sourcesIn(folder: string): { readonly name: string; readonly text: string }[] {
  const root = join(import.meta.dirname, '..', '..', folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
}
