import { describe, expect, jest, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

const attributesOf = (cookie: string) =>
  cookie
    .split('; ')
    .slice(1)
    .map((attribute) => attribute.toLowerCase())
    .sort();

describe('the cookie of a session', () => {
  const HOST = ['httponly', 'path=/', 'samesite=lax', 'secure'];

  test('is __Host-session, Secure, HttpOnly, SameSite=Lax, Path=/, of no domain, by every way in', async () => {
    const { address, who } = await newMember(world, { links: ['email'] });
    const byQQ = await world.browser().signInBy('qq', who);
    const byEmail = await world.browser().signInByEmail(address);
    for (const { setCookies } of [byQQ, byEmail]) {
      const cookies = setCookies.filter((cookie) => cookie.startsWith('__Host-session='));
      expect(cookies).toHaveLength(1);
      expect(attributesOf(cookies[0] ?? '')).toEqual(HOST);
    }
  });

  test('holds at least 128 random bits, new each time', async () => {
    const member = await newMember(world);
    const values = new Set<string>();
    for (let sessions = 0; sessions < 3; sessions += 1)
      values.add((await signedIn(world, member)).cookies.get('__Host-session') ?? '');
    expect(values.size).toBe(3);
    for (const value of values) expect(value.split('.').at(-1)?.length).toBeGreaterThanOrEqual(22);
  });

  test('is not what is stored', async () => {
    const { browser } = await newMember(world);
    const secret = browser.cookies.get('__Host-session')?.split('.').at(-1) ?? '';
    expect(secret).not.toBe('');
    expect(JSON.stringify([...(await world.items())])).not.toContain(secret);
  });

  test('is taken away by signing out, and what it held opens nothing any more', async () => {
    const { browser } = await newMember(world);
    const before = `__Host-session=${browser.cookies.get('__Host-session')}`;
    const reply = await browser.delete('/session');
    expect(reply).toMatchObject({ status: 204, json: undefined });
    expect(reply.setCookies).toHaveLength(1);
    expect(attributesOf(reply.setCookies[0] ?? '')).toEqual(['httponly', 'max-age=0', ...HOST.slice(1)]);
    expectProblem(await browser.get('/account', { cookies: [before] }), 'not_signed_in');
    expectProblem(await browser.delete('/session', { cookies: [before] }), 'not_signed_in');
  });

  test('is needed by every route of a signed-in user', async () => {
    const nobody = world.browser();
    expectProblem(await nobody.get('/account'), 'not_signed_in');
    for (const path of ['/otp/send', '/otp/verify', '/links/email/send', '/links/email', '/links/wechat'])
      expectProblem(await nobody.post(path, {}), 'not_signed_in');
    for (const path of ['/links/email', '/session'])
      expectProblem(await nobody.delete(path), 'not_signed_in');
  });
});

describe('signing out', () => {
  test('ends one session, and leaves the others', async () => {
    const member = await newMember(world);
    const other = await signedIn(world, member);
    await member.browser.delete('/session');
    expect((await other.get('/account')).status).toBe(200);
  });
});

describe('a session that is not used', () => {
  test('ends after an hour, to the second', async () => {
    const [early, late] = [await newMember(world), await newMember(world)];
    world.pass({ seconds: 3599 });
    expect((await early.browser.get('/account')).status).toBe(200);
    world.pass({ seconds: 1 });
    expectProblem(await late.browser.get('/account'), 'not_signed_in');
    expectProblem(await late.browser.post('/otp/send', { purpose: 'link_email' }), 'not_signed_in');
  });
});

describe('a session that is used', () => {
  test('goes on for an hour from then, by looking and by changing', async () => {
    const { browser } = await newMember(world);
    world.pass({ seconds: 3000 });
    expect((await browser.get('/account')).json.session.expiresAt).toBe(isoIn(world, 3600));
    world.pass({ seconds: 3599 });
    expect((await browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
    expect((await browser.get('/account')).json.session.expiresAt).toBe(isoIn(world, 3600));
    world.pass({ seconds: 3600 });
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });

  test.each([1, 120, 299, 300, 301, 3599])(
    'after %d s ends when the account page says it does, to the second',
    async (seconds) => {
      const member = await newMember(world);
      const other = { ...member, browser: await signedIn(world, member) };
      world.pass({ seconds });
      const ends = [];
      for (const { browser } of [member, other])
        ends.push(Date.parse((await browser.get('/account')).json.session.expiresAt) / 1000);
      world.pass({ seconds: (ends[0] ?? 0) - world.nowSeconds - 1 });
      expect((await member.browser.get('/account')).status).toBe(200);
      world.pass({ seconds: 1 });
      expectProblem(await other.browser.get('/account'), 'not_signed_in');
    },
  );

  test('ends after twelve hours all the same, to the second', async () => {
    const { browser } = await newMember(world);
    const ends = isoIn(world, 43_200);
    for (let uses = 0; uses < 14; uses += 1) {
      world.pass({ seconds: 3000 });
      expect((await browser.get('/account')).status).toBe(200);
    }
    expect((await browser.get('/account')).json.session.expiresAt).toBe(ends);
    world.pass({ seconds: 1199 });
    const last = await browser.post('/otp/send', { purpose: 'link_email' });
    expect(last.status).toBe(202);
    expect((await browser.get('/account')).json.session.expiresAt).toBe(ends);
    world.pass({ seconds: 1 });
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });

  test('goes by its settings', async () => {
    const brief = await createWorld({ SESSION_IDLE_SECONDS: '100', SESSION_MAX_SECONDS: '150' });
    const { browser } = await newMember(brief);
    brief.pass({ seconds: 99 });
    expect((await browser.get('/account')).json.session.expiresAt).toBe(isoIn(brief, 51));
    brief.pass({ seconds: 51 });
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });
});

describe('a session that ends while it is looked at', () => {
  test('is refused as ended, not as a fault', async () => {
    const { browser } = await newMember(world);
    world.pass({ seconds: 1000 });
    const documents = world.table.documents;
    const send = documents.send.bind(documents);
    const cookies = browser.cookieLines;
    let calls = 0;
    const spy = jest.spyOn(documents, 'send').mockImplementation(async (...call) => {
      calls += 1;
      // Between the read of the account page and the renewal that follows it.
      if (calls === 2) await world.request('DELETE', '/session', { cookies });
      return send(...call);
    });
    try {
      expectProblem(await browser.get('/account'), 'not_signed_in');
    } finally {
      spy.mockRestore();
    }
  });
});

describe('what is no session’s cookie', () => {
  test('is nobody’s: 401 on every route, never a fault', async () => {
    const { browser, accountId } = await newMember(world);
    const real = browser.cookies.get('__Host-session') ?? '';
    const [account = '', secret = ''] = real.split('.');
    const tampered = (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1);
    const bad = [
      '',
      '.',
      'x',
      real.slice(0, -1),
      `${real}A`,
      `${account}.${tampered}`,
      `${account}.`,
      `.${secret}`,
      secret,
      `100000001.${secret}`,
      `${accountId}%00.${secret}`,
      `ACCOUNT#${account}.${secret}`,
      `../${account}.${secret}`,
      `${account}.${secret}.${secret}`,
      `__proto__.${secret}`,
      `${'9'.repeat(5000)}.${secret}`,
      `${account}.${'A'.repeat(5000)}`,
      '%E0%A4%A',
      '中文.令牌',
      '\u0000',
      '💥'.repeat(100),
      `"${real}`,
    ];
    for (const value of bad) {
      const cookies = [`__Host-session=${value}`];
      expectProblem(await world.browser().get('/account', { cookies }), 'not_signed_in');
      const reply = await world.browser().delete('/session', { cookies });
      expectProblem(reply, 'not_signed_in');
    }
    for (const cookies of [
      ['__Host-session'],
      ['='],
      [';;;'],
      [`session=${real}`],
      [`__host-session=${real}`],
    ])
      expectProblem(await world.browser().get('/account', { cookies }), 'not_signed_in');
    expect((await browser.get('/account')).status).toBe(200);
  });

  test('does not prevent a sign-in', async () => {
    const person = newWeChatPerson(world);
    const { browser, phone } = await newMember(world);
    await browser.linkWeChat(person, phone);
    const stranger = world.browser();
    stranger.cookies.set('__Host-session', 'x.y.z');
    expect((await stranger.signInBy('wechat', person)).result).toBe('signed_in');
    const again = world.browser();
    again.cookies.set('__Host-session', `nobody.${'A'.repeat(43)}`);
    expect((await again.signInBy('wechat', person)).result).toBe('signed_in');
  });
});
