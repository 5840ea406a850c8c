import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../lib/linking/problem.ts';
import { commit, type Fragment } from '../../lib/table/client.ts';
import { keys } from '../../lib/table/keys.ts';
import {
  type Quota,
  QuotaNeedsCompaction,
  refundSend,
  sendCounted,
  sendRecorded,
} from '../../lib/table/quotas.ts';
import { retryWhenStale } from '../../lib/table/views.ts';
import { testSettings } from '../support/settings.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { table } = world;
const { rules } = testSettings();
const NOW = world.nowSeconds;
const DAY = 86_400;

let subjects = 0;
function newQuota(): Quota {
  subjects += 1;
  return { scope: 'sms', subject: `subject-${subjects}` };
}

const outcomeOf = (fragment: () => Fragment) =>
  retryWhenStale(table, () => commit(table, [fragment()])).then(
    () => 'sent',
    (error: unknown) => {
      if (error instanceof Problem) return { [error.code]: error.extensions.retryAfter };
      throw error;
    },
  );
const send = (quota: Quota, now: number, resendSeconds = 0) =>
  outcomeOf(() => sendCounted(table, quota, { now, rules, resendSeconds }));
/** A send that another quota was asked for. */
const record = (quota: Quota, now: number) => outcomeOf(() => sendRecorded(table, quota, { now, rules }));

const itemOf = async ({ scope, subject }: Quota) =>
  (await world.items()).get(`QUOTA#${scope}#${subject}/SENDS`);

async function store({ scope, subject }: Quota, sends: number[]): Promise<void> {
  const Item = { ...keys.quota(scope, subject), sends, expiresAt: NOW + DAY };
  await world.documents.send(new PutCommand({ TableName: table.name, Item }));
}

describe('the windows of a quota', () => {
  test('are rolling, and exact to the second', async () => {
    const quota = newQuota();
    for (const at of [0, 1, 100, 200, 300]) expect(await send(quota, NOW + at)).toBe('sent');
    expect(await send(quota, NOW + 300)).toEqual({ quota_exceeded: 300 });
    expect(await send(quota, NOW + 599)).toEqual({ quota_exceeded: 1 });
    expect(await send(quota, NOW + 600)).toBe('sent');
    expect(await send(quota, NOW + 600)).toEqual({ quota_exceeded: 1 });
    expect(await send(quota, NOW + 601)).toBe('sent');
    expect(await send(quota, NOW + 602)).toEqual({ quota_exceeded: 98 });
  });

  test('are of a day, too', async () => {
    const quota = newQuota();
    await store(
      quota,
      Array.from({ length: 20 }, (_, index) => NOW - 1000 * (index + 1)),
    );
    expect(await send(quota, NOW)).toEqual({ quota_exceeded: DAY - 20_000 });
    expect(await send(quota, NOW + DAY - 20_001)).toEqual({ quota_exceeded: 1 });
    expect(await send(quota, NOW + DAY - 20_000)).toBe('sent');
    expect(await send(quota, NOW + DAY - 20_000)).toEqual({ quota_exceeded: 1000 });
  });

  test('and the interval between two sends, where one is kept', async () => {
    const quota = newQuota();
    expect(await send(quota, NOW, 60)).toBe('sent');
    expect(await send(quota, NOW + 59, 60)).toEqual({ too_soon: 1 });
    expect(await send(quota, NOW + 60, 60)).toBe('sent');
    expect(await send(quota, NOW + 60)).toBe('sent');
  });

  test('are of one scope and subject', async () => {
    const quota = newQuota();
    for (let sends = 0; sends < 5; sends += 1) await send(quota, NOW);
    expect(await send(quota, NOW)).toEqual({ quota_exceeded: 600 });
    expect(await send({ ...quota, scope: 'mail' }, NOW)).toBe('sent');
    expect(await send(newQuota(), NOW)).toBe('sent');
  });

  test('let exactly as many through as there is room for, side by side', async () => {
    const quota = newQuota();
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(quota, NOW)));
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(5);
  });

  test('are kept by an item that outlives them by nothing: its TTL is in seconds, a day from the newest', async () => {
    const quota = newQuota();
    await send(quota, NOW);
    await send(quota, NOW + 5);
    expect(await itemOf(quota)).toMatchObject({ sends: [NOW + 5, NOW], expiresAt: NOW + 5 + DAY });
  });
});

