import { expect, test } from '@jest/globals';
import { newPerson } from '../support/people.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const HOUR = 3600;
const SPENT = 'https://console.example.com/oauth-result?provider=wechat&result=quota_exceeded';

/** A world where an IP address begins two sign-ins an hour. */
async function strictWorld() {
  const world = await createWorld({ SIGN_INS_PER_IP_PER_HOUR: '2' });
  const begin = async (sourceIp: string, provider = 'wechat') =>
    (await world.browser().get(`/sign-in/${provider}`, { sourceIp })).headers['location'] ?? '';
  const spend = async (sourceIp: string) => {
    for (const provider of ['wechat', 'qq']) expect(await begin(sourceIp, provider)).toContain('state=');
    expect(await begin(sourceIp)).toBe(SPENT);
  };
  return { world, begin, spend };
}

test('sign-ins with WeChat or QQ that an IP address begins are so many an hour: above it, the console says so', async () => {
  const { world, begin, spend } = await strictWorld();
  await spend('198.51.100.1');
  expect(await begin('198.51.100.2')).toContain('state=');
  expect(world.observer.counted).toContain('QuotaExceeded');
  world.pass({ seconds: HOUR });
  expect(await begin('198.51.100.1')).toContain('state=');
});

test('an IP address that begins sign-ins without end stores no more states, and costs nothing more', async () => {
  const { world, begin, spend } = await strictWorld();
  await spend('198.51.100.3');
  let made = 0;
  await new TableCalls(world).during(
    async (_call, proceed) => {
      made += 1;
      return proceed();
    },
    async () => {
      for (let tries = 0; tries < 5; tries += 1) expect(await begin('198.51.100.3')).toBe(SPENT);
    },
  );
  expect(made).toBe(0);
  const states = [...(await world.items()).keys()].filter((key) => key.startsWith('STATE#'));
  expect(states).toHaveLength(2);
});

test('side by side no more go through than may', async () => {
  const { world, begin } = await strictWorld();
  const locations = await Promise.all(Array.from({ length: 8 }, () => begin('198.51.100.4')));
  expect(locations.filter((location) => location !== SPENT)).toHaveLength(2);
  const states = [...(await world.items()).keys()].filter((key) => key.startsWith('STATE#'));
  expect(states).toHaveLength(2);
});

test('sign-ins that are begun take nothing from the codes of an IP address, nor the codes from them', async () => {
  const world = await createWorld({ SIGN_INS_PER_IP_PER_HOUR: '1', SENDS_PER_IP_PER_HOUR: '1' });
  const { who } = await newPerson(world);
  const browser = world.browser({ ip: '198.51.100.5' });
  expect((await browser.signInBy('qq', who)).result).toBe('signed_in');
  const email = { email: 'somebody@example.com' };
  expect((await browser.post('/sign-in/email/send', email)).status).toBe(202);
});

test('what refuses a browser on its way to a provider leads it to the console', async () => {
  const { world } = await strictWorld();
  const down = async () => {
    throw new Error('down');
  };
  const reply = await new TableCalls(world).during(down, () => world.browser().get('/sign-in/qq'));
  expect(reply.status).toBe(302);
  expect(reply.headers['location']).toBe(
    'https://console.example.com/oauth-result?provider=qq&result=unavailable',
  );
});
