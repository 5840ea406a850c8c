import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { pseudonym } from '../../lib/linking/secrets.ts';
import type { Item } from '../../lib/table/client.ts';
import { expectProblem } from '../support/contract.ts';
import { noticesDuring, sentDuring, tokenIn } from '../support/notices.ts';
import {
  type Member,
  newAddress,
  newMember,
  newPerson,
  type Person,
  recordOf,
  signedIn,
  wrongCode,
} from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

const SETTINGS = { SENDS_PER_10_MINUTES: '100', SENDS_PER_DAY: '100', PROBATION_SECONDS: '0' };
const world = await createWorld(SETTINGS);
const calls = new TableCalls(world);

let addresses = 0;
/** Of a domain that nobody else is at, so that it is known again where it is masked. */
function ownAddress(): string {
  addresses += 1;
  return `owner@of-${addresses}.example.com`;
}

const closing = ({ accountId }: Pick<Person, 'accountId'>, revision = 9) => ({
  accountId,
  revision,
  status: 'closed',
});
const tombstoneOf = ({ accountId }: Pick<Person, 'accountId'>, revision = 9) => ({
  pk: `ACCOUNT#${accountId}`,
  sk: 'PROFILE',
  accountId,
  revision,
  closed: true,
});

const toText = (item: Item) =>
  JSON.stringify(item, (_name, value) => (value instanceof Set ? [...value] : value));

/** What the table holds that has any of these texts in it, wherever. */
async function itemsNaming(on: World, texts: readonly string[]): Promise<Item[]> {
  const all = [...(await on.items()).values()];
  return all.filter((item) => texts.some((text) => toText(item).includes(text)));
}

/** All that is personal of somebody. */
const personal = ({ phone, address, who, nickname, subjects }: Person) => [
  phone,
  phone.slice(3),
  `${phone.slice(3, 6)}****${phone.slice(-4)}`,
  address,
  address.slice(address.indexOf('@')),
  who,
  nickname,
  ...Object.values(subjects).flat(),
];

/** Somebody of whom the table holds all that it can: checks, codes, notices, history, sessions, a lock, a sign-in under way. */
async function newKnown(on = world): Promise<Member> {
  const member = await newMember(on, { links: ['wechat'], address: ownAddress() });
  const { browser, phone, address } = member;
  await browser.linkEmail(address, phone);
  on.pass({ seconds: 61 });
  await signedIn(on, member, 'wechat');
  await on.notifyOwners();
  const told = await noticesDuring(on, () => on.browser().signInByEmail(address));
  const token = tokenIn(told.find(({ to }) => to === phone) ?? { text: '' });
  await browser.post('/undo/code', { token });
  await browser.post('/otp/send', { purpose: 'unlink_wechat' });
  on.pass({ seconds: 61 });
  const scenes = new SignInScenes(on);
  for (let codes = 0; codes < 2; codes += 1) {
    await scenes.guessWrong(address, await scenes.challengeFor(address), 5);
    on.pass({ seconds: 61 });
  }
  await on.notifyOwners();
  return member;
}

