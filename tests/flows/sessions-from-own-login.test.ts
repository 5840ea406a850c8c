import { describe, expect, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring } from '../support/notices.ts';
import { ownLoginWorld } from '../support/own-login.ts';
import { becomesSubAccount, newMember, newPerson, tally, times } from '../support/people.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const { world, company, signInOwn } = await ownLoginWorld();

const send = (assertion: unknown) => world.browser().post('/sessions', { assertion });
/** What the log says of the assertion that was refused last. */
const lastFlaw = ({ observer } = world) =>
  observer.lines.findLast(({ message }) => message === 'an assertion was refused');
const seconds = (offset: number) => world.nowSeconds + offset;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an assertion of the company’s login', () => {
  test('opens a session with a cookie, a token and a known browser', async () => {
    const person = await newPerson(world);
    const { browser, reply } = await signInOwn(person);
    expect(reply).toMatchObject({
      status: 201,
      json: { accountId: person.accountId, expiresAt: isoIn(world, 3600) },
    });
    expect([...browser.cookies.keys()].toSorted()).toEqual(['__Host-device', '__Host-session']);
    expect(reply.json.token).toBe(browser.cookies.get('__Host-session'));
    const headers = { authorization: `Bearer ${reply.json.token}` };
    expect((await world.browser().get('/account', { headers })).status).toBe(200);
    const { json } = await browser.get('/account');
    expect(json).toMatchObject({
      accountId: person.accountId,
      session: { openedBy: 'assertion', expiresAt: isoIn(world, 3600) },
      ownLogin: { state: 'active' },
    });
    expect(json.methods.map(({ provider }: { provider: string }) => provider)).toEqual([
      'email',
      'wechat',
      'qq',
    ]);
    expect(JSON.stringify([...(await world.items())])).not.toContain(reply.json.token.split('.').at(-1));
  });

  test('opens one that changes links, with an identity check, at once', async () => {
    const person = await newPerson(world);
    const { browser } = await signInOwn(person);
    expect((await browser.linkEmail(person.address, person.phone)).status).toBe(201);
    await browser.checkIdentity('unlink_email', person.phone);
    expect((await browser.delete('/links/email')).status).toBe(204);
  });

  test('takes the place of the session that the browser had', async () => {
    const member = await newMember(world);
    const before = member.browser.copy();
    await signInOwn(member, member.browser);
    expectProblem(await before.get('/account'), 'not_signed_in');
  });

  test.each(['RS256', 'ES256', 'EdDSA'] as const)('may be signed with %s', async (alg) => {
    const { accountId } = await newPerson(world);
    world.pass({ seconds: 60 });
    expect((await send(await company.assert(accountId, {}, alg))).status).toBe(201);
  });

  test('may be for several audiences, be made a minute ahead of our clock, and last five minutes', async () => {
    const { accountId } = await newPerson(world);
    const aud = ['https://other.example.com', world.settings.API_ORIGIN];
    const ahead = { iat: seconds(60), nbf: seconds(60), exp: seconds(360) };
    expect((await send(await company.assert(accountId, { aud, ...ahead }))).status).toBe(201);
    expect(
      (await send(await company.assert(accountId, { iat: seconds(-299), exp: seconds(1) }))).status,
    ).toBe(201);
  });

  test('is for TRUSTED_AUDIENCE where that is set', async () => {
    const other = await ownLoginWorld({ TRUSTED_AUDIENCE: 'account-linking' });
    const { accountId } = await newPerson(other.world);
    const post = async (aud: string) =>
      other.world.browser().post('/sessions', { assertion: await other.company.assert(accountId, { aud }) });
    expect((await post('account-linking')).status).toBe(201);
    expectProblem(await post(other.world.settings.API_ORIGIN), 'assertion_invalid');
  });
});

