import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { type Member, newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

interface Row {
  readonly type: string;
  readonly at: string;
}

/** Signs in again and again: each time is an event. */
async function signInTimes({ browser, who }: Member, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    world.pass({ seconds: 1 });
    await browser.signInBy('qq', who);
  }
}

describe('GET /account/history', () => {
  test('shows what happened, newest first, masked', async () => {
    const { browser, phone, nickname } = await newMember(world);
    world.pass({ seconds: 1 });
    await browser.linkEmail('shown@example.com', phone);
    world.pass({ seconds: 1 });
    await browser.linkWeChat('hua', phone);
    const { status, json, headers } = await browser.get('/account/history');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    const common = { ip: '203.0.*.*', device: 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0' };
    expect(json).toEqual({
      events: [
        {
          type: 'refused',
          provider: 'wechat',
          display: '微信hua',
          at: isoIn(world, 0),
          reason: 'identity_registered',
          ...common,
        },
        {
          type: 'linked',
          provider: 'email',
          display: 's***n@example.com',
          at: isoIn(world, -1),
          reason: null,
          ...common,
        },
        {
          type: 'signed_in',
          provider: 'qq',
          display: nickname,
          at: isoIn(world, -2),
          reason: null,
          isCurrent: true,
          ...common,
        },
      ],
      next: null,
    });
  });

  test.each([
    [20, [20]],
    [21, [20, 1]],
    [45, [20, 20, 5]],
  ])('%d events come in pages of %j, each event once', async (count, sizes) => {
    const member = await newMember(world);
    await signInTimes(member, count - 1);
    const pages: Row[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor === '' ? {} : { query: new URLSearchParams({ cursor }).toString() };
      const { json } = await member.browser.get('/account/history', query);
      pages.push(json.events);
      cursor = json.next;
    }
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    const times = pages.flat().map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(times).size).toBe(count);
  });

  test('what happened while pages were turned neither repeats nor hides an event', async () => {
    const member = await newMember(world);
    await signInTimes(member, 24);
    const first = (await member.browser.get('/account/history')).json;
    await signInTimes(member, 3);
    const query = new URLSearchParams({ cursor: first.next }).toString();
    const second = (await member.browser.get('/account/history', { query })).json;
    expect(second.next).toBeNull();
    expect(second.events).toHaveLength(5);
    expect(first.events.map(({ at }: Row) => at)).not.toContain(second.events[0].at);
  });

  test('what is older than 180 days is past, though the table has it still', async () => {
    const member = await newMember(world);
    world.pass({ seconds: 180 * 86_400 + 1 });
    await member.browser.signInBy('qq', member.who);
    const { events } = (await member.browser.get('/account/history')).json;
    expect(events).toHaveLength(1);
  });

  test('a cursor shows nothing of another account', async () => {
    const [one, other] = [await newMember(world), await newMember(world)];
    await signInTimes(one, 21);
    await signInTimes(other, 21);
    const { next } = (await one.browser.get('/account/history')).json;
    const query = new URLSearchParams({ cursor: next }).toString();
    const { events } = (await other.browser.get('/account/history', { query })).json;
    const own = (await other.browser.get('/account/history')).json.events;
    expect(events.every(({ display }: { display: string }) => display === own[0].display)).toBe(true);
  });

  test.each([
    ['cursor=', 'empty'],
    ['cursor=nonsense', 'nonsense'],
    [`cursor=${Buffer.from('PROFILE').toString('base64url')}`, 'another key'],
    [`cursor=${Buffer.from('2026-11-24T10:00:00.000Z#short').toString('base64url')}`, 'half a key'],
    ['cursor=a&cursor=b', 'two'],
  ])('%s is no cursor', async (query) => {
    const { browser } = await newMember(world);
    expectProblem(await browser.get('/account/history', { query }), 'invalid_request', {
      errors: [{ path: 'cursor', message: expect.any(String) }],
    });
  });

  test('a cursor that is older than what is kept is the end', async () => {
    const { browser } = await newMember(world);
    const place = `1999-12-31T10:00:00.000Z#${'A'.repeat(22)}`;
    const query = `cursor=${Buffer.from(place).toString('base64url')}`;
    expect((await browser.get('/account/history', { query })).json).toEqual({ events: [], next: null });
  });

  test('needs a session, before the cursor is looked at', async () => {
    expectProblem(await world.browser().get('/account/history', { query: 'cursor=x' }), 'not_signed_in');
  });
});
