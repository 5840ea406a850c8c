import { describe, expect, test } from '@jest/globals';
import type { Spent } from '../../lib/linking/spent.ts';
import type { Browser } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { type Member, newAddress, newMember, newPerson, signedIn, times } from '../support/people.ts';
import { RoundTrips, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

const HOUR = 3600;
/** Worlds begin at ten o'clock. */
const REST_OF_DAY = 14 * HOUR;

let ips = 0;
const newIp = () => `203.0.113.${++ips}`;

const send = ({ browser }: Member, purpose = 'link_email', sourceIp = newIp()) =>
  browser.post('/otp/send', { purpose }, { sourceIp });
const signIn = (browser: Browser, email: string, sourceIp = newIp()) =>
  browser.post('/sign-in/email/send', { email }, { sourceIp });

/** The keys of all counters. */
async function counterKeys(world: World): Promise<string[]> {
  return [...(await world.items()).keys()].filter((key) => key.startsWith('GUARD#'));
}

/** What the sessions of each account have spent, by the method that opened them. */
async function spentBySessions(world: World): Promise<Record<string, Spent>> {
  const items = [...(await world.items())].filter(([, item]) => 'spent' in item);
  return Object.fromEntries(items.map(([key, item]) => [key, item['spent'] as Spent]));
}

/** What is counted of codes by SMS that are not verified, in all shards together. */
async function ratioCounts(world: World): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const item of (await world.items()).values())
    for (const [name, count] of Object.entries(item))
      if (/^(ratio|range)_/.test(name)) sums[name] = (sums[name] ?? 0) + Number(count);
  return sums;
}

