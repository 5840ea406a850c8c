import { describe, expect, test } from '@jest/globals';
import { newMember, newWeChatPerson } from '../support/people.ts';
import { TEST_ENVIRONMENT } from '../support/settings.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const APP_ID = TEST_ENVIRONMENT.WECHAT_APP_ID;

const openidSubject = (person: string) => `${APP_ID}:open-${person}`;
const unionidSubject = (person: string) => `union-${person}`;

function gets(person: string, identity: { openid?: string; unionid?: string }): void {
  const known = world.providers.wechat.people.get(person);
  if (known === undefined) throw new Error('no such person');
  world.providers.wechat.people.set(person, { ...known, ...identity });
}

/** Who owns a subject by the ledger, or undefined where nobody does. */
async function ownerInLedger(subject: string): Promise<unknown> {
  return (await world.items()).get(`IDENTITY#wechat#${subject}/CLAIM`)?.['accountId'];
}

async function unlinkWeChat(member: Awaited<ReturnType<typeof newMember>>): Promise<void> {
  await member.browser.checkIdentity('unlink_wechat', member.phone);
  expect((await member.browser.delete('/links/wechat')).status).toBe(204);
}

describe('a person with a unionid', () => {
  test('is claimed by it and by the openid at this app, and both are free again after unlinking', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world);
    await member.browser.linkWeChat(person, member.phone);
    expect(await ownerInLedger(openidSubject(person))).toBe(member.accountId);
    expect(await ownerInLedger(unionidSubject(person))).toBe(member.accountId);

    await unlinkWeChat(member);
    expect(await ownerInLedger(openidSubject(person))).toBeUndefined();
    expect(await ownerInLedger(unionidSubject(person))).toBeUndefined();
  });

  test('is found by the unionid at an openid never seen', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world);
    await member.browser.linkWeChat(person, member.phone);
    gets(person, { openid: `elsewhere-${person}` });
    const browser = world.browser();
    expect((await browser.signInBy('wechat', person)).result).toBe('signed_in');
    expect((await browser.get('/account')).json.accountId).toBe(member.accountId);
    expect(await ownerInLedger(`${APP_ID}:elsewhere-${person}`)).toBe(member.accountId);
    await unlinkWeChat(member);
    expect(await ownerInLedger(`${APP_ID}:elsewhere-${person}`)).toBeUndefined();
    expect(await ownerInLedger(openidSubject(person))).toBeUndefined();
  });

  test('imported by unionid alone is claimed by the openid at the first sign-in', async () => {
    const { accountId, who } = await newMember(world, { links: ['wechat'] });
    expect(await ownerInLedger(openidSubject(who))).toBeUndefined();
    expect((await world.browser().signInBy('wechat', who)).result).toBe('signed_in');
    expect(await ownerInLedger(openidSubject(who))).toBe(accountId);
    expect((await world.browser().signInBy('wechat', who)).result).toBe('signed_in');
  });
});

describe('a person without a unionid', () => {
  test('is linked, found and unlinked by the openid', async () => {
    const member = await newMember(world);
    expect((await member.browser.linkWeChat('wu', member.phone)).json).toBeUndefined();
    expect(await ownerInLedger(`${APP_ID}:open-wu`)).toBe(member.accountId);
    expect((await world.browser().signInBy('wechat', 'wu')).result).toBe('signed_in');
    await unlinkWeChat(member);
    expect((await world.browser().signInBy('wechat', 'wu')).result).toBe('identity_unknown');
  });

  test('imported as appid:openid signs in', async () => {
    const person = newWeChatPerson(world, { unionid: false });
    const links = [{ provider: 'wechat', subject: openidSubject(person) }];
    const member = await newMember(world, { links });
    const browser = world.browser();
    expect((await browser.signInBy('wechat', person)).result).toBe('signed_in');
    expect((await browser.get('/account')).json.accountId).toBe(member.accountId);
  });

  test('stays the same on the day the unionid appears: it is claimed then, found by, and released with the rest', async () => {
    const member = await newMember(world);
    const person = newWeChatPerson(world, { unionid: false });
    await member.browser.linkWeChat(person, member.phone);
    const before = world.browser();
    await before.signInBy('wechat', person);

    gets(person, { unionid: unionidSubject(person) });
    expect((await world.browser().signInBy('wechat', person)).result).toBe('signed_in');
    expect(await ownerInLedger(unionidSubject(person))).toBe(member.accountId);
    expect((await before.get('/account')).status).toBe(200);

    gets(person, { openid: `moved-${person}` });
    expect((await world.browser().signInBy('wechat', person)).result).toBe('signed_in');

    await unlinkWeChat(member);
    for (const subject of [openidSubject(person), unionidSubject(person), `${APP_ID}:moved-${person}`])
      expect(await ownerInLedger(subject)).toBeUndefined();
    expect((await world.browser().signInBy('wechat', person)).result).toBe('identity_unknown');
    expect((await before.get('/account')).json.code).toBe('not_signed_in');
  });

  test('is not linked to another account on the day the unionid appears', async () => {
    const [owner, other] = [await newMember(world), await newMember(world)];
    const person = newWeChatPerson(world, { unionid: false });
    await owner.browser.linkWeChat(person, owner.phone);
    gets(person, { unionid: unionidSubject(person) });
    expect(await other.browser.linkWeChat(person, other.phone)).toMatchObject({ result: 'identity_linked' });
    expect(await ownerInLedger(unionidSubject(person))).toBeUndefined();
  });
});

describe('a person whose openid belongs to one account and whose unionid to another', () => {
  test('is signed in to neither, and the split is counted for operators', async () => {
    const one = await newMember(world);
    const person = newWeChatPerson(world, { unionid: false });
    await one.browser.linkWeChat(person, one.phone);
    const links = ['email', { provider: 'wechat', subject: unionidSubject(person) }] as const;
    const two = await newMember(world, { links });
    gets(person, { unionid: unionidSubject(person) });

    world.observer.counted.length = 0;
    const browser = world.browser();
    const reply = await browser.signInBy('wechat', person);
    expect(reply.result).not.toBe('signed_in');
    expect(reply.setCookies).toEqual([]);
    expect((await browser.get('/account')).json.code).toBe('not_signed_in');
    expect(world.observer.counted.filter((metric) => metric === 'IdentitySplit')).toHaveLength(1);
    expect(await ownerInLedger(openidSubject(person))).toBe(one.accountId);
    expect(await ownerInLedger(unionidSubject(person))).toBe(two.accountId);

    const third = await newMember(world);
    const link = await third.browser.linkWeChat(person, third.phone);
    expect(link).toMatchObject({ result: 'identity_linked' });

    await unlinkWeChat(one);
    const found = world.browser();
    expect((await found.signInBy('wechat', person)).result).toBe('signed_in');
    expect((await found.get('/account')).json.accountId).toBe(two.accountId);
  });
});

describe('a sub-account’s WeChat', () => {
  test('signs in nobody, and is claimed by nothing more', async () => {
    expect((await world.browser().signInBy('wechat', 'xiaozi')).result).toBe('identity_unknown');
    expect(await ownerInLedger(openidSubject('xiaozi'))).toBeUndefined();
  });
});

describe('QQ', () => {
  test('goes by the same rules: found by either, claimed by both', async () => {
    const member = await newMember(world);
    const items = await world.items();
    const claim = (subject: string) => items.get(`IDENTITY#qq#${subject}/CLAIM`)?.['accountId'];
    expect(member.subjects.qq.map(claim)).toEqual([member.accountId, member.accountId]);
  });
});
