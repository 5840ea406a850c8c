import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import {
  type Member,
  methodOf,
  newAddress,
  newMember,
  newPerson,
  signedIn,
  wrongCode,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

async function verified(): Promise<Member> {
  const member = await newMember(world);
  expect((await member.browser.checkIdentity('link_email', member.phone)).status).toBe(200);
  return member;
}

const mail = ({ browser }: Pick<Member, 'browser'>, email: string) =>
  browser.post('/links/email/send', { email });
const link = ({ browser }: Pick<Member, 'browser'>, email: string, code: string) =>
  browser.post('/links/email', { email, code });

describe('mailing a code', () => {
  test('says where the code goes, masked, until when it is valid, and when to ask again; the check stays open', async () => {
    const member = await verified();
    const reply = await mail(member, 'somebody-new@example.com');
    expect(reply.status).toBe(202);
    expect(reply.json).toEqual({
      sentTo: 's***w@example.com',
      expiresAt: isoIn(world, 600),
      resendAt: isoIn(world, 60),
    });
    expect(world.outbox.sent[0]).toMatchObject({ channel: 'email', to: 'somebody-new@example.com' });
    world.pass({ seconds: 60 });
    expect((await mail(member, newAddress())).status).toBe(202);
  });

  test('says nothing about who else has the address', async () => {
    const { address: taken } = await newPerson(world, { links: ['email'] });
    const answers = [];
    for (const email of ['registered@example.com', taken, 'sub@example.com', newAddress()]) {
      const { status, json, headers, setCookies } = await mail(await verified(), email);
      const { sentTo, ...rest } = json;
      expect(sentTo).toMatch(/^.\*\*\*.@example\.com$/);
      answers.push({ status, rest, headers, setCookies });
      expect(world.outbox.sent[0]?.to).toBe(email);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  test('never mails to what was typed, but to its normal form', async () => {
    const member = await verified();
    const reply = await mail(member, '\t New.Person+Tag@BÜCHER.example \n');
    expect(reply.json.sentTo).toBe('n***g@xn--bcher-kva.example');
    expect(world.outbox.sent[0]?.to).toBe('new.person+tag@xn--bcher-kva.example');
  });
});

describe('the code that was mailed', () => {
  test('links the address, typed in any form, and uses up code and check', async () => {
    const member = await verified();
    await mail(member, 'One.Form@Example.COM');
    const code = world.outbox.codeFor('one.form@example.com');
    const reply = await link(member, ' ONE.form@EXAMPLE.com', code);
    expect(reply.status).toBe(201);
    const row = {
      provider: 'email',
      relation: 'linked',
      display: 'o***m@example.com',
      since: isoIn(world, 0),
      actions: ['unlink', 'replace'],
      state: 'probation',
      stateUntil: isoIn(world, 72 * 3600),
    };
    expect(reply.json).toEqual({ method: row });
    expect(await methodOf(member.browser, 'email')).toEqual(row);
    expect((await member.browser.get('/account')).json.checks).toEqual([]);
    expectProblem(await link(member, 'one.form@example.com', code), 'identity_check_required');
  });

  test('and dots and tags are not folded: they make another address', async () => {
    const [one, two] = [await verified(), await verified()];
    await mail(one, 'dots.a@example.com');
    expect((await link(one, 'dots.a@example.com', world.outbox.codeFor('dots.a@example.com'))).status).toBe(
      201,
    );
    await mail(two, 'dotsa@example.com');
    expect((await link(two, 'dotsa@example.com', world.outbox.codeFor('dotsa@example.com'))).status).toBe(
      201,
    );
  });

  test('is good for the address it was mailed to only, and a guess with another spends nothing', async () => {
    const member = await verified();
    const email = newAddress();
    await mail(member, email);
    const code = world.outbox.codeFor(email);
    for (let guess = 0; guess < 6; guess += 1)
      expectProblem(await link(member, newAddress(), code), 'code_expired');
    expect((await link(member, email, code)).status).toBe(201);
  });

  test('is good in the session it was mailed for only', async () => {
    const member = await verified();
    const email = newAddress();
    await mail(member, email);
    const code = world.outbox.codeFor(email);
    const other = { browser: await signedIn(world, member) };
    expectProblem(await link(other, email, code), 'identity_check_required');
    const somebodyElse = await verified();
    expectProblem(await link(somebodyElse, email, code), 'code_expired');
    expect((await link(member, email, code)).status).toBe(201);
  });

  test('is replaced by the next one, to another address too', async () => {
    const member = await verified();
    const [first, second] = [newAddress(), newAddress()];
    await mail(member, first);
    world.pass({ seconds: 60 });
    await mail(member, second);
    expectProblem(await link(member, first, world.outbox.codeFor(first)), 'code_expired');
    expect((await link(member, second, world.outbox.codeFor(second))).status).toBe(201);
  });

  test('has five guesses of its own, and the check outlives them', async () => {
    const member = await verified();
    const email = newAddress();
    await mail(member, email);
    const right = world.outbox.codeFor(email);
    const left = [];
    for (let guess = 0; guess < 5; guess += 1)
      left.push((await link(member, email, wrongCode(right))).json.attemptsLeft);
    expect(left).toEqual([4, 3, 2, 1, 0]);
    expectProblem(await link(member, email, right), 'too_many_attempts', { retryAfter: 60 });
    world.pass({ seconds: 60 });
    await mail(member, email);
    expect((await link(member, email, world.outbox.codeFor(email))).status).toBe(201);
  });

  test('is of no use once the check is over', async () => {
    const member = await verified();
    const email = newAddress();
    world.pass({ seconds: 300 });
    await mail(member, email);
    world.pass({ seconds: 300 });
    expectProblem(await link(member, email, world.outbox.codeFor(email)), 'identity_check_required');
    expect((await methodOf(member.browser, 'email')).relation).toBe('none');
  });

  test('is not the code that came by SMS', async () => {
    const member = await verified();
    const email = newAddress();
    await mail(member, email);
    const [sms, right] = [world.outbox.codeFor(member.phone), world.outbox.codeFor(email)];
    if (sms !== right) expect((await link(member, email, sms)).json.code).toBe('code_wrong');
  });
});

describe('a mail code expires', () => {
  test('ten minutes after it was sent unless set otherwise, to the second', async () => {
    const brief = await createWorld({ MAIL_CODE_TTL_SECONDS: '120' });
    const email = newAddress();
    const member = await newMember(brief);
    await member.browser.checkIdentity('link_email', member.phone);
    expect((await mail(member, email)).json.expiresAt).toBe(isoIn(brief, 120));
    brief.pass({ seconds: 119 });
    const wrong = await link(member, email, wrongCode(brief.outbox.codeFor(email)));
    expectProblem(wrong, 'code_wrong', { attemptsLeft: 4 });
    brief.pass({ seconds: 1 });
    expectProblem(await link(member, email, brief.outbox.codeFor(email)), 'code_expired');
    expect((await member.browser.get('/account')).json.checks).toMatchObject([{ step: 'verified' }]);
  });
});

describe('an address that already has an owner', () => {
  test.each([
    ['identity_registered', 'registered@example.com'],
    ['identity_linked', 'taken@example.com'],
    ['identity_sub_account', 'sub@example.com'],
  ] as const)(
    'is refused as %s once the person has proved to hold it; the mail code is used up, the check is not',
    async (code, email) => {
      if (code === 'identity_linked') await newPerson(world, { links: ['email'], address: email });
      const member = await verified();
      await mail(member, email);
      const right = world.outbox.codeFor(email);
      expectProblem(await link(member, email, wrongCode(right)), 'code_wrong', { attemptsLeft: 4 });

      const refused = await link(member, email, right);
      expectProblem(refused, code);
      expect(JSON.stringify(refused.json)).not.toMatch(/[123p]0000/);
      expectProblem(await link(member, email, right), 'code_expired');
      const { json } = await member.browser.get('/account');
      expect(json.checks).toMatchObject([{ purpose: 'link_email', step: 'verified' }]);

      world.pass({ seconds: 60 });
      const free = newAddress();
      expect((await mail(member, free)).status).toBe(202);
      expect((await link(member, free, world.outbox.codeFor(free))).status).toBe(201);
    },
  );

  test('is not linked beside one that the account has already', async () => {
    const { browser, phone } = await newMember(world);
    expect((await browser.linkEmail(newAddress(), phone)).status).toBe(201);
    expectProblem(await browser.post('/otp/send', { purpose: 'link_email' }), 'already_linked');
    expectProblem(await mail({ browser }, newAddress()), 'identity_check_required');
    expectProblem(await link({ browser }, newAddress(), '123456'), 'identity_check_required');
  });

  test('is not linked twice by one check in two sessions', async () => {
    const member = await verified();
    const [first, second] = [newAddress(), newAddress()];
    await mail(member, first);
    world.pass({ seconds: 60 });
    const other = { ...member, browser: await signedIn(world, member) };
    await other.browser.checkIdentity('link_email', member.phone);
    await mail(other, second);
    const lost = await link(member, first, world.outbox.codeFor(first));
    expectProblem(lost, 'identity_check_required');
    expect((await link(other, second, world.outbox.codeFor(second))).status).toBe(201);
  });
});
