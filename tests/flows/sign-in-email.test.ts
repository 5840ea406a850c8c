import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { mailSignInCode } from '../../lib/flows/mail-sign-in-code.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newAddress, newMember, wrongCode } from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, enter } = new SignInScenes(world);

/** An address that opens an account, for one test. */
const linkedAddress = () => newMember(world, { links: ['email'] });

describe('asking for a code', () => {
  test('says where the code goes, masked, until when it is valid, and when to ask again', async () => {
    const { address } = await linkedAddress();
    const reply = await ask(address);
    expect(reply.status).toBe(202);
    expect(reply.json).toEqual({
      challengeId: expect.stringMatching(/^[A-Za-z0-9_-]{22,}$/),
      sentTo: expect.stringMatching(/^p\*\*\*\d@example\.com$/),
      expiresAt: isoIn(world, 600),
      resendAt: isoIn(world, 60),
    });
  });

  test('is the same for an address nobody has, and a sub-account’s: status, body, headers and what is stored', async () => {
    const { address } = await linkedAddress();
    const shapes = [];
    for (const email of [address, newAddress(), 'sub@example.com']) {
      const before = await world.items();
      const { status, json, headers, setCookies } = await ask(email);
      const written = [...(await world.items())].filter(([key]) => !before.has(key));
      const stored = written.map(([key, item]) => [key.split('#')[0], Object.keys(item).sort()]).toSorted();
      const { challengeId, sentTo, ...times } = json;
      expect(sentTo).toMatch(new RegExp(`^${email.charAt(0)}\\*\\*\\*.@example\\.com$`));
      shapes.push({ status, times, idLength: challengeId.length, headers, setCookies, stored });
    }
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[2]).toEqual(shapes[0]);
  });

  test('mails nothing within the request, and a code only to an address that opens an account', async () => {
    const { address } = await linkedAddress();
    await world.deliverStream();
    const sent = world.outbox.sent.length;
    const unknown = newAddress();
    for (const email of [address, unknown, 'sub@example.com']) await ask(email);
    expect(world.outbox.sent).toHaveLength(sent);
    expect(await world.deliverStream()).toBe(0);
    expect(world.outbox.sent.slice(0, world.outbox.sent.length - sent).map(({ to }) => to)).toEqual([
      address,
    ]);
  });

  test('mails to the normal form of what was typed', async () => {
    const { address } = await linkedAddress();
    await ask(` ${address.toUpperCase()}\n`);
    await world.deliverStream();
    expect(world.outbox.sent[0]?.to).toBe(address);
  });

  test('stores no code in clear', async () => {
    const { address } = await linkedAddress();
    await ask(address);
    await world.deliverStream();
    const stored = JSON.stringify([...(await world.items())].filter(([key]) => key.startsWith('SIGNIN#')));
    expect(stored).not.toContain(`"${world.outbox.codeFor(address)}"`);
  });
});