describe('closing an account', () => {
  test('leaves its id and revision, and nothing of what was known of it anywhere in the table', async () => {
    const member = await newKnown();
    const texts = personal(member);
    expect((await itemsNaming(world, texts)).length).toBeGreaterThan(10);
    expect(await world.accountChanged(closing(member))).toBe('taken');
    expect(await itemsNaming(world, texts)).toEqual([]);
    const kept = await itemsNaming(world, [member.accountId]);
    const counts = kept.filter(({ pk }) => String(pk).startsWith('GUARD#'));
    expect(kept.filter((item) => !counts.includes(item))).toEqual([tombstoneOf(member)]);
    // What it was told of and did today, counted: a number under its id, for a day and an hour at most.
    for (const { pk: _pk, sk: _sk, expiresAt, ...count } of counts) {
      expect(count).toEqual({ count: expect.any(Number) });
      expect(expiresAt).toBeLessThanOrEqual(world.nowSeconds + 25 * 3600);
    }
  });

  test('leaves of its address what there is of any: counts under a pseudonym, for two days at most', async () => {
    const member = await newKnown();
    const addressKey = pseudonym(world.dependencies.keys.current.pseudonyms, 'email', member.address);
    await world.accountChanged(closing(member));
    const left = [...(await world.items()).values()].filter(({ pk }) => String(pk).includes(addressKey));
    expect(left.length).toBeGreaterThan(0);
    for (const { expiresAt, address = '', code, lockedAt: _at, ...item } of left) {
      expect([address, code, item['accountId']]).toEqual(['', undefined, undefined]);
      expect(expiresAt).toBeLessThanOrEqual(world.nowSeconds + 2 * 86_400);
    }
  });

  test('ends everything that could be done with it', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'], address: ownAddress() });
    const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
    const sent = await world.browser().post('/sign-in/email/send', { email: member.address });
    await world.deliverStream();
    const code = world.outbox.codeFor(member.address);
    await member.browser.checkIdentity('link_email', member.phone);
    await world.accountChanged(closing(member));

    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    expectProblem(await member.browser.delete('/sessions'), 'not_signed_in');
    expectProblem(await member.browser.post('/account/only'), 'not_signed_in');
    for (const provider of ['qq', 'wechat'] as const)
      expect((await world.browser().signInBy(provider, member.who)).result).toBe('identity_unknown');
    const { challengeId } = sent.json;
    // As at an address that nobody ever had.
    expectProblem(await world.browser().post('/sign-in/email', { challengeId, code }), 'code_wrong', {
      attemptsLeft: 4,
    });
    world.pass({ seconds: 61 });
    const mailed = await sentDuring(world, async () => {
      await world.browser().post('/sign-in/email/send', { email: member.address });
      await world.deliverStream();
    });
    expect(mailed).toEqual([]);
    for (const message of told)
      for (const path of ['/show', '', '/code'])
        expectProblem(
          await world.browser().post(`/undo${path}`, { token: tokenIn(message) }),
          'undo_expired',
        );
  });

  test('notifies of nothing any more, not even of what waits in the queue', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'], address: ownAddress() });
    await world.notifyOwners();
    world.outbox.fates.push('never sent', 'never sent');
    await signedIn(world, member, 'wechat');
    await world.notifyOwners();
    await member.browser.checkIdentity('unlink_wechat', member.phone);
    await member.browser.delete('/links/wechat');
    await world.accountChanged(closing(member));
    world.pass({ seconds: 60 });
    const sent = await sentDuring(world, async () => {
      await world.retryNotices();
      await world.notifyOwners();
    });
    expect(sent).toEqual([]);
    expect(await itemsNaming(world, [member.address])).toEqual([]);
  });

  test('frees its identities, those in their cooling-off too, for other accounts', async () => {
    const cool = await createWorld({ ...SETTINGS, COOLING_OFF_SECONDS: '86400' });
    const person = await newPerson(cool, { links: ['email', 'wechat'] });
    const browser = await signedIn(cool, person);
    for (const provider of ['email', 'wechat'] as const) {
      await browser.checkIdentity(`unlink_${provider}`, person.phone);
      await browser.delete(`/links/${provider}`);
      cool.pass({ seconds: 61 });
    }
    // One of them has come back in the meantime.
    await browser.linkWeChat(person.who, person.phone);
    await cool.accountChanged(closing(person));
    const all = JSON.stringify([...(await cool.items()).values()]);
    expect(all).not.toContain(person.address);
    const other = { accountId: `${person.accountId}-b`, name: 'n', registered: recordOf(person).registered };
    const links = [
      { provider: 'email', subject: person.address },
      { provider: 'wechat', subject: person.subjects.wechat[1] },
    ];
    expect(await cool.accountChanged({ ...other, links })).toBe('taken');
  });

  test('needs no more of an account than its id, and is right of one that there never was', async () => {
    const accountId = newAddress().replace(/@.*/, '');
    expect(await world.accountChanged(closing({ accountId }, 4))).toBe('taken');
    expect(await itemsNaming(world, [accountId])).toEqual([tombstoneOf({ accountId }, 4)]);
    const person = await newPerson(world, { address: ownAddress() });
    expect(await world.accountChanged({ ...recordOf(person), ...closing(person) })).toBe('taken');
    expect(await itemsNaming(world, personal(person))).toEqual([]);
  });
});

describe('a closed account', () => {
  test('is not brought back by an older or equal revision, and made anew by a newer one', async () => {
    const member = await newKnown();
    await world.accountChanged(closing(member));
    for (const revision of [undefined, 0, 8, 9])
      expect(await world.accountChanged(recordOf(member, { revision }))).toBe('taken');
    expect(await itemsNaming(world, [member.who])).toEqual([]);
    expect(await world.accountChanged(recordOf(member, { revision: 10 }))).toBe('taken');
    expect((await world.browser().signInBy('qq', member.who)).result).toBe('signed_in');
    // Of the account before it there is nothing.
    expectProblem(await member.browser.get('/account'), 'not_signed_in');
    const browser = await signedIn(world, member);
    const { events } = (await browser.get('/account/history')).json;
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['signed_in', 'signed_in']);
  });

  test('can be closed once more, by a newer revision', async () => {
    const person = await newPerson(world, { address: ownAddress() });
    for (const revision of [3, 3, 2, 5, 4]) await world.accountChanged(closing(person, revision));
    expect(await itemsNaming(world, [person.accountId])).toEqual([tombstoneOf(person, 5)]);
    expect(await world.accountChanged(recordOf(person, { revision: 4 }))).toBe('taken');
    expect(await itemsNaming(world, personal(person))).toEqual([]);
  });
});

