import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EDGE_SECRET_HEADER, viewerIp } from '../../lib/http/edge.ts';
import { makeEvent } from '../support/functions.ts';
import { createWorld, type World } from '../support/world.ts';

const SECRET = 'a-secret-of-the-distribution';
const NEXT = 'the-secret-that-replaces-it';
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const behindEdge = () =>
  createWorld({
    CLIENT_IP: 'cloudfront',
    EDGE_SECRET_HASHES: `${hashOf(SECRET)}, ${hashOf(NEXT)}`,
    SENDS_PER_IP_PER_HOUR: '2',
  });

/** Asks for a sign-in code, which is counted for the caller's network. */
let asked = 0;
const ask = (world: World, headers: Record<string, string>) => {
  asked += 1;
  return world.browser().post('/sign-in/email/send', { email: `a${asked}@example.com` }, { headers });
};

const from = (address: string, secret = SECRET) => ({
  [EDGE_SECRET_HEADER]: secret,
  'cloudfront-viewer-address': address,
});

describe('behind CloudFront', () => {
  test('each caller is counted by the address that CloudFront says, whatever else is sent', async () => {
    const world = await behindEdge();
    for (const port of ['4711', '4712'])
      expect((await ask(world, { ...from(`198.51.100.7:${port}`), 'x-forwarded-for': port })).status).toBe(
        202,
      );
    expect((await ask(world, from('198.51.100.7:9'))).status).toBe(429);
    // Another caller, by the secret that replaces the first.
    expect((await ask(world, from('2001:db8:1:2::3:443', NEXT))).status).toBe(202);
  });

  test.each([
    ['without the secret', { 'cloudfront-viewer-address': '198.51.100.7:1' }],
    ['with another one', from('198.51.100.7:1', 'made up')],
    ['with its hash', from('198.51.100.7:1', hashOf(SECRET))],
    ['with none', from('198.51.100.7:1', '')],
  ])('what comes around the edge, %s, is refused', async (_how, headers) => {
    const world = await behindEdge();
    const reply = await ask(world, headers);
    expect([reply.status, reply.json.code]).toEqual([503, 'unavailable']);
    // Also where nothing is changed.
    expect((await world.browser().get('/account', { headers })).status).toBe(503);
  });

  test('nobody is served while the distribution does not say who asks', async () => {
    const world = await behindEdge();
    expect((await ask(world, { [EDGE_SECRET_HEADER]: SECRET })).json.code).toBe('unavailable');
  });
});

test('without CloudFront its header says nothing', async () => {
  const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '1' });
  expect((await ask(world, from('198.51.100.7:1'))).status).toBe(202);
  expect((await ask(world, from('198.51.100.8:1'))).status).toBe(429);
});

test('an address is read with its port and without brackets or with them, and nothing else is one', () => {
  const read = (address: string) => {
    const { event } = makeEvent('GET', '/account');
    return viewerIp({ ...event, headers: { 'cloudfront-viewer-address': address } });
  };
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(fc.property(fc.ipV4(), port, (ip, at) => expect(read(`${ip}:${at}`)).toBe(ip)));
  fc.assert(
    fc.property(fc.ipV6(), port, (ip, at) => {
      expect(read(`${ip}:${at}`)).toBe(ip);
      expect(read(`[${ip}]:${at}`)).toBe(ip);
    }),
  );
  for (const none of ['', ':80', 'unknown:80', '198.51.100.7, 198.51.100.8:80', '1.2.3:4'])
    expect(read(none)).toBeUndefined();
});