describe('a list of sends that has grown long', () => {
  const old = (count: number, after = 0) =>
    Array.from({ length: count }, (_, index) => NOW - DAY - after - index);

  test('is cut down to what counts, and then added to', async () => {
    const quota = newQuota();
    await store(quota, [NOW - 700, NOW - 800, ...old(120)]);
    await expect(commit(table, [sendCounted(table, quota, { now: NOW, rules })])).rejects.toBeInstanceOf(
      QuotaNeedsCompaction,
    );
    expect(await send(quota, NOW)).toBe('sent');
    expect(await itemOf(quota)).toMatchObject({ sends: [NOW, NOW - 700, NOW - 800], expiresAt: NOW + DAY });
  });

  test('is cut down once, whoever comes side by side', async () => {
    const quota = newQuota();
    await store(quota, [NOW - 700, ...old(150)]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(quota, NOW)));
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(5);
    expect((await itemOf(quota))?.['sends']).toHaveLength(6);
  });

  test('still refuses by its windows, long or not', async () => {
    const quota = newQuota();
    await store(quota, [...Array.from({ length: 5 }, (_, index) => NOW - 10 - index), ...old(120)]);
    expect(await send(quota, NOW)).toEqual({ quota_exceeded: 586 });
  });

  test('is never longer than five days’ worth', async () => {
    const quota = newQuota();
    await store(quota, old(99));
    expect(await send(quota, NOW)).toBe('sent');
    expect((await itemOf(quota))?.['sends']).toHaveLength(100);
    expect(await send(quota, NOW + 1)).toBe('sent');
    expect((await itemOf(quota))?.['sends']).toEqual([NOW + 1, NOW]);
  });

  test('can be as long as the largest quota that may be set', async () => {
    const quota = newQuota();
    const large = { ...rules, sendsPer10Minutes: 1000, sendsPerDay: 1000 };
    await store(
      quota,
      Array.from({ length: 999 }, (_, index) => NOW - 1 - index),
    );
    const fragment = () => sendCounted(table, quota, { now: NOW, rules: large });
    await expect(retryWhenStale(table, () => commit(table, [fragment()]))).resolves.toBeUndefined();
    await expect(retryWhenStale(table, () => commit(table, [fragment()]))).rejects.toMatchObject({
      code: 'quota_exceeded',
    });
  });
});

describe('a send that another quota was asked for', () => {
  test('goes through where this one is full, and counts in it', async () => {
    const quota = newQuota();
    for (let sends = 0; sends < 5; sends += 1) await send(quota, NOW);
    expect(await send(quota, NOW + 300)).toEqual({ quota_exceeded: 300 });
    expect(await record(quota, NOW + 300)).toBe('sent');
    expect(await itemOf(quota)).toMatchObject({
      sends: [NOW + 300, NOW, NOW, NOW, NOW, NOW],
      expiresAt: NOW + 300 + DAY,
    });
    expect(await send(quota, NOW + 600, 0)).toBe('sent');
    for (let sends = 0; sends < 3; sends += 1) await send(quota, NOW + 600);
    expect(await send(quota, NOW + 600)).toEqual({ quota_exceeded: 300 });
  });

  test('is in the way of the next as any other is', async () => {
    const quota = newQuota();
    expect(await record(quota, NOW)).toBe('sent');
    expect(await record(quota, NOW)).toBe('sent');
    expect(await send(quota, NOW + 59, 60)).toEqual({ too_soon: 1 });
  });

  test('cuts down a list that has grown long, like any other', async () => {
    const quota = newQuota();
    await store(quota, [NOW - 5, ...Array.from({ length: 120 }, (_, index) => NOW - DAY - index)]);
    expect(await record(quota, NOW)).toBe('sent');
    expect((await itemOf(quota))?.['sends']).toEqual([NOW, NOW - 5]);
  });

  test('is refused once there are a hundred in a day, to the second', async () => {
    const quota = newQuota();
    await store(
      quota,
      Array.from({ length: 99 }, (_, index) => NOW - index),
    );
    const answers = await Promise.all(Array.from({ length: 4 }, () => record(quota, NOW + 1)));
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(1);
    expect(await record(quota, NOW + 1)).toEqual({ quota_exceeded: DAY - 99 });
    expect(await record(quota, NOW - 98 + DAY - 1)).toEqual({ quota_exceeded: 1 });
    expect(await record(quota, NOW - 98 + DAY)).toBe('sent');
    expect(await record(quota, NOW - 98 + DAY)).toEqual({ quota_exceeded: 1 });
  });
});

describe('a send that is given back', () => {
  test('makes room for one, at once', async () => {
    const quota = newQuota();
    for (let sends = 0; sends < 5; sends += 1) await send(quota, NOW + sends);
    await refundSend(table, quota, NOW + 2, NOW + 5);
    expect((await itemOf(quota))?.['sends']).toEqual([NOW + 4, NOW + 3, NOW + 1, NOW]);
    expect(await send(quota, NOW + 5)).toBe('sent');
    expect(await send(quota, NOW + 5)).toEqual({ quota_exceeded: 595 });
  });

  test('is one of several of the same second', async () => {
    const quota = newQuota();
    for (let sends = 0; sends < 3; sends += 1) await send(quota, NOW);
    await refundSend(table, quota, NOW, NOW);
    expect((await itemOf(quota))?.['sends']).toEqual([NOW, NOW]);
  });

  test('that is not there, or of a quota that is not there, is nothing', async () => {
    const quota = newQuota();
    await refundSend(table, quota, NOW, NOW);
    expect(await itemOf(quota)).toBeUndefined();
    await send(quota, NOW);
    await refundSend(table, quota, NOW + 1, NOW + 1);
    expect((await itemOf(quota))?.['sends']).toEqual([NOW]);
  });

  test('takes no send of somebody else’s with it, side by side', async () => {
    const quota = newQuota();
    for (let sends = 0; sends < 3; sends += 1) await send(quota, NOW);
    await Promise.all([
      refundSend(table, quota, NOW, NOW),
      refundSend(table, quota, NOW, NOW),
      send(quota, NOW + 1),
    ]);
    const { sends } = (await itemOf(quota)) as { sends: number[] };
    expect(sends).toContain(NOW + 1);
    expect(sends.filter((at) => at === NOW)).toHaveLength(1);
  });
});
