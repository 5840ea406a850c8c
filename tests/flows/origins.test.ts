import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { newAddress, newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

const send = (origin: string | undefined) =>
  world.browser().post('/sign-in/email/send', { email: newAddress() }, { headers: { origin } });

describe('a request that changes something', () => {
  test.each(['https://console.example.com', 'https://console2.example.com'])(
    'is taken from %s, a configured console',
    async (origin) => {
      expect((await send(origin)).status).toBe(202);
    },
  );

  test('is taken from no page at all', async () => {
    expect((await send(undefined)).status).toBe(202);
  });

  test.each([
    'https://evil.example',
    'http://console.example.com',
    'https://console.example.com:8443',
    'https://console.example.com/',
    'https://console.example.com.evil.example',
    'https://sub.console.example.com',
    'https://CONSOLE.example.com',
    'https://console.example.com,https://console2.example.com',
    'null',
    '',
  ])('is refused from %j', async (origin) => {
    expectProblem(await send(origin), 'origin_not_allowed');
  });

  test('is refused from elsewhere on every route, and changes nothing', async () => {
    const { browser } = await newMember(world);
    const before = await world.items();
    const options = { headers: { origin: 'https://evil.example' } };
    for (const path of ['/otp/send', '/otp/verify', '/links/email/send', '/links/email', '/links/wechat'])
      expectProblem(await browser.post(path, {}, options), 'origin_not_allowed');
    for (const path of ['/sign-in/email/send', '/sign-in/email'])
      expectProblem(await browser.post(path, {}, options), 'origin_not_allowed');
    for (const path of ['/links/email', '/session'])
      expectProblem(await browser.delete(path, options), 'origin_not_allowed');
    expect(await world.items()).toEqual(before);
  });
});

test('a request that only looks, and the way to a provider and back, need no origin of ours', async () => {
  const { browser } = await newMember(world);
  const options = { headers: { origin: 'https://evil.example' } };
  expect((await browser.get('/account', options)).status).toBe(200);
  expect((await browser.get('/sign-in/wechat', options)).status).toBe(302);
  expect((await browser.get('/oauth/wechat/callback', options)).status).toBe(302);
});
