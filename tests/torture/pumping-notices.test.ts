import { expect, test } from '@jest/globals';
import { newPerson, type Person, signedIn, times } from '../support/people.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { counts } from './rounds.ts';
import { patience, scaled } from './scale.ts';

/** Each of so many accounts signs in on so many devices that are new to it. */
const ACCOUNTS = scaled({ short: 5, full: 100 });
const DEVICES = 15;

test(
  'signing in on ever new devices, which takes no code, spends neither the SMS nor what changes are told by',
  async () => {
    const most = ACCOUNTS * 8;
    const world = await createWorld({ NOTICES_PER_HOUR: String(2 * most) });
    const people: Person[] = [];
    while (people.length < ACCOUNTS) {
      const person = await newPerson(world);
      people.push(person);
      await times(DEVICES, () => signedIn(world, person));
      await world.notifyOwners();
    }
    const sent = counts(world.outbox.sent.map(({ to }) => to));
    const told = [...sent.values()].reduce((sum, count) => sum + count, 0);
    await figure({
      row: `notices by SMS of ${ACCOUNTS} accounts that sign in on ${DEVICES} new devices each, within an hour`,
      mustBe: '10 an account, and half of NOTICES_PER_HOUR',
      value: `${Math.max(...sent.values())}, and ${told} of at most ${most}`,
    });
    expect(Math.max(...sent.values())).toBe(10);
    expect(told).toBe(most);

    const [person] = people;
    if (person === undefined) throw new Error('nobody is there');
    const owner = await signedIn(world, person);
    await owner.checkIdentity('link_wechat', person.phone);
    const { authorizeUrl } = (await owner.post('/links/wechat')).json;
    await owner.answer('wechat', authorizeUrl, person.who);
    await world.notifyOwners();
    expect(world.outbox.sent[0]).toMatchObject({ to: person.phone, text: expect.stringContaining('微信') });
  },
  patience,
);
