import { expect, test } from '@jest/globals';
import { noticesDuring } from '../support/notices.ts';
import { newAddress, newMember } from '../support/people.ts';
import { DAY, SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const scenes = new SignInScenes(world);

/** What was told of strangers who spend an address' guesses. */
const spent = (email: string, at = scenes) => noticesDuring(at.world, () => at.spendGuesses(email));

async function ownedAddress(at = world): Promise<string> {
  return (await newMember(at, { links: ['email'] })).address;
}

test('the owner of an address that strangers have locked is notified, at the address, of what still opens the account', async () => {
  const email = await ownedAddress();
  const told = await spent(email);
  expect(told.map(({ channel, to }) => `${channel} ${to}`)).toEqual([`email ${email}`]);
  expect(told[0]?.text).toContain('多次输错验证码');
  expect(told[0]?.text).toContain('another method of your account');
});

test('once, however often the record is delivered, and whatever is guessed on that day', async () => {
  const { email, known } = await scenes.owned();
  await world.notifyOwners();
  await scenes.spendGuesses(email);
  const before = world.outbox.sent.length;
  await world.notifyOwners({ twice: true });
  expect(world.outbox.sent.length - before).toBe(1);
  const again = await noticesDuring(world, async () => {
    await scenes.guessWrong(email, await scenes.challengeFor(email, known), 5, known);
  });
  expect(again.filter(({ text }) => text.includes('多次输错'))).toEqual([]);
});

test('and again on another day', async () => {
  const email = await ownedAddress();
  expect(await spent(email)).toHaveLength(1);
  world.pass({ seconds: 2 * DAY });
  expect(await spent(email)).toHaveLength(1);
});

test('an address without an account, or of a sub-account, is sent no notice', async () => {
  expect(await spent(newAddress())).toEqual([]);
  expect(await spent('sub@example.com')).toEqual([]);
});

test('nor is any sent if notices are off', async () => {
  const silent = await createWorld({ NOTIFY: 'off' });
  expect(await spent(await ownedAddress(silent), new SignInScenes(silent))).toEqual([]);
});
