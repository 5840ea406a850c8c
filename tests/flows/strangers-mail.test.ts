import { describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { humanWorld } from '../support/human-check.ts';
import { newAddress, newMember, newPerson, tally } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

const HOUR = 3600;

let ips = 0;
const newIp = () => `203.0.113.${++ips}`;
const ask = (browser: Browser, email: string, humanCheck?: object) =>
  browser.post('/sign-in/email/send', { email, humanCheck }, { sourceIp: newIp() });

/** Strangers ask for mail to so many addresses that have an account, each address and stranger another. */
async function flood(world: World, count: number) {
  const replies = [];
  for (let asked = 0; asked < count; asked += 1) {
    const { address } = await newPerson(world, { links: ['email'] });
    replies.push(await ask(world.browser(), address));
    await world.deliverStream();
  }
  return tally(replies);
}

/** A person whose browser is known to the address. */
async function knownPerson(world: World) {
  const person = await newPerson(world, { links: ['email'] });
  const browser = world.browser();
  await browser.signInByEmail(person.address);
  world.pass({ seconds: HOUR });
  return { ...person, browser };
}

describe('the half of the mail cap that is kept from strangers', () => {
  test('strangers who spend their half of the mail cap close it neither to known browsers nor to linking', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '8' });
    const { browser, address } = await knownPerson(world);
    const member = await newMember(world);
    expect(await flood(world, 7)).toEqual({ 202: 4, unavailable: 3 });

    expect((await browser.signInByEmail(address)).status).toBe(200);
    expect((await member.browser.linkEmail(newAddress(), member.phone)).status).toBe(201);
    expectProblem(await ask(world.browser(), address), 'unavailable', { retryAfter: HOUR });
    world.pass({ seconds: HOUR });
    expect((await world.browser().signInByEmail(address)).status).toBe(200);
  });

  test('is kept by the function that mails, whatever was requested before the half was spent', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '8' });
    const { browser, address } = await knownPerson(world);
    for (let asked = 0; asked < 7; asked += 1)
      await ask(world.browser(), (await newPerson(world, { links: ['email'] })).address);
    await ask(browser, address);
    const before = world.outbox.sent.length;
    expect(await world.deliverStream()).toBe(0);
    const mailed = world.outbox.sent.slice(0, world.outbox.sent.length - before).map(({ to }) => to);
    expect(mailed).toHaveLength(5);
    expect(mailed).toContain(address);
  });

  test('can be used up by those it is for', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '3' });
    const { browser, address } = await knownPerson(world);
    for (let mails = 0; mails < 3; mails += 1) {
      expect((await browser.signInByEmail(address)).status).toBe(200);
      world.pass({ seconds: 60 });
    }
    expectProblem(await ask(browser, address), 'unavailable', { retryAfter: HOUR - 180 });
  });
});

describe('a human check that begins by itself', () => {
  const REQUIRED = { humanCheck: { kind: 'turnstile', siteKey: 'site-key' } };
  const pressed = async () => {
    const { world, humanCheck } = await humanWorld({ MAILS_PER_HOUR: '16', HUMAN_CHECK_AFTER: '5' });
    const known = await knownPerson(world);
    expect(await flood(world, 6)).toEqual({ 202: 6 });
    // The first that is asked after three quarters are spent sees it.
    expect(await flood(world, 1)).toEqual({ 202: 1 });
    return { world, known, humanCheck };
  };

  test('is asked of every stranger once three quarters of the strangers’ half are spent, from the first request on', async () => {
    const { world } = await pressed();
    expectProblem(await ask(world.browser(), newAddress()), 'human_check_required', REQUIRED);
    expectProblem(
      await ask(world.browser(), newAddress(), { token: 'made up' }),
      'human_check_required',
      REQUIRED,
    );
    expect(await flood(world, 3)).toEqual({ human_check_required: 3 });
  });

  test('lets those through who pass it, as long as anything is left', async () => {
    const { world, humanCheck } = await pressed();
    expect((await ask(world.browser(), newAddress(), humanCheck.answer())).status).toBe(202);
  });

  test('is asked neither of known browsers nor in the next hour', async () => {
    const { world, known } = await pressed();
    expect((await known.browser.signInByEmail(known.address)).status).toBe(200);
    world.pass({ seconds: HOUR });
    expect((await ask(world.browser(), newAddress())).status).toBe(202);
  });

  test('does not begin by what known browsers and linking are sent', async () => {
    const { world } = await humanWorld({ MAILS_PER_HOUR: '8', HUMAN_CHECK_AFTER: '5' });
    const { browser, address } = await knownPerson(world);
    for (let mails = 0; mails < 4; mails += 1) {
      await browser.signInByEmail(address);
      world.pass({ seconds: 60 });
    }
    expect(await flood(world, 2)).toEqual({ 202: 2 });
    expect((await ask(world.browser(), newAddress())).status).toBe(202);
  });

  test('is none where no check is configured', async () => {
    const world = await createWorld({ MAILS_PER_HOUR: '16' });
    expect(await flood(world, 8)).toEqual({ 202: 8 });
  });
});
