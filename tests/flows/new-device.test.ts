import { describe, expect, test } from '@jest/globals';
import { DEVICE_SECONDS } from '../../lib/linking/device.ts';
import type { Browser } from '../support/browser.ts';
import { itemsOf } from '../support/inspect.ts';
import { newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

/** How many sign-ins from new devices the owner of an account is told of. */
async function told(accountId: string): Promise<number> {
  const items = await itemsOf(world, `ACCOUNT#${accountId}`);
  return items.filter(({ sk, type }) => String(sk).startsWith('NOTICE#') && type === 'signed_in').length;
}

/** Whether a sign-in is one that the owner is told of. */
async function isNews(accountId: string, signIn: () => Promise<{ status: number }>): Promise<boolean> {
  const before = await told(accountId);
  expect([200, 302]).toContain((await signIn()).status);
  return (await told(accountId)) > before;
}

/** Somebody who can sign in by an address and by QQ. */
async function somebody() {
  const { accountId, address, who } = await newMember(world, { links: ['email'] });
  const byEmail = (browser: Browser) => isNews(accountId, () => browser.signInByEmail(address));
  const byQQ = (browser: Browser) => isNews(accountId, () => browser.signInBy('qq', who));
  return { accountId, byEmail, byQQ };
}

describe('a device is new to an account', () => {
  test('until it has signed in to it, by any method', async () => {
    const { byEmail, byQQ } = await somebody();
    const [one, other] = [world.browser(), world.browser()];
    expect([await byEmail(one), await byQQ(one)]).toEqual([true, false]);
    world.pass({ seconds: 60 });
    expect([await byQQ(other), await byEmail(other)]).toEqual([true, false]);
  });

  test('though it has signed in to others, and is still known to those', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const browser = world.browser();
    expect([await one.byQQ(browser), await other.byQQ(browser), await one.byQQ(browser)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('not after signing out, but again 180 days after its last sign-in to it', async () => {
    const [{ byQQ }, other] = [await somebody(), await somebody()];
    const browser = world.browser();
    await byQQ(browser);
    await browser.delete('/session');
    world.pass({ seconds: DEVICE_SECONDS - 1 });
    expect(await byQQ(browser)).toBe(false);
    world.pass({ seconds: DEVICE_SECONDS - 1 });
    await other.byQQ(browser);
    world.pass({ seconds: 1 });
    expect(await byQQ(browser)).toBe(true);
  });

  test('with a cookie that is not as it was given', async () => {
    const { byQQ } = await somebody();
    const browser = world.browser();
    await byQQ(browser);
    browser.cookies.set('__Host-device', `${browser.cookies.get('__Host-device')}A`);
    expect([await byQQ(browser), await byQQ(browser)]).toEqual([true, false]);
  });

  test('once more if it has signed in to twenty others since', async () => {
    const { byQQ } = await somebody();
    const others = await Promise.all(Array.from({ length: 20 }, somebody));
    const browser = world.browser();
    await byQQ(browser);
    for (const other of others.slice(0, 19)) await other.byQQ(browser);
    expect(await byQQ(browser)).toBe(false);
    for (const other of others) await other.byQQ(browser);
    expect(await byQQ(browser)).toBe(true);
  });
});