describe('the codes of one account', () => {
  test('are so many a day, by SMS and mail together, whatever they are for, and in whatever session', async () => {
    const world = await createWorld({ SENDS_PER_ACCOUNT_PER_DAY: '4' });
    const member = await newMember(world);
    const { browser, phone } = member;
    await browser.checkIdentity('link_email', phone);
    for (let mails = 0; mails < 2; mails += 1) {
      expect((await browser.post('/links/email/send', { email: newAddress() })).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expect((await send(member, 'link_wechat')).status).toBe(202);
    const rest = REST_OF_DAY - 120;
    expectProblem(await send(member), 'quota_exceeded', { retryAfter: rest });
    expectProblem(await browser.post('/links/email/send', { email: newAddress() }), 'quota_exceeded', {
      retryAfter: rest,
    });
    expect((await send(await newMember(world))).status).toBe(202);
  });

  test('are exactly so many side by side, whatever they are for', async () => {
    const world = await createWorld({ SENDS_PER_ACCOUNT_PER_DAY: '3', SENDS_PER_10_MINUTES: '100' });
    const member = await newMember(world, { links: ['wechat'] });
    const purposes = ['link_email', 'unlink_wechat', 'replace_wechat', 'preferences', 'export', 'only'];
    const codes = (await Promise.all(purposes.map((purpose) => send(member, purpose)))).map(
      ({ status }) => status,
    );
    expect(codes.toSorted()).toEqual([202, 202, 202, 429, 429, 429]);
    const spent = Object.values(await spentBySessions(world));
    expect(spent).toMatchObject([{ codes: { count: 3 } }]);
  });

  test('are apart for each method that opened the session, and one that was refused is none', async () => {
    const world = await createWorld({ SENDS_PER_ACCOUNT_PER_DAY: '1' });
    const member = await newMember(world, { links: ['wechat'] });
    world.pass({ seconds: 100 * HOUR });
    world.outbox.fates.push('refused');
    const [byQq, byWeChat] = [await signedIn(world, member, 'qq'), await signedIn(world, member, 'wechat')];
    const ask = (browser: Browser) => browser.post('/otp/send', { purpose: 'link_email' });
    expect((await ask(byQq)).status).toBe(502);
    for (const browser of [byQq, byWeChat]) {
      expect((await ask(browser)).status).toBe(202);
      world.pass({ seconds: 60 });
      expect((await ask(browser)).json.code).toBe('quota_exceeded');
    }
  });

  test('are forgotten at midnight, UTC', async () => {
    const world = await createWorld({
      SENDS_PER_ACCOUNT_PER_DAY: '1',
      SESSION_IDLE_SECONDS: '86400',
      SESSION_MAX_SECONDS: '86400',
    });
    const member = await newMember(world);
    await send(member);
    world.pass({ seconds: REST_OF_DAY - 1 });
    expectProblem(await send(member), 'quota_exceeded', { retryAfter: 1 });
    world.pass({ seconds: 1 });
    expect((await send(member)).status).toBe(202);
  });
});

describe('the codes that one IP address asks for', () => {
  test('are so many an hour, of all kinds and accounts together', async () => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '3' });
    const ip = newIp();
    const [one, two] = [await newMember(world), await newMember(world)];
    expect((await send(one, 'link_email', ip)).status).toBe(202);
    await one.browser.post('/otp/verify', { purpose: 'link_email', code: world.outbox.codeFor(one.phone) });
    const mail = { email: newAddress() };
    expect((await one.browser.post('/links/email/send', mail, { sourceIp: ip })).status).toBe(202);
    expect((await signIn(world.browser(), newAddress(), ip)).status).toBe(202);

    expectProblem(await send(two, 'link_email', ip), 'quota_exceeded', { retryAfter: HOUR });
    expectProblem(await signIn(world.browser(), newAddress(), ip), 'quota_exceeded', { retryAfter: HOUR });
    expect((await two.browser.get('/account')).json.checks).toEqual([]);
    expect((await send(two)).status).toBe(202);
    world.pass({ seconds: HOUR });
    expect((await signIn(world.browser(), newAddress(), ip)).status).toBe(202);
  });

  test.each([
    ['203.0.113.9:', 'an IPv4 address, each time from another port'],
    ['[2001:db8::9]:', 'an IPv6 address, each time from another port'],
    ['not-an-address-', 'what is no address, each time another'],
  ])('are counted together for %s: %s', async (address) => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '3' });
    const sent: number[] = [];
    for (let port = 4711; port < 4717; port += 1)
      sent.push((await signIn(world.browser(), newAddress(), `${address}${port}`)).status);
    expect(sent).toEqual([202, 202, 202, 429, 429, 429]);
  });

  test('are those of a /64 where it is IPv6, and of the IPv4 address where that is inside', async () => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '2' });
    const from = (ip: string) => signIn(world.browser(), newAddress(), ip);
    for (const ip of ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'])
      expect((await from(ip)).status).toBe(202);
    expectProblem(await from('2001:db8:1:2:abcd::1'), 'quota_exceeded', { retryAfter: HOUR });
    expect((await from('2001:db8:1:3::1')).status).toBe(202);
    for (const ip of ['198.51.100.1', '::ffff:198.51.100.1']) expect((await from(ip)).status).toBe(202);
    expectProblem(await from('::ffff:c633:6401'), 'quota_exceeded', { retryAfter: HOUR });
  });

  test('are counted for an unowned address as for any other', async () => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '2' });
    const ask = async (address: () => string) => {
      const ip = newIp();
      return times(3, () => signIn(world.browser(), address(), ip));
    };
    const registered = ['registered@example.com', 'nophone@example.com', 'linked@example.com'];
    const known = await ask(() => registered.pop() ?? '');
    const unknown = await ask(newAddress);
    const told = (replies: typeof known) => replies.map(({ status, json }) => [status, json.code]).toSorted();
    expect(told(known)).toEqual(told(unknown));
    expect(told(unknown)).toEqual([
      [202, undefined],
      [202, undefined],
      [429, 'quota_exceeded'],
    ]);
  });

  test('cost nothing once the address is over its limit: this process remembers it', async () => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '2' });
    const ip = newIp();
    const member = await newMember(world);
    for (let sends = 0; sends < 3; sends += 1) await signIn(world.browser(), newAddress(), ip);
    const made: string[] = [];
    await new TableCalls(world).during(
      async ({ command }, proceed) => {
        made.push(command);
        return proceed();
      },
      async () => {
        for (let sends = 0; sends < 5; sends += 1)
          expectProblem(await signIn(world.browser(), newAddress(), ip), 'quota_exceeded', {
            retryAfter: HOUR,
          });
        expect(made).toEqual([]);
        expectProblem(await send(member, 'link_email', ip), 'quota_exceeded', { retryAfter: HOUR });
        // The session was read.
        expect(made).toEqual(['BatchGetItem']);
      },
    );
    world.pass({ seconds: HOUR });
    expect((await signIn(world.browser(), newAddress(), ip)).status).toBe(202);
  });

  test('are believed of the gateway alone', async () => {
    const world = await createWorld({ SENDS_PER_IP_PER_HOUR: '1' });
    const sourceIp = newIp();
    const ask = (forwarded: string) =>
      world
        .browser()
        .post(
          '/sign-in/email/send',
          { email: newAddress() },
          { sourceIp, headers: { 'x-forwarded-for': forwarded } },
        );
    expect((await ask('192.0.2.1')).status).toBe(202);
    expect((await ask('192.0.2.2')).status).toBe(429);
  });

  test('stand in no key for everybody to read, nor does a range of numbers', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const member = await newMember(world);
    await send(member, 'link_email', '198.51.100.77');
    const keys = await counterKeys(world);
    expect(keys.map((key) => key.split('#')[1]).toSorted()).toEqual(['ip', 'ip_sign_in', 'range', 'sms']);
    for (const plain of ['198.51', member.phone.slice(3, 11)]) expect(keys.join()).not.toContain(plain);
  });
});