describe('an assertion that is wrong', () => {
  const jti = 'j'.repeat(257);
  test.each<[string, () => object, string]>([
    ['has another issuer', () => ({ iss: 'https://login.example.com/' }), 'issuer'],
    ['has no issuer', () => ({ iss: undefined }), 'issuer'],
    ['is for another audience', () => ({ aud: 'https://api.example.org' }), 'audience'],
    ['is for no audience', () => ({ aud: undefined }), 'audience'],
    ['is for an empty list of audiences', () => ({ aud: [] }), 'audience'],
    ['has expired this second', () => ({ iat: seconds(-60), exp: seconds(0) }), 'expired'],
    ['has expired long ago', () => ({ iat: seconds(-700), exp: seconds(-600) }), 'expired'],
    ['has no end', () => ({ exp: undefined }), 'times'],
    ['has no beginning', () => ({ iat: undefined }), 'times'],
    ['ends before it begins', () => ({ iat: seconds(30), exp: seconds(20) }), 'times'],
    ['has times that are texts', () => ({ exp: `${seconds(60)}` }), 'times'],
    ['is good for 301 seconds', () => ({ exp: seconds(301) }), 'too_long'],
    ['is good for a day', () => ({ exp: seconds(86_400) }), 'too_long'],
    ['was made in the future', () => ({ iat: seconds(61), exp: seconds(120) }), 'not_yet_valid'],
    ['is not yet valid', () => ({ nbf: seconds(61), exp: seconds(120) }), 'not_yet_valid'],
    ['is for nobody', () => ({ sub: undefined }), 'subject'],
    ['is for what is no account id', () => ({ sub: '1#PROFILE' }), 'subject'],
    ['is for a number', () => ({ sub: 100000001 }), 'subject'],
    ['has no jti', () => ({ jti: undefined }), 'jti'],
    ['has an empty jti', () => ({ jti: '' }), 'jti'],
    ['has a jti that is a number', () => ({ jti: 7 }), 'jti'],
    ['has a jti without end', () => ({ jti }), 'jti'],
  ])('that %s opens nothing, and the log alone says why', async (_name, changes, flaw) => {
    const reply = await send(await company.assert('100000001', changes()));
    expectProblem(reply, 'assertion_invalid');
    expect(reply.setCookies).toEqual([]);
    expect(lastFlaw()).toEqual({ level: 'warn', message: 'an assertion was refused', fields: { flaw } });
  });

  test('that is unsigned, or signed with what everybody has, opens nothing', async () => {
    const claims = company.claims('100000001');
    const { alg, kid } = company.published[0] ?? {};
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims)}.`;
    expectProblem(await send(unsigned), 'assertion_invalid');
    expect(lastFlaw()?.fields).toEqual({ flaw: 'algorithm' });

    const key = await importJWK(company.published[0] ?? {}, alg ?? '', { extractable: true });
    const pem = await exportSPKI(key as CryptoKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(company.published[0])]) {
      const signed = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: kid ?? '' });
      expectProblem(await send(await signed.sign(Buffer.from(secret))), 'assertion_invalid');
      expect(lastFlaw()?.fields).toEqual({ flaw: 'algorithm' });
    }
  });

  test('that is signed with another key under the id of ours, or was changed, opens nothing', async () => {
    const { kid = '' } = company.published[0] ?? {};
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const claims = company.claims('100000001');
    const forged = await company.sign(claims, { alg: 'ES256', kid, key: privateKey });
    expectProblem(await send(forged), 'assertion_invalid');
    expect(lastFlaw()?.fields).toEqual({ flaw: 'signature' });

    // A key that comes with the token is nobody's.
    const own = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
      .sign(privateKey);
    expectProblem(await send(own), 'assertion_invalid');

    const [header, , signature] = (await company.assert('100000001')).split('.');
    expectProblem(
      await send(`${header}.${encode(company.claims('100000002'))}.${signature}`),
      'assertion_invalid',
    );
  });

  test.each(['', 'a', 'a.b.c', '..', 'e30.e30.e30', '{}', 'ey'.repeat(4096)])(
    'that is no JWT (%#) opens nothing',
    async (text) => {
      expectProblem(await send(text), 'assertion_invalid');
      expect(lastFlaw()?.fields).toEqual({ flaw: 'malformed' });
    },
  );

  test.each([[null], [7], [['a.b.c']], ['x'.repeat(8193)]])(
    'that is no text, or endless (%#), is no request',
    async (value) => {
      expectProblem(await send(value), 'invalid_request', {
        errors: [{ path: 'assertion', message: expect.any(String) }],
      });
    },
  );

  test('writes nothing, and is counted', async () => {
    const before = (await world.items()).size;
    world.observer.counted.length = 0;
    await send(await company.assert('100000001', { iss: 'https://evil.example' }));
    expect((await world.items()).size).toBe(before);
    expect(world.observer.counted).toEqual(['AssertionRefused']);
  });
});

describe('a jti', () => {
  test('is good once, in whatever assertion it stands', async () => {
    const { accountId } = await newPerson(world);
    const assertion = await company.assert(accountId, { jti: `once-${accountId}` });
    expect((await send(assertion)).status).toBe(201);
    expectProblem(await send(assertion), 'assertion_invalid');
    expect(lastFlaw()?.fields).toEqual({ flaw: 'used' });
    world.pass({ seconds: 3600 });
    expectProblem(
      await send(await company.assert(accountId, { jti: `once-${accountId}` })),
      'assertion_invalid',
    );
    expectProblem(
      await send(await company.assert('100000002', { jti: `once-${accountId}` })),
      'assertion_invalid',
    );
  });

  test('opens exactly one session, of fifty at once that hold it', async () => {
    const { accountId } = await newPerson(world);
    const assertion = await company.assert(accountId);
    const replies = await times(50, () => send(assertion));
    expect(tally(replies)).toEqual({ 201: 1, assertion_invalid: 49 });
    const sessions = [...(await world.items()).keys()].filter((key) =>
      key.startsWith(`ACCOUNT#${accountId}/SESSION#`),
    );
    expect(sessions).toHaveLength(1);
  });

  test('is spent before the account is judged', async () => {
    const member = await newMember(world);
    await becomesSubAccount(world, member);
    for (const [sub, code] of [
      [member.accountId, 'sub_account'],
      ['200000001', 'sub_account'],
      ['999999999', 'account_unknown'],
    ] as const) {
      const assertion = await company.assert(sub);
      expectProblem(await send(assertion), code);
      expectProblem(await send(assertion), 'assertion_invalid');
    }
  });

  test('of fifty different ones at once for a new account opens fifty sessions, of one method', async () => {
    const person = await newPerson(world);
    const assertions = await times(50, () => company.assert(person.accountId));
    const replies = await Promise.all(assertions.map(send));
    expect(tally(replies)).toEqual({ 201: 50 });
  });
});