describe('entering the code', () => {
  test('signs in by an address that is registered', async () => {
    const { json } = await ask('registered@example.com');
    await world.deliverStream();
    const browser = world.browser();
    const code = world.outbox.codeFor('registered@example.com');
    const reply = await enter(json.challengeId, ` ${code.slice(0, 3)} ${code.slice(3)}`, browser);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ accountId: '100000002' });
    expect((await browser.get('/account')).json.session).toEqual({
      openedBy: 'email',
      expiresAt: isoIn(world, 3600),
    });
  });

  test('signs in by an address that is linked, once', async () => {
    const { address, accountId } = await linkedAddress();
    const { json } = await ask(address);
    await world.deliverStream();
    const code = world.outbox.codeFor(address);
    expect((await enter(json.challengeId, code)).json).toEqual({ accountId });
    expectProblem(await enter(json.challengeId, code), 'code_expired');
  });

  test('works until the code expires, to the second', async () => {
    const [early, late] = [await linkedAddress(), await linkedAddress()];
    const challenges = [(await ask(early.address)).json, (await ask(late.address)).json];
    await world.deliverStream();
    world.pass({ seconds: 599 });
    const ok = await enter(challenges[0].challengeId, world.outbox.codeFor(early.address));
    expect(ok.status).toBe(200);
    world.pass({ seconds: 1 });
    const gone = await enter(challenges[1].challengeId, world.outbox.codeFor(late.address));
    expectProblem(gone, 'code_expired');
  });

  test('takes the code of the newest mail if the request was delivered twice', async () => {
    const { address } = await linkedAddress();
    const { json } = await ask(address);
    const sent = world.outbox.sent.length;
    await world.deliverStream({ twice: true });
    expect(world.outbox.sent).toHaveLength(sent + 2);
    const [newest, older] = world.outbox.sent.map(({ code }) => code);
    if (older !== newest)
      expect((await enter(json.challengeId, older ?? '')).json).toMatchObject({
        code: 'code_wrong',
        attemptsLeft: 4,
      });
    expect((await enter(json.challengeId, newest ?? '')).status).toBe(200);
  });

  test('used up or expired, is not mailed again if its request is delivered again', async () => {
    for (const end of ['used', 'expired']) {
      const { address } = await linkedAddress();
      const { json } = await ask(address);
      const items = await world.items();
      const record = [...items.values()].find((item) => item['address'] === address) ?? {};
      await world.deliverStream();
      if (end === 'used') await enter(json.challengeId, world.outbox.codeFor(address));
      else world.pass({ seconds: 600 });
      const sent = world.outbox.sent.length;
      await mailSignInCode(record, world.dependencies);
      expect(world.outbox.sent).toHaveLength(sent);
      expect(world.observer.counted).not.toContain('SignInCodeFailed');
    }
  });

  test.each([
    ['whose challenge is not there', { id: 'A'.repeat(22) }],
    ['of another form', { expiresAt: 'soon' }],
    ['in no language', { language: 'fr' }],
    ['of no sign-in', { pk: 'ACCOUNT#1' }],
  ])('of a record %s is not made: an error, and a metric, and no second delivery', async (_what, spoiled) => {
    const { address } = await linkedAddress();
    await ask(address);
    const record = [...(await world.items()).values()].find((item) => item['address'] === address);
    const { sent } = world.outbox;
    const before = { sent: sent.length, counted: world.observer.counted.length };
    const Records = [{ dynamodb: { NewImage: marshall({ ...record, ...spoiled }), SequenceNumber: '1' } }];
    expect(await world.handOver('mailSignInCode', Records)).toEqual({ batchItemFailures: [] });
    expect(sent).toHaveLength(before.sent);
    expect(world.observer.counted.slice(before.counted)).toEqual(['SignInCodeFailed']);
    expect(world.observer.lines.at(-1)).toMatchObject({
      level: 'error',
      fields: { errorName: 'SignInLost' },
    });
  });

  test('takes no code of another challenge', async () => {
    const [one, two] = [await linkedAddress(), await linkedAddress()];
    const challenge = (await ask(one.address)).json;
    await ask(two.address);
    await world.deliverStream();
    const [right, other] = [world.outbox.codeFor(one.address), world.outbox.codeFor(two.address)];
    if (other !== right) expect((await enter(challenge.challengeId, other)).json.code).toBe('code_wrong');
    expect((await enter(challenge.challengeId, right)).json).toEqual({ accountId: one.accountId });
  });

  test('an earlier challenge of the address works beside a newer one', async () => {
    const { address } = await linkedAddress();
    const first = (await ask(address)).json;
    await world.deliverStream();
    const code = world.outbox.codeFor(address);
    world.pass({ seconds: 60 });
    const second = (await ask(address)).json;
    await world.deliverStream();
    const replies = [
      await enter(first.challengeId, code),
      await enter(second.challengeId, world.outbox.codeFor(address)),
    ];
    expect(replies[1]?.status).toBe(200);
    expect([200, 410, 422]).toContain(replies[0]?.status);
  });

  test('opens no session if the address has been unlinked since', async () => {
    const { address, browser, phone } = await linkedAddress();
    const { json } = await ask(address);
    await world.deliverStream();
    await browser.checkIdentity('unlink_email', phone);
    expect((await browser.delete('/links/email')).status).toBe(204);
    const code = world.outbox.codeFor(address);
    const reply = await enter(json.challengeId, code);
    expectProblem(reply, 'code_expired');
    expect(reply.setCookies).toEqual([]);
  });

  test('opens neither account if the address has moved to another since', async () => {
    const { address, browser, phone } = await linkedAddress();
    const { json } = await ask(address);
    await world.deliverStream();
    const code = world.outbox.codeFor(address);
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    const heir = await newMember(world);
    expect((await heir.browser.linkEmail(address, heir.phone)).status).toBe(201);
    expectProblem(await enter(json.challengeId, code), 'code_expired');
  });

  test.each(['', 'x', 'a'.repeat(44), 'a'.repeat(43), '中'.repeat(44), '../../etc', `${'A'.repeat(43)}\n`])(
    'of a challenge there is not (%j) is expired',
    async (challengeId) => {
      expectProblem(await enter(challengeId, '123456'), 'code_expired');
    },
  );

  test('makes a new token each time, and ends the session the browser had', async () => {
    const { address, browser } = await linkedAddress();
    const before = browser.cookies.get('__Host-session') ?? '';
    const { json } = await ask(address);
    await world.deliverStream();
    const reply = await enter(json.challengeId, world.outbox.codeFor(address), browser);
    expect(reply.status).toBe(200);
    const after = browser.cookies.get('__Host-session') ?? '';
    expect(after).not.toBe(before);
    const old = await world.browser().get('/account', { cookies: [`__Host-session=${before}`] });
    expectProblem(old, 'not_signed_in');
  });

  test('wrong, leaves the session the browser had', async () => {
    const { address, browser } = await linkedAddress();
    const { json } = await ask(address);
    await world.deliverStream();
    const wrong = await enter(json.challengeId, wrongCode(world.outbox.codeFor(address)), browser);
    expectProblem(wrong, 'code_wrong', { attemptsLeft: 4 });
    expect((await browser.get('/account')).status).toBe(200);
  });
});