describe('a code that was refused on its way', () => {
  test('gives back what account and IP address spent, and one that is unknown does not', async () => {
    const world = await createWorld({ SENDS_PER_ACCOUNT_PER_DAY: '2', SENDS_PER_IP_PER_HOUR: '2' });
    const member = await newMember(world);
    const ip = newIp();
    for (let tries = 0; tries < 5; tries += 1) {
      world.outbox.fates.push('refused');
      expectProblem(await send(member, 'link_email', ip), 'delivery_failed');
    }
    expect((await send(member, 'link_email', ip)).status).toBe(202);
    world.pass({ seconds: 60 });
    world.outbox.fates.push('lost');
    expectProblem(await send(member, 'link_email', ip), 'delivery_failed');
    world.pass({ seconds: 60 });
    expectProblem(await send(member, 'link_email', ip), 'quota_exceeded', { retryAfter: REST_OF_DAY - 120 });
    expectProblem(await send(await newMember(world), 'link_email', ip), 'quota_exceeded', {
      retryAfter: HOUR - 120,
    });
  });

  test('gives nothing back to the cap: what was tried may have cost', async () => {
    const world = await createWorld({ SMS_PER_HOUR: '2' });
    for (let tries = 0; tries < 2; tries += 1) {
      world.outbox.fates.push('refused');
      expectProblem(await send(await newMember(world)), 'delivery_failed');
    }
    expectProblem(await send(await newMember(world)), 'unavailable', { retryAfter: HOUR });
  });

  test('is no sign of a number range that is pumped', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const members = [];
    for (let count = 0; count < 22; count += 1) members.push(await newMember(world));
    for (const member of members) {
      world.outbox.fates.push('refused');
      expectProblem(await send(member), 'delivery_failed');
    }
    expect((await send(await newMember(world))).status).toBe(202);
  });
});

describe('a country that is not served', () => {
  test('gets no SMS, which is counted, and spends nothing', async () => {
    const world = await createWorld();
    const member = await newMember(world, { phone: '+447700900123' });
    expectProblem(await send(member), 'country_not_served');
    expect(world.outbox.sent).toEqual([]);
    expect(world.observer.counted).toContain('CountryNotServed');
    expect((await counterKeys(world)).filter((key) => !key.startsWith('GUARD#ip_sign_in#'))).toEqual([]);
    expect((await member.browser.get('/account')).json.checks).toEqual([]);
  });

  test('is served if the operator says so', async () => {
    const world = await createWorld({ SMS_COUNTRIES: '86, 44' });
    expect((await send(await newMember(world, { phone: '+447700900123' }))).status).toBe(202);
    expect((await send(await newMember(world))).status).toBe(202);
    expectProblem(await send(await newMember(world, { phone: '+12025550123' })), 'country_not_served');
  });
});