describe('the keys of the company’s login', () => {
  test('are read once, and again once for a key that is new', async () => {
    const { world, company, signInOwn } = await ownLoginWorld();
    const person = await newPerson(world);
    for (let sessions = 0; sessions < 3; sessions += 1) await signInOwn(person);
    expect(company.reads).toBe(1);
    company.published.length = 0;
    await company.addKey('ES256');
    const replies = await times(10, async () => (await signInOwn(person)).reply);
    expect(tally(replies)).toEqual({ 201: 10 });
    expect(company.reads).toBe(2);
  });

  test('are read again after ten minutes, so that one that was withdrawn opens nothing from then on', async () => {
    const { world, company, signInOwn } = await ownLoginWorld();
    const person = await newPerson(world);
    await signInOwn(person);
    company.published.length = 0;
    expect((await signInOwn(person)).reply.status).toBe(201);
    world.pass({ seconds: 600 });
    expectProblem((await signInOwn(person)).reply, 'assertion_invalid');
    expect(lastFlaw(world)?.fields).toEqual({ flaw: 'unknown_key' });
  });

  test('are not read without end for ids that are made up', async () => {
    const { world, company, signInOwn } = await ownLoginWorld();
    const person = await newPerson(world);
    await signInOwn(person);
    const { privateKey: key } = await generateKeyPair('ES256');
    const invent = async (kid: string) =>
      company.sign(company.claims(person.accountId), { alg: 'ES256', kid, key });
    for (let number = 0; number < 50; number += 1) {
      const reply = await world.browser().post('/sessions', { assertion: await invent(`made-up-${number}`) });
      expectProblem(reply, 'assertion_invalid');
    }
    expect(company.reads).toBe(11);
    expect((await signInOwn(person)).reply.status).toBe(201);
    world.pass({ seconds: 60 });
    await world.browser().post('/sessions', { assertion: await invent('one more') });
    expect(company.reads).toBe(12);
  });

  const answers: Record<string, () => Response | Promise<Response>> = {
    no_answer: () => Promise.reject(new TypeError('fetch failed')),
    http_500: () => new Response('down', { status: 500 }),
    http_404: () => new Response('{}', { status: 404 }),
    unreadable: () => new Response('<html>'),
    too_large: () => new Response('x'.repeat(70_000)),
    'unreadable, of no keys': () => Response.json({ keys: 'none' }),
  };
  test.each(Object.keys(answers))(
    'that can’t be read (%s) are said so in the log, and it is tried again',
    async (name) => {
      const { world, company, signInOwn } = await ownLoginWorld();
      const person = await newPerson(world);
      company.instead = answers[name];
      const assertion = await company.assert(person.accountId);
      const post = () => world.browser().post('/sessions', { assertion });
      expectProblem(await post(), 'unavailable', { retryAfter: 5 });
      expect(world.observer.lines).toContainEqual({
        level: 'error',
        message: 'the keys of the own login could not be read',
        fields: { reason: name.split(',')[0] },
      });
      expect(world.observer.counted).toContain('OwnLoginFailed');
      company.instead = undefined;
      // It was not used up: nobody was judged by it.
      expect((await post()).status).toBe(201);

      // Keys that were read go on for their time, and no longer.
      company.instead = answers[name];
      expect((await signInOwn(person)).reply.status).toBe(201);
      world.pass({ seconds: 600 });
      expectProblem((await signInOwn(person)).reply, 'unavailable', { retryAfter: 5 });
    },
  );

  test('that can’t be used are no fault of ours', async () => {
    const { world, company } = await ownLoginWorld();
    const person = await newPerson(world);
    const assertion = await company.assert(person.accountId);
    for (const key of company.published) Object.assign(key, { x: 'AAAA', y: 'AAAA' });
    expectProblem(await world.browser().post('/sessions', { assertion }), 'assertion_invalid');
    expect(lastFlaw(world)?.fields).toEqual({ flaw: 'unusable_key' });
  });
});

