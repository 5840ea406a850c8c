import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { hashToken, parseToken } from '../../lib/linking/secrets.ts';
import { createSigner } from '../../lib/session-assertions/signer.ts';
import { parseSigningKey } from '../../lib/session-assertions/signing-key.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newMember } from '../support/people.ts';
import { testSettings } from '../support/settings.ts';
import { createWorld } from '../support/world.ts';

const pem = (namedCurve = 'P-256', type: 'pkcs8' | 'sec1' = 'pkcs8') =>
  String(generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type, format: 'pem' }));

const GATEWAY = 'https://gateway.example.com';
const keys = [pem(), pem()];
const [ASSERTION_KEY = ''] = keys;
const world = await createWorld({ ASSERTION_AUDIENCES: `${GATEWAY},sessions`, ASSERTION_KEY });
Object.assign(world.dependencies, { signer: createSigner(keys, world.settings.API_ORIGIN) });

async function verifier() {
  const { json } = await world.browser().get('/.well-known/jwks.json');
  return createLocalJWKSet(json);
}

const verified = async (assertion: string, audience = GATEWAY) =>
  jwtVerify(assertion, await verifier(), {
    issuer: world.settings.API_ORIGIN,
    audience,
    algorithms: ['ES256'],
    currentDate: new Date(world.nowSeconds * 1000),
  });

describe('an assertion of a session', () => {
  test('says who is signed in, by what and since when, to one audience, for a minute', async () => {
    const { browser, accountId } = await newMember(world);
    const openedAt = world.nowSeconds;
    world.pass({ seconds: 120 });
    const { status, json } = await browser.post('/assertions', { audience: GATEWAY });
    expect([status, json.expiresAt]).toEqual([201, isoIn(world, 60)]);
    const { payload, protectedHeader } = await verified(json.assertion);
    const [{ id: sid }] = (await browser.get('/sessions')).json.sessions;
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
    expect(payload).toEqual({
      iss: world.settings.API_ORIGIN,
      sub: accountId,
      aud: GATEWAY,
      sid,
      amr: ['qq'],
      auth_time: openedAt,
      iat: world.nowSeconds,
      exp: world.nowSeconds + 60,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
    });
    const token = parseToken(browser.cookies.get('__Host-session')?.split('.')[2]);
    expect(JSON.stringify(payload)).not.toContain(token && hashToken(token));
    await expect(verified(json.assertion, 'sessions')).rejects.toThrow('aud');
    world.pass({ seconds: 61 });
    await expect(verified(json.assertion)).rejects.toThrow('exp');
  });

  test('is another one each time', async () => {
    const { browser } = await newMember(world);
    const ask = async () => (await browser.post('/assertions', { audience: 'sessions' })).json.assertion;
    const ids = [await verified(await ask(), 'sessions'), await verified(await ask(), 'sessions')];
    expect(new Set(ids.map(({ payload }) => payload.jti)).size).toBe(2);
  });

  test.each([[GATEWAY.toUpperCase()], ['https://gateway.example.com/'], [''], [`${GATEWAY},sessions`], [7]])(
    'is for no such audience as %j',
    async (audience) => {
      const { browser } = await newMember(world);
      const errors = [{ path: 'audience', message: expect.any(String) }];
      expectProblem(await browser.post('/assertions', { audience }), 'invalid_request', { errors });
    },
  );

  test('takes a session, and one that is not on probation', async () => {
    expectProblem(await world.browser().post('/assertions', { audience: GATEWAY }), 'not_signed_in');
    const member = await newMember(world);
    await member.browser.linkEmail(member.address, member.phone);
    world.pass({ seconds: 61 });
    const young = world.browser();
    await young.signInByEmail(member.address);
    expectProblem(await young.post('/assertions', { audience: GATEWAY }), 'on_probation', {
      retryAfter: expect.any(Number),
    });
    await member.browser.delete('/sessions');
    expectProblem(await member.browser.post('/assertions', { audience: GATEWAY }), 'not_signed_in');
  });
});

describe('what is published', () => {
  test('leads from the issuer to the keys, of which nothing is private', async () => {
    const configuration = await world.browser().get('/.well-known/openid-configuration');
    const { API_ORIGIN: issuer } = world.settings;
    expect(configuration.json).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` });
    const published = await world.browser().get('/.well-known/jwks.json');
    for (const { headers } of [configuration, published])
      expect(headers['cache-control']).toBe('public, max-age=300');
    expect(published.json.keys).toHaveLength(2);
    for (const key of published.json.keys)
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  test('keeps the key before the current one, so that what it signed is good to its end', async () => {
    const [current = '', previous = ''] = keys;
    const before = createSigner([previous], world.settings.API_ORIGIN);
    const claims = {
      audience: GATEWAY,
      accountId: '1',
      sessionId: 's',
      openedBy: 'email',
      openedAt: world.nowSeconds,
      assertionId: 'j',
    } as unknown as Parameters<typeof before.sign>[0];
    const old = await before.sign(claims, world.nowSeconds);
    expect((await verified(old)).payload.sub).toBe('1');
    const [{ kid } = {}] = await createSigner([current], world.settings.API_ORIGIN).publicKeys();
    const { json } = await (await newMember(world)).browser.post('/assertions', { audience: GATEWAY });
    expect(decodeProtectedHeader(json.assertion).kid).toBe(kid);
  });

  test('is nothing where nobody is to be told', async () => {
    const off = await createWorld();
    for (const name of ['openid-configuration', 'jwks.json'])
      expectProblem(await off.browser().get(`/.well-known/${name}`), 'not_found');
    const { browser } = await newMember(off);
    const errors = [{ path: 'audience', message: expect.any(String) }];
    expectProblem(await browser.post('/assertions', { audience: GATEWAY }), 'invalid_request', { errors });
  });
});

describe('the key', () => {
  test.each([
    ['of another curve', () => pem('P-384')],
    ['in another form', () => pem('P-256', 'sec1')],
    [
      'of RSA',
      () =>
        String(
          generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
            type: 'pkcs8',
            format: 'pem',
          }),
        ),
    ],
    ['that is cut', () => pem().slice(0, 100)],
    ['that is none', () => 'secret'],
  ])('%s is refused, and not repeated', (_name, make) => {
    const value = make();
    expect(parseSigningKey(value)).toBeUndefined();
    const settings = () => testSettings({ ASSERTION_AUDIENCES: 'x', ASSERTION_KEY: value });
    expect(settings).toThrow('ASSERTION_KEY: must be a private key of P-256, in PKCS#8 PEM');
    expect(settings).not.toThrow(value.slice(30, 60) || value);
  });

  test('has to be there where somebody is to be told', () => {
    expect(() => testSettings({ ASSERTION_AUDIENCES: 'x' })).toThrow('ASSERTION_KEY: missing');
  });
});