describe('the cap of SMS', () => {
  test('stops everybody’s at exactly so many in an hour, is counted, and is over with the next', async () => {
    const world = await createWorld({ SMS_PER_HOUR: '3', SMS_PER_DAY: '5' });
    const members = [];
    for (let count = 0; count < 8; count += 1) members.push(await newMember(world));
    const replies = await Promise.all(members.map((member) => send(member)));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(3);
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(5);
    expect(world.outbox.sent).toHaveLength(3);
    expect(world.observer.counted.filter((metric) => metric === 'SpendGuardClosed')).toHaveLength(5);

    const [one] = members.filter((_, index) => replies[index]?.status === 503) as [Member];
    expectProblem(await send(one), 'unavailable', { retryAfter: HOUR });
    expect((await one.browser.get('/account')).json.checks).toEqual([]);
    world.pass({ seconds: HOUR });
    expect((await send(await newMember(world))).status).toBe(202);
    expect((await send(await newMember(world))).status).toBe(202);
    expectProblem(await send(await newMember(world)), 'unavailable', { retryAfter: REST_OF_DAY - HOUR });
  });

  test('leaves mail alone', async () => {
    const world = await createWorld({ SMS_PER_HOUR: '1' });
    const { browser, phone } = await newMember(world);
    await browser.checkIdentity('link_email', phone);
    expect((await browser.post('/otp/send', { purpose: 'link_wechat' })).status).toBe(503);
    expect((await browser.post('/links/email/send', { email: newAddress() })).status).toBe(202);
    expect((await world.browser().signInByEmail('registered@example.com')).status).toBe(200);
  });

  test('says first what is the caller’s own doing', async () => {
    const world = await createWorld({ SMS_PER_HOUR: '1' });
    const member = await newMember(world);
    await send(member);
    expectProblem(await send(member), 'too_soon', { retryAfter: 60 });
  });
});

describe('the cap of mail', () => {
  test('counts what is mailed: unowned addresses use none of it up', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '2' });
    for (let sends = 0; sends < 6; sends += 1)
      expect((await signIn(world.browser(), newAddress())).status).toBe(202);
    await world.deliverStream();
    expect((await world.browser().signInByEmail('registered@example.com')).status).toBe(200);
  });

  test('refuses every address alike once it is reached, and nothing is mailed', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '1' });
    await world.browser().signInByEmail('registered@example.com');
    expect(world.outbox.sent).toHaveLength(1);
    const retryAfter = HOUR;
    for (const address of ['linked@example.com', newAddress(), 'sub@example.com', newAddress()])
      expectProblem(await signIn(world.browser(), address), 'unavailable', { retryAfter });
    expect(await world.deliverStream()).toBe(0);
    expect(world.outbox.sent).toHaveLength(1);

    const { browser, phone } = await newMember(world);
    await browser.checkIdentity('link_email', phone);
    const mail = await browser.post('/links/email/send', { email: newAddress() });
    expectProblem(mail, 'unavailable', { retryAfter });
    world.pass({ seconds: HOUR });
    expect((await world.browser().signInByEmail('linked@example.com')).status).toBe(200);
  });

  test('stops the mails that were requested before it was reached', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '1' });
    const browser = world.browser();
    const asked = ['registered@example.com', 'nophone@example.com', 'linked@example.com'];
    for (const address of asked) expect((await signIn(browser, address)).status).toBe(202);
    expect(await world.deliverStream()).toBe(0);
    expect(world.outbox.sent).toHaveLength(1);
    expect(world.observer.counted.filter((metric) => metric === 'SpendGuardClosed')).toHaveLength(2);
    // What was not mailed has no code: it can't even be guessed.
    const codes = [...(await world.items()).values()].filter((item) => item['code'] !== undefined);
    expect(codes).toHaveLength(1);
  });

  test('takes nothing from an address once this process knows it is reached', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '0' });
    for (let tries = 0; tries < 3; tries += 1)
      expectProblem(await signIn(world.browser(), newAddress()), 'unavailable', { retryAfter: HOUR });
    expect([...(await world.items()).keys()].filter((key) => /^(QUOTA|SIGNIN|GUARD)#/.test(key))).toEqual([]);
  });
});