describe('the owner', () => {
  test('is told of a new device, and not of one they have used before', async () => {
    const person = await newPerson(world, { links: ['email'] });
    const browser = world.browser();
    const [sms, mail, ...more] = (await noticesDuring(world, () => signInOwn(person, browser))).toSorted(
      (one) => (one.to === person.phone ? -1 : 1),
    );
    expect(more).toEqual([]);
    expect(sms).toMatchObject({ to: person.phone, text: expect.stringContaining('在新设备上通过官网登录') });
    expect(mail).toMatchObject({ to: person.address });
    expect(await noticesDuring(world, () => signInOwn(person, browser))).toEqual([]);
    const { events } = (await browser.get('/account/history')).json;
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'signed_in', provider: 'assertion', display: person.accountId, isCurrent: true },
      { type: 'signed_in', provider: 'assertion', display: person.accountId },
    ]);
  });

  test('sees it on the account page of another session', async () => {
    const member = await newMember(world);
    await signInOwn(member);
    const { notices } = (await member.browser.get('/account')).json;
    expect(notices).toMatchObject([{ type: 'signed_in', provider: 'assertion', display: member.accountId }]);
  });
});

describe('a deployment without a login of its own', () => {
  test('has no such way to sign in, and says nothing of one', async () => {
    const without = await createWorld();
    const assertion = await company.assert('100000001');
    expectProblem(await without.browser().post('/sessions', { assertion }), 'not_found');
    expectProblem(await without.browser().post('/sessions', {}), 'invalid_request', {
      errors: [{ path: 'assertion', message: expect.any(String) }],
    });
    const { browser } = await newMember(without);
    expect((await browser.get('/account')).json).not.toHaveProperty('ownLogin');
  });
});

test('another page can’t sign a browser in', async () => {
  const assertion = await company.assert('100000001');
  const headers = { origin: 'https://evil.example' };
  expectProblem(await world.browser().post('/sessions', { assertion }, { headers }), 'origin_not_allowed');
  expect((await send(assertion)).status).toBe(201);
});

test('a sign-in takes two round trips, the reading of keys aside', async () => {
  const person = await newPerson(world);
  const calls = new TableCalls(world);
  const assertion = await company.assert(person.accountId);
  let trips = 0;
  calls.around = (_call, proceed) => {
    trips += 1;
    return proceed();
  };
  expect((await send(assertion)).status).toBe(201);
  calls.around = (_call, proceed) => proceed();
  expect(trips).toBe(2);
});