/** Has more items than one part of an erasure takes. */
async function newBig(on: World): Promise<Person> {
  const person = await newPerson(on, { links: ['email'], address: ownAddress() });
  const { table, documents } = on;
  const requests = Array.from({ length: 75 }, (_, index) => {
    const key = { pk: `ACCOUNT#${person.accountId}`, sk: `EVENT#2026-11-24T10:00:00.000Z#${index}` };
    return { PutRequest: { Item: { ...key, display: person.address } } };
  });
  for (let start = 0; start < requests.length; start += 25)
    await documents.send(
      new BatchWriteCommand({ RequestItems: { [table.name]: requests.slice(start, start + 25) } }),
    );
  return person;
}

describe('an erasure that is cut short', () => {
  const crash: Around = async () => {
    throw Object.assign(new Error('the function has died'), { name: 'Died' });
  };

  test('after any of its steps leaves a closed account, and is finished by the same event', async () => {
    let steps = 0;
    for (let dies = 0; ; dies += 1) {
      const person = await newBig(world);
      let seen = 0;
      const around: Around = async (call, proceed) => {
        seen += 1;
        return seen > dies ? crash(call, proceed) : proceed();
      };
      const outcome = await calls.during(around, () => world.accountChanged(closing(person)));
      if (outcome === 'taken') {
        steps = dies;
        break;
      }
      const isClosed = (await itemsNaming(world, [person.accountId])).some(({ closed }) => closed === true);
      // One read, and one transaction: from then on it is closed.
      expect([dies, isClosed]).toEqual([dies, dies >= 2]);
      const signIn = await world.browser().signInBy('qq', person.who);
      expect(signIn.result).toBe(isClosed ? 'identity_unknown' : 'signed_in');
      expect(await world.accountChanged(closing(person))).toBe('taken');
      expect(await itemsNaming(world, personal(person))).toEqual([]);
      expect(await itemsNaming(world, [`ACCOUNT#${person.accountId}`])).toEqual([tombstoneOf(person)]);
    }
    expect(steps).toBeGreaterThan(6);
  });

  test.each<[string, (person: Person) => object, number]>([
    ['an older event', (person) => recordOf(person, { revision: 3 }), 9],
    ['a newer closing', (person) => closing(person, 12), 12],
  ])('is finished by %s, too', async (_what, event, revision) => {
    const person = await newBig(world);
    let seen = 0;
    const around: Around = async (call, proceed) => {
      seen += 1;
      return seen > 4 ? crash(call, proceed) : proceed();
    };
    await calls.during(around, () => world.accountChanged(closing(person)));
    expect(await itemsNaming(world, [person.address])).not.toEqual([]);
    await world.accountChanged(event(person));
    expect(await itemsNaming(world, personal(person))).toEqual([]);
    expect(await itemsNaming(world, [`ACCOUNT#${person.accountId}`])).toEqual([
      tombstoneOf(person, revision),
    ]);
  });

  test('takes nothing of an account that was made anew while it slept', async () => {
    const person = await newBig(world);
    let isMade = false;
    const around: Around = async ({ command, input }, proceed) => {
      // Just before the first part of the account's data goes.
      const isErasing = command.startsWith('Transact') && JSON.stringify(input).includes('EVENT#');
      if (isErasing && !isMade) {
        isMade = true;
        await world.accountChanged(recordOf(person, { revision: 10, name: 'made anew' }));
        await signedIn(world, person);
      }
      return proceed();
    };
    expect(await calls.during(around, () => world.accountChanged(closing(person)))).toBe('taken');
    const browser = await signedIn(world, person);
    expect((await browser.get('/account')).json).toMatchObject({ name: 'made anew' });
    const { events } = (await browser.get('/account/history')).json;
    expect(events).toHaveLength(2);
    expect(await itemsNaming(world, [person.address])).toEqual([]);
  });
});

test('a wrong guess at an address tells nothing of its account’s having been closed', async () => {
  const person = await newPerson(world, { links: ['email'] });
  const unowned = newAddress();
  const answers: unknown[] = [];
  const challenges: { challengeId: string }[] = [];
  for (const address of [person.address, unowned]) {
    const { json } = await world.browser().post('/sign-in/email/send', { email: address });
    challenges.push(json);
  }
  await world.deliverStream();
  const code = wrongCode(world.outbox.codeFor(person.address));
  await world.accountChanged(closing(person));
  for (const { challengeId } of challenges)
    for (let guess = 0; guess < 6; guess += 1) {
      const { status, json } = await world.browser().post('/sign-in/email', { challengeId, code });
      answers.push([guess, status, json.code, json.attemptsLeft, json.retryAfter]);
    }
  expect(answers.slice(0, 6)).toEqual(answers.slice(6));
});
