import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Reply } from '../support/browser.ts';
import { challengesIn, itemsOf } from '../support/inspect.ts';

import { newMember, newPerson, type Person, signedIn, tally, times, wrongCode } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

const MANY_SENDS = { SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100' };

let world: World;
beforeAll(async () => {
  world = await createWorld(MANY_SENDS);
});
afterEach(() => {
  const faults = world.answers.filter(({ statusCode = 0, headers }) => {
    return statusCode >= 500 || String(headers?.['location']).includes('unavailable');
  });
  expect(faults).toEqual([]);
});

/** The challenge of an account's sessions. */
async function challengeOf({ accountId }: Person, of: string): Promise<Stored | undefined> {
  const found = challengesIn(await itemsOf(world, `ACCOUNT#${accountId}`));
  return found.find(({ purpose }) => purpose === of)?.challenge;
}
// What the assertions look at of any item.
interface Stored {
  readonly check?: {
    code?: { attempts: number };
    mail?: { code: { attempts: number } };
    verifiedUntil?: number;
  };
  readonly subjects?: string[];
}

/** Somebody whose mailed code waits, at the last step of linking an address. */
async function withMailCode(person: Person, address = person.address) {
  const browser = await signedIn(world, person);
  expect((await browser.checkIdentity('link_email', person.phone)).status).toBe(200);
  expect((await browser.post('/links/email/send', { email: address })).status).toBe(202);
  return { browser, code: world.outbox.codeFor(address) };
}

/** Somebody whose sign-in code waits. */
async function withSignInCode(person: Person) {
  const browser = world.browser();
  const sent = await browser.post('/sign-in/email/send', { email: person.address });
  expect(await world.deliverStream()).toBe(0);
  return { challengeId: sent.json.challengeId as string, code: world.outbox.codeFor(person.address) };
}

/** How many of the guesses were judged, and what the right code is answered after them. */
async function guessing(right: string, guess: (code: string) => Promise<Reply>) {
  const guesses = await times(200, (index) => guess(wrongCode(right, index + 1)));
  return { answers: tally(guesses), afterwards: tally([await guess(right)]) };
}

const BUDGET_SPENT = {
  answers: { code_wrong: 5, too_many_attempts: 195 },
  afterwards: { too_many_attempts: 1 },
};

describe('a code by SMS', () => {
  test('50 parallel right ones: exactly one success', async () => {
    const person = await newMember(world);
    const { browser } = person;
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = world.outbox.codeFor(person.phone);
    const replies = await times(50, () => browser.post('/otp/verify', { purpose: 'link_email', code }));
    expect(tally(replies)).toEqual({ 200: 1, code_expired: 49 });
  });

  test('200 parallel wrong ones: 5 are judged, and the right one then fails', async () => {
    const person = await newMember(world);
    const { browser } = person;
    await browser.post('/otp/send', { purpose: 'link_email' });
    const verify = (code: string) => browser.post('/otp/verify', { purpose: 'link_email', code });
    expect(await guessing(world.outbox.codeFor(person.phone), verify)).toEqual(BUDGET_SPENT);
    expect((await challengeOf(person, 'link_email'))?.check?.code?.attempts).toBe(5);
  });

  test('guesses from two sessions share one budget', async () => {
    const person = await newPerson(world);
    const [first, second] = [await signedIn(world, person), await signedIn(world, person)];
    await first.post('/otp/send', { purpose: 'link_email' });
    const right = world.outbox.codeFor(person.phone);
    const guess = (browser: Browser) => (index: number) =>
      browser.post('/otp/verify', { purpose: 'link_email', code: wrongCode(right, index + 1) });
    const [own, others] = await Promise.all([times(20, guess(first)), times(20, guess(second))]);
    expect(tally(own)).toEqual({ code_wrong: 5, too_many_attempts: 15 });
    expect(tally(others)).toEqual({ code_expired: 20 });
  });
});

describe('a code by mail', () => {
  test('50 parallel right ones: exactly one link', async () => {
    const person = await newPerson(world);
    const { browser, code } = await withMailCode(person);
    const replies = await times(50, () => browser.post('/links/email', { email: person.address, code }));
    expect(tally(replies)).toEqual({ 201: 1, identity_check_required: 49 });
    const events = [...(await world.items()).keys()].filter((key) =>
      key.startsWith(`ACCOUNT#${person.accountId}/EVENT#`),
    );
    expect(events).toHaveLength(2);
  });

  test('200 parallel wrong ones: 5 are judged, and the right one then fails', async () => {
    const person = await newPerson(world);
    const { browser, code } = await withMailCode(person);
    const confirm = (guess: string) => browser.post('/links/email', { email: person.address, code: guess });
    expect(await guessing(code, confirm)).toEqual(BUDGET_SPENT);
    expect((await challengeOf(person, 'link_email'))?.check?.mail?.code.attempts).toBe(5);
  });
});

describe('a sign-in code', () => {
  test('50 parallel right ones: exactly one session', async () => {
    const person = await newPerson(world, { links: ['email'] });
    const guess = await withSignInCode(person);
    const replies = await times(50, () => world.browser().post('/sign-in/email', guess));
    expect(tally(replies)).toEqual({ 200: 1, code_expired: 49 });
    const sessions = [...(await world.items()).keys()].filter((key) =>
      key.startsWith(`ACCOUNT#${person.accountId}/SESSION#`),
    );
    expect(sessions).toHaveLength(1);
  });

  test('200 parallel wrong ones: 5 are judged, and the right one then fails', async () => {
    const person = await newPerson(world, { links: ['email'] });
    const { challengeId, code } = await withSignInCode(person);
    const guess = (guessed: string) => world.browser().post('/sign-in/email', { challengeId, code: guessed });
    expect(await guessing(code, guess)).toEqual(BUDGET_SPENT);
    const challenges = [...(await world.items()).values()].filter(
      (item) => item['address'] === person.address,
    );
    expect(challenges.map((challenge) => challenge['attempts'])).toEqual([5]);
  });

  test('guesses at three challenges of one address at once: no more than the 10 of its day are judged', async () => {
    const person = await newPerson(world, { links: ['email'] });
    const challenges: { challengeId: string; code: string }[] = [];
    for (let count = 0; count < 3; count += 1) {
      challenges.push(await withSignInCode(person));
      world.pass({ seconds: 61 });
    }
    const replies = await times(90, (index) => {
      const { challengeId, code } = challenges[index % 3] ?? { challengeId: '', code: '0' };
      return world.browser().post('/sign-in/email', { challengeId, code: wrongCode(code, index + 1) });
    });
    expect(tally(replies)).toEqual({ code_wrong: 10, too_many_attempts: 80 });
    for (const guess of challenges)
      expect(tally([await world.browser().post('/sign-in/email', guess)])).toEqual({ too_many_attempts: 1 });
  });
});

describe('20 accounts race for one identity', () => {
  async function losers(people: readonly Person[], purpose: string): Promise<Stored[]> {
    const challenges = await Promise.all(people.map((person) => challengeOf(person, purpose)));
    return challenges.filter((one) => one !== undefined).filter(({ check }) => check?.verifiedUntil);
  }

  test('a WeChat gets exactly one owner, the others keep their identity check', async () => {
    const { who } = await newPerson(world);
    const people: Person[] = [];
    const urls: { browser: Browser; url: string }[] = [];
    for (let count = 0; count < 20; count += 1) {
      const person = await newMember(world);
      const { browser } = person;
      await browser.checkIdentity('link_wechat', person.phone);
      urls.push({ browser, url: (await browser.post('/links/wechat')).json.authorizeUrl });
      people.push(person);
    }
    const replies = await Promise.all(urls.map(({ browser, url }) => browser.answer('wechat', url, who)));
    expect(tally(replies)).toEqual({ linked: 1, identity_linked: 19 });
    expect(await losers(people, 'link_wechat')).toHaveLength(19);

    const items = [...(await world.items()).entries()];
    const claims = items.filter(([key]) => key === `IDENTITY#wechat#union-${who}/CLAIM`);
    const methods = items.filter(([, { method_wechat: method }]) =>
      (method as Stored | undefined)?.subjects?.includes(`union-${who}`),
    );
    expect([claims.length, methods.length]).toEqual([1, 1]);
    expect(claims[0]?.[1]['accountId']).toBe(
      methods[0]?.[0].slice('ACCOUNT#'.length, methods[0][0].indexOf('/')),
    );
  });

  test('an address gets exactly one owner, the others keep their identity check and not their mail code', async () => {
    const { address } = await newPerson(world);
    const people: Person[] = [];
    const codes: Awaited<ReturnType<typeof withMailCode>>[] = [];
    for (let count = 0; count < 20; count += 1) {
      const person = await newPerson(world);
      codes.push(await withMailCode(person, address));
      people.push(person);
    }
    const confirm = ({ browser, code }: (typeof codes)[number]) =>
      browser.post('/links/email', { email: address, code });
    expect(tally(await Promise.all(codes.map(confirm)))).toEqual({ 201: 1, identity_linked: 19 });
    const kept = await losers(people, 'link_email');
    expect(kept).toHaveLength(19);
    expect(kept.every(({ check }) => check?.mail === undefined)).toBe(true);
    expect(tally(await Promise.all(codes.map(confirm)))).toEqual({
      identity_check_required: 1,
      code_expired: 19,
    });
  });
});

describe('sends at once', () => {
  test('one SMS goes out per interval', async () => {
    const person = await newMember(world);
    const { browser } = person;
    const sentBefore = world.outbox.sent.length;
    const replies = await times(30, () => browser.post('/otp/send', { purpose: 'link_wechat' }));
    expect(tally(replies)).toEqual({ 202: 1, too_soon: 29 });
    expect(world.outbox.sent).toHaveLength(sentBefore + 1);
  });

  test('one mail to a new address goes out per interval', async () => {
    const person = await newMember(world);
    const { browser } = person;
    await browser.checkIdentity('link_email', person.phone);
    const replies = await times(30, () => browser.post('/links/email/send', { email: person.address }));
    expect(tally(replies)).toEqual({ 202: 1, too_soon: 29 });
    expect(world.outbox.sent.filter(({ to }) => to === person.address)).toHaveLength(1);
  });

  test.each([{ links: ['email'] as const }, { links: [] }])(
    'one sign-in is asked for per interval, whether or not the address is anyone’s: %j',
    async ({ links }) => {
      const person = await newPerson(world, { links: [...links] });
      const send = () => world.browser().post('/sign-in/email/send', { email: person.address });
      expect(tally(await times(30, send))).toEqual({ 202: 1, too_soon: 29 });
      await world.deliverStream();
      expect(world.outbox.sent.filter(({ to }) => to === person.address)).toHaveLength(links.length);
    },
  );

  test('8 accounts with one phone: no more than its 5 of 10 minutes go out', async () => {
    world = await createWorld();
    const phone = '+861000000000';
    const browsers: Browser[] = [];
    for (let count = 0; count < 8; count += 1)
      browsers.push(await signedIn(world, await newPerson(world, { phone })));
    const replies = await Promise.all(
      browsers.map((browser) => browser.post('/otp/send', { purpose: 'link_email' })),
    );
    expect(tally(replies)).toEqual({ 202: 5, quota_exceeded: 3 });
    expect(world.outbox.sent).toHaveLength(5);
  });
});

describe('the same request 20 times at once', () => {
  test('a callback that links has one effect', async () => {
    const person = await newMember(world);
    const { browser } = person;
    await browser.checkIdentity('link_wechat', person.phone);
    const { authorizeUrl, flowId } = (await browser.post('/links/wechat')).json;
    const query = `state=${new URL(authorizeUrl).searchParams.get('state')}&code=${person.who}~once`;
    const replies = await times(20, () => browser.callback('wechat', query));
    expect(tally(replies)).toEqual({ linked: 1, state_invalid: 19 });
    expect((await browser.get('/account')).json.lastFlow).toMatchObject({ flowId, result: 'linked' });
  });

  test('a callback that signs in opens one session', async () => {
    const person = await newPerson(world);
    const browser = world.browser();
    const away = new URL((await browser.get('/sign-in/qq')).headers['location'] ?? '');
    const query = `state=${away.searchParams.get('state')}&code=${person.who}~once`;
    expect(tally(await times(20, () => browser.callback('qq', query)))).toEqual({
      signed_in: 1,
      state_invalid: 19,
    });
    const sessions = [...(await world.items()).keys()].filter((key) =>
      key.startsWith(`ACCOUNT#${person.accountId}/SESSION#`),
    );
    expect(sessions).toHaveLength(1);
  });

  test.each(['email', 'wechat'] as const)('unlinking %s: one 204', async (provider) => {
    const person = await newMember(world, { links: [provider] });
    const { browser } = person;
    await browser.checkIdentity(`unlink_${provider}`, person.phone);
    const answers = tally(await times(20, () => browser.delete(`/links/${provider}`)));
    // A read by keys is no snapshot: who sees the method there and its check used up is told of the check.
    const { 204: done, not_linked = 0, identity_check_required = 0, ...others } = answers;
    expect({ done, others }).toEqual({ done: 1, others: {} });
    expect(not_linked + identity_check_required).toBe(19);
    const left = [...(await world.items()).keys()].filter((key) =>
      person.subjects[provider].some((subject) => key === `IDENTITY#${provider}#${subject}/CLAIM`),
    );
    expect(left).toEqual([]);
  });
});
