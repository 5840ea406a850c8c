import { expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { type Member, newMember, newWeChatPerson, saying } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const WEEK = 7 * 86_400;
await createWorld();
const world = await createWorld({ COOLING_OFF_SECONDS: String(WEEK) });

async function unlinked(member: Member, provider: string): Promise<void> {
  await member.browser.checkIdentity(`unlink_${provider}`, member.phone);
  expect((await member.browser.delete(`/links/${provider}`)).status).toBe(204);
  world.pass({ seconds: 61 });
}

test('an unlinked address can return to its own account at once, and to another after the cooling-off period', async () => {
  const owner = await newMember(world, { links: ['email'] });
  const { address } = owner;
  const other = await newMember(world);
  await unlinked(owner, 'email');
  expectProblem(await other.browser.linkEmail(address, other.phone), 'identity_linked');
  world.pass({ seconds: 61 });
  expect((await owner.browser.linkEmail(address, owner.phone)).status).toBe(201);
  await unlinked(owner, 'email');
  world.pass({ seconds: WEEK });
  await other.browser.signInBy('qq', other.who);
  expect((await other.browser.linkEmail(address, other.phone)).status).toBe(201);
});

test('during that time it opens nothing, and no answer says so', async () => {
  const owner = await newMember(world, { links: ['email'] });
  const { address } = owner;
  await unlinked(owner, 'email');
  const sent = await world.browser().post('/sign-in/email/send', { email: address });
  expect(sent.status).toBe(202);
  const before = world.outbox.sent.length;
  await world.deliverStream();
  expect(world.outbox.sent.length).toBe(before);
});

test('the same goes for a WeChat, by any of its subjects', async () => {
  const who = newWeChatPerson(world);
  const [owner, other] = [await newMember(world), await newMember(world)];
  await owner.browser.linkWeChat(who, owner.phone);
  world.pass({ seconds: 61 });
  await unlinked(owner, 'wechat');
  expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
  expect(saying(await other.browser.linkWeChat(who, other.phone))).toBe('identity_linked');
});

test('a person whose openid is linked still signs in, though their unionid is reserved for another account', async () => {
  const who = newWeChatPerson(world);
  const person = world.providers.wechat.people.get(who);
  const [owner, other] = [await newMember(world), await newMember(world)];
  // Before the app had unionids, the person was linked by openid.
  world.providers.wechat.people.set(who, { openid: `open-${who}`, nickname: who });
  await other.browser.linkWeChat(who, other.phone);
  world.providers.wechat.people.set('twin', {
    openid: 'open-twin',
    unionid: `union-${who}`,
    nickname: 'twin',
  });
  await owner.browser.linkWeChat('twin', owner.phone);
  world.pass({ seconds: 61 });
  await unlinked(owner, 'wechat');
  if (person) world.providers.wechat.people.set(who, person);
  expect((await world.browser().signInBy('wechat', who)).result).toBe('signed_in');
});