describe('the ratio of codes sent to codes verified', () => {
  /** Members with phones in a range of their own. */
  async function membersIn(world: World, range: number, count: number) {
    const members: Member[] = [];
    for (let index = 0; index < count; index += 1)
      members.push(
        await newMember(world, { phone: `+86138${String(range).padStart(4, '0')}${1000 + index}` }),
      );
    return members;
  }

  test('twenty accounts that type no code close identity checks to themselves and to nobody else', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const attackers: Member[] = [];
    for (let range = 0; range < 20; range += 1) attackers.push(...(await membersIn(world, range, 1)));
    const [owner] = (await membersIn(world, 20, 1)) as [Member];
    for (let codes = 0; codes < 5; codes += 1) {
      for (const attacker of attackers) expect((await send(attacker)).status).toBe(202);
      world.pass({ seconds: 60 });
    }
    expect(world.observer.counted).not.toContain('UnverifiedRatioHigh');

    world.pass({ seconds: 600 });
    const retryAfter = HOUR - 900;
    for (const attacker of attackers)
      expectProblem(await send(attacker, 'link_wechat'), 'quota_exceeded', { retryAfter });
    expect(world.observer.counted).toContain('UnverifiedRatioHigh');
    expect((await owner.browser.checkIdentity('link_email', owner.phone)).status).toBe(200);
    for (let codes = 0; codes < 3; codes += 1) {
      world.pass({ seconds: 60 });
      expect((await send(owner)).status).toBe(202);
    }
    world.pass({ seconds: retryAfter - 180 });
    expect((await send(attackers[0] as Member)).status).toBe(202);
  }, 60_000);

  test('over its limit in a range of numbers, limits accounts of that range, and raises an alarm', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const members = await membersIn(world, 0, 22);
    for (const member of members) expect((await send(member)).status).toBe(202);
    expect(world.observer.counted.filter((metric) => metric === 'UnverifiedRatioHigh')).toHaveLength(2);
    const [first, second, third] = members as [Member, Member, Member];
    const [elsewhere] = (await membersIn(world, 1, 1)) as [Member];
    for (let codes = 0; codes < 2; codes += 1) {
      world.pass({ seconds: 60 });
      for (const member of [first, elsewhere]) expect((await send(member)).status).toBe(202);
    }
    expect((await send(elsewhere, 'link_wechat')).status).toBe(202);
    expect((await send(elsewhere, 'unlink_wechat')).json.code).toBe('not_linked');
    expectProblem(await send(first, 'link_wechat'), 'quota_exceeded', { retryAfter: HOUR - 120 });

    // Those who type a code make room for five each in the range, so that nobody is limited until it is over again.
    for (const { browser, phone } of [second, third])
      expect((await browser.checkIdentity('link_wechat', phone)).status).toBe(200);
    world.pass({ seconds: 10 });
    expect((await send(first, 'link_wechat')).status).toBe(202);
  }, 60_000);

  test('limits no account that has typed its codes', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '1' });
    const members = await membersIn(world, 0, 22);
    for (const member of members) await send(member);
    const [first] = members as [Member];
    for (const purpose of ['link_email', 'link_wechat', 'link_email', 'link_wechat']) {
      world.pass({ seconds: 60 });
      expect((await first.browser.checkIdentity(purpose, first.phone)).status).toBe(200);
    }
  });

  test('counts no code to restore with, neither as sent nor as verified', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const member = await newMember(world);
    const told = await noticesDuring(world, () => member.browser.linkEmail(newAddress(), member.phone));
    const bySms = told.find(({ to }) => to === member.phone);
    const counts = async () => [await spentBySessions(world), await ratioCounts(world)];
    const link = { token: tokenIn(bySms ?? { text: '' }) };
    await world.browser().post('/undo', link);
    world.pass({ seconds: 60 });
    const before = await counts();
    expect((await world.browser().post('/undo/code', link)).status).toBe(202);
    await world.browser().post('/undo/restore', { ...link, code: world.outbox.codeFor(member.phone) });
    expect(await counts()).toEqual(before);
  });

  test('takes no round trip of its own as long as it is not over, and one that is over is not asked again at once', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const members = await membersIn(world, 0, 22);
    const calls = new TableCalls(world);
    const trips: number[] = [];
    for (const member of members) {
      const counted = new RoundTrips();
      expect((await calls.during(counted.around, () => send(member))).status).toBe(202);
      trips.push(counted.count);
    }
    expect(trips).toEqual([...Array(20).fill(2), 5, 2]);
  });

  test('takes a wrong code for none', async () => {
    const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '5' });
    const member = await newMember(world);
    await send(member);
    await member.browser.post('/otp/verify', { purpose: 'link_email', code: '000000' });
    expect(await ratioCounts(world)).toEqual({ ratio_hour10: 1, range_hour10: 1 });
  });

  test('is not kept at all if it is off', async () => {
    const world = await createWorld();
    const person = await newPerson(world);
    await (await signedIn(world, person)).checkIdentity('link_email', person.phone);
    expect(await ratioCounts(world)).toEqual({});
    const spent = Object.values(await spentBySessions(world));
    expect(spent).toEqual([{ codes: { window: expect.any(String), count: 1 } }]);
  });
});
