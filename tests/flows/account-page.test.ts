import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { becomesSubAccount, guessWrong, newAddress, newMember, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

describe('GET /account', () => {
  test('has exactly the members of the contract', async () => {
    const since = isoIn(world, 0);
    const { browser, accountId, who, nickname } = await newMember(world, {
      phone: '+8613800138095',
      address: 'ab@example.com',
      links: ['email', 'wechat'],
    });
    world.pass({ seconds: 30 });
    const { status, json, headers } = await browser.get('/account');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    const active = { since, state: 'active', stateUntil: null };
    expect(json).toEqual({
      accountId,
      name: who,
      phone: '138****8095',
      frozenUntil: null,
      methods: [
        {
          provider: 'email',
          relation: 'linked',
          display: 'a***@example.com',
          actions: ['unlink', 'replace'],
          ...active,
        },
        {
          provider: 'wechat',
          relation: 'linked',
          display: nickname,
          actions: ['unlink', 'replace'],
          ...active,
        },
        { provider: 'qq', relation: 'registered', display: nickname, actions: [], ...active, since: null },
      ],
      checks: [],
      lastFlow: {
        flowId: expect.any(String),
        provider: 'qq',
        intent: 'sign_in',
        result: 'signed_in',
        at: since,
      },
      session: { openedBy: 'qq', expiresAt: expect.any(String) },
      preferences: { language: null, notify: 'all' },
      notices: [],
    });
  });

  test('shows no phone as null, and no flow as null', async () => {
    const browser = world.browser();
    await browser.signInByEmail('nophone@example.com');
    expect((await browser.get('/account')).json).toMatchObject({ phone: null, lastFlow: null });
  });

  test('offers a sub-account no changes', async () => {
    const member = await newMember(world, { links: ['email'] });
    await becomesSubAccount(world, member);
    const { status, json } = await member.browser.get('/account');
    expect(status).toBe(200);
    expect(json.methods.map(({ actions }: { actions: string[] }) => actions)).toEqual([[], [], []]);
  });

  test('repeats no whole phone, address, subject or code', async () => {
    const { browser, phone, address, subjects } = await newMember(world, { links: ['email', 'wechat'] });
    await browser.post('/otp/send', { purpose: 'unlink_email' });
    const text = JSON.stringify((await browser.get('/account')).json);
    const whole = [phone, phone.slice(3), address, ...subjects.wechat, world.outbox.codeFor(phone)];
    for (const secret of whole) expect(text).not.toContain(secret);
  });
});

describe('what a session has under way', () => {
  test('is shown at every step, so that a page can go on after a reload', async () => {
    const member = await newMember(world);
    const { browser, phone } = member;
    const checks = async () => (await browser.get('/account')).json.checks;
    const purpose = 'link_email';
    const sentTo = `${phone.slice(3, 6)}****${phone.slice(-4)}`;

    await browser.post('/otp/send', { purpose });
    const [expiresAt, resendAt] = [isoIn(world, 300), isoIn(world, 60)];
    const waiting = { purpose, step: 'phone', sentTo, expiresAt, resendAt, verifiedUntil: null };
    expect(await checks()).toEqual([{ ...waiting, attemptsLeft: 5 }]);
    await guessWrong(world, member, purpose, 2);
    expect(await checks()).toEqual([{ ...waiting, attemptsLeft: 3 }]);

    world.pass({ seconds: 10 });
    await browser.post('/otp/verify', { purpose, code: world.outbox.codeFor(phone) });
    const verifiedUntil = isoIn(world, 600);
    expect(await checks()).toMatchObject([{ purpose, step: 'verified', verifiedUntil }]);

    world.pass({ seconds: 10 });
    const email = newAddress();
    await browser.post('/links/email/send', { email });
    const mailed = {
      purpose,
      step: 'email',
      sentTo: `s***${email.charAt(email.indexOf('@') - 1)}@example.com`,
      resendAt: isoIn(world, 60),
      verifiedUntil,
    };
    expect(await checks()).toMatchObject([{ ...mailed, attemptsLeft: 5 }]);
    await browser.post('/links/email', { email, code: world.outbox.codeFor(email) });
    expect(await checks()).toEqual([]);
  });

  test('is one row a purpose', async () => {
    const { browser, phone } = await newMember(world, { links: ['email'] });
    await browser.checkIdentity('unlink_email', phone);
    await browser.post('/otp/send', { purpose: 'link_wechat' });
    expect((await browser.get('/account')).json.checks).toMatchObject([
      { purpose: 'link_wechat', step: 'phone' },
      { purpose: 'unlink_email', step: 'verified' },
    ]);
  });

  test('is not shown to another session of the account', async () => {
    const member = await newMember(world);
    await member.browser.post('/otp/send', { purpose: 'link_email' });
    const other = await signedIn(world, member);
    expect((await other.get('/account')).json.checks).toEqual([]);
  });

  test('is gone when it expires, to the second', async () => {
    const { browser, phone } = await newMember(world);
    const rows = async () => (await browser.get('/account')).json.checks.length;
    await browser.post('/otp/send', { purpose: 'link_email' });
    await browser.checkIdentity('link_wechat', phone);
    world.pass({ seconds: 299 });
    expect(await rows()).toBe(2);
    world.pass({ seconds: 1 });
    expect(await rows()).toBe(1);
    world.pass({ seconds: 299 });
    expect(await rows()).toBe(1);
    world.pass({ seconds: 1 });
    expect(await rows()).toBe(0);
  });
});

describe('an account that is gone', () => {
  test('has no sessions', async () => {
    const { browser, accountId } = await newMember(world);
    const Key = { pk: `ACCOUNT#${accountId}`, sk: 'PROFILE' };
    await world.documents.send(new DeleteCommand({ TableName: world.table.name, Key }));
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });
});
