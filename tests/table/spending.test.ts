import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import type { Channel } from '../../lib/linking/channel.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { systemRandomness } from '../../lib/linking/secrets.ts';
import type { SpendingLimits } from '../../lib/linking/spending.ts';
import { commit, type Fragment, type Table } from '../../lib/table/client.ts';
import { accountSendCounted, type Counting, ipSendCounted, refundCounts } from '../../lib/table/counters.ts';
import {
  noticeCounted,
  peekCap,
  sendCountedForDeployment,
  unverifiedCounted,
  verifiedCredited,
} from '../../lib/table/spending.ts';
import { retryWhenStale } from '../../lib/table/views.ts';
import { times } from '../support/people.ts';
import { testSettings } from '../support/settings.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const calls = new TableCalls(world);
/** The table as a process has it that knows nothing yet. */
const otherProcess = (): Table => ({ ...world.table, full: new Map() });
const HOUR = 3600;
const DAY = 86_400;
/** The hours of a test are its own. */
let now = world.nowSeconds;
beforeEach(() => {
  now += DAY;
});

const counting = (limits: Partial<SpendingLimits> = {}): Counting => ({
  now,
  limits: { ...testSettings().spending, ...limits },
  random: systemRandomness,
});

/** What comes of a count: `counted`, or what it was refused with. */
async function outcome(count: () => Promise<unknown>) {
  try {
    await count();
    return 'counted';
  } catch (error) {
    if (error instanceof Problem) return { [error.code]: error.extensions.retryAfter };
    throw error;
  }
}

const countAll = (fragments: (table: Table) => readonly Fragment[], table = world.table) =>
  outcome(() => retryWhenStale(table, () => commit(table, fragments(table))));

const tally = (outcomes: readonly unknown[]) => outcomes.filter((one) => one === 'counted').length;

/** Counts of items whose key begins so, by their key. */
async function countsOf(prefix: string): Promise<Record<string, number>> {
  const items = [...(await world.items())].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(items.map(([key, item]) => [key, item['count'] as number]));
}

describe('the count of an account', () => {
  const count = (id: string, limit = 3) =>
    countAll((table) => [
      accountSendCounted(table, id as AccountId, counting({ sendsPerAccountPerDay: limit })).fragment,
    ]);

  test('is of a day of the clock, and of one account', async () => {
    now = Date.UTC(2026, 11, 1, 10) / 1000;
    for (let sends = 0; sends < 3; sends += 1) expect(await count('a1')).toBe('counted');
    expect(await count('a1')).toEqual({ quota_exceeded: 14 * HOUR });
    expect(await count('a2')).toBe('counted');
    now += 14 * HOUR - 1;
    expect(await count('a1')).toEqual({ quota_exceeded: 1 });
    now += 1;
    expect(await count('a1')).toBe('counted');
  });

  test('lets exactly as many through as there is room for, side by side', async () => {
    expect(tally(await times(20, () => count('a3', 7)))).toBe(7);
  });

  test('is kept by an item that goes an hour after its day', async () => {
    now = Date.UTC(2026, 11, 2, 10) / 1000;
    await count('a4');
    const item = (await world.items()).get('GUARD#account#a4/DAY#20261202');
    expect(item).toMatchObject({ count: 1, expiresAt: Date.UTC(2026, 11, 3, 1) / 1000 });
  });
});

describe('the count of an IP address', () => {
  const refusal = () => new Problem('human_check_required');
  const count = (network: string, soft?: number) =>
    countAll((table) => [
      ipSendCounted(
        table,
        network,
        counting({ sendsPerIpPerHour: 4 }),
        soft === undefined ? undefined : { after: soft, refusal },
      ).fragment,
    ]);

  test('is of an hour of the clock, and of one address', async () => {
    now = Date.UTC(2026, 11, 3, 10, 45) / 1000;
    for (let sends = 0; sends < 4; sends += 1) expect(await count('ip1')).toBe('counted');
    expect(await count('ip1')).toEqual({ quota_exceeded: 900 });
    expect(await count('ip2')).toBe('counted');
    now += 900;
    expect(await count('ip1')).toBe('counted');
  });

  test('has a limit below it, with a refusal of its own until the limit itself is reached', async () => {
    for (let sends = 0; sends < 2; sends += 1) expect(await count('ip3', 2)).toBe('counted');
    expect(await count('ip3', 2)).toEqual({ human_check_required: undefined });
    for (let sends = 0; sends < 2; sends += 1) expect(await count('ip3')).toBe('counted');
    expect(await count('ip3', 2)).toHaveProperty('quota_exceeded');
  });

  test('may have one of none at all, or one that is higher than its own', async () => {
    expect(await count('ip4', 0)).toEqual({ human_check_required: undefined });
    for (let sends = 0; sends < 4; sends += 1) expect(await count('ip4', 9)).toBe('counted');
    expect(await count('ip4', 9)).toHaveProperty('quota_exceeded');
  });
});

describe('the cap of a channel', () => {
  const limits = { smsPerHour: 250, smsPerDay: 430, mailsPerHour: 5, mailsPerDay: 8 };
  const send = (channel: Channel, table = world.table) =>
    countAll((of) => sendCountedForDeployment(of, channel, counting(limits)), table);

  test('lets exactly as many through as the hour allows, over all shards and side by side, and then as many as the day', async () => {
    now = Date.UTC(2026, 11, 5, 22, 30) / 1000;
    expect(tally(await times(300, () => send('sms')))).toBe(250);
    expect(await send('sms')).toEqual({ unavailable: 1800 });
    now += 1800;
    expect(tally(await times(300, () => send('sms')))).toBe(180);
    expect(await send('sms')).toEqual({ unavailable: HOUR });
    now += HOUR;
    expect(await send('sms')).toBe('counted');
    expect(await countsOf('GUARD#sms#')).toMatchObject({
      'GUARD#sms#0/HOUR#2026120522': 125,
      'GUARD#sms#1/HOUR#2026120522': 125,
      'GUARD#sms#3/DAY#20261205': 107,
    });
  }, 60_000);

  test('is each channel’s own', async () => {
    expect(tally(await times(9, () => send('mail')))).toBe(5);
    expect(await send('sms')).toBe('counted');
  });

  test('sends nothing if the limit is 0', async () => {
    const count = () =>
      countAll((table) => sendCountedForDeployment(table, 'mail', counting({ mailsPerHour: 0 })));
    expect(await count()).toHaveProperty('unavailable');
  });

  test('is one for all processes: another finds it reached, and is not let through', async () => {
    await times(9, () => send('mail'));
    const another = otherProcess();
    expect(await send('mail', another)).toHaveProperty('unavailable');
    expect(another.full.size).toBeGreaterThan(0);
  });

  test('is not asked again by a process that knows it is reached, until its hour is over', async () => {
    await times(9, () => send('mail'));
    expect(await send('mail')).toHaveProperty('unavailable');
    let made = 0;
    await calls.during(
      async (_call, proceed) => {
        made += 1;
        return proceed();
      },
      async () => {
        for (let tries = 0; tries < 5; tries += 1) await send('mail');
        expect(made).toBe(0);
        now += HOUR;
        expect(await send('mail')).toBe('counted');
        expect(made).toBe(1);
      },
    );
  });

  test('is forgotten by the process when its window is over', async () => {
    const table = otherProcess();
    for (let hours = 0; hours < 3; hours += 1) {
      now += DAY;
      await times(9, () => send('mail', table));
      await send('mail', table);
    }
    expect(table.full.size).toBe(1);
  });

  test('is found by a full shard and its neighbours, not by trying each', async () => {
    const ten = { smsPerHour: 1000, smsPerDay: 100_000 };
    const count = (table: Table) =>
      countAll((of) => sendCountedForDeployment(of, 'sms', counting(ten)), table);
    await times(50, () => times(20, () => count(world.table)));
    const another = otherProcess();
    let made = 0;
    await calls.during(
      async (_call, proceed) => {
        made += 1;
        return proceed();
      },
      async () => expect(await count(another)).toHaveProperty('unavailable'),
    );
    expect(made).toBe(2);
  }, 60_000);
});

describe('a look at the cap', () => {
  const limits = { mailsPerHour: 210, mailsPerDay: 100_000 };
  const look = (table = world.table) => outcome(() => peekCap(table, 'mail', counting(limits))());
  const send = () => countAll((table) => sendCountedForDeployment(table, 'mail', counting(limits)));

  test('counts nothing, and is refused only if every shard is full', async () => {
    for (let looks = 0; looks < 5; looks += 1) expect(await look()).toBe('counted');
    await times(209, () => send());
    for (let looks = 0; looks < 5; looks += 1) {
      const unknowing = otherProcess();
      expect(await look(unknowing)).toBe('counted');
    }
    expect(await send()).toBe('counted');
    expect(await look()).toHaveProperty('unavailable');
    const unknowing = otherProcess();
    expect(await look(unknowing)).toHaveProperty('unavailable');
  });

  test('fails if it can’t be taken', async () => {
    const down = async () => {
      throw new Error('down');
    };
    await calls.during(down, () => expect(look()).rejects.toThrow('down'));
  });
});

describe('the cap of notices', () => {
  const tell = (channel: Channel) =>
    countAll((table) =>
      noticeCounted(table, channel, 'change', counting({ noticesPerHour: 4, noticesPerDay: 6 })),
    );

  test('is each channel’s own, and none of the codes’', async () => {
    const none = counting({ smsPerHour: 0, mailsPerHour: 0 });
    expect(await countAll((table) => sendCountedForDeployment(table, 'sms', none))).toHaveProperty(
      'unavailable',
    );
    expect(tally(await times(9, () => tell('sms')))).toBe(4);
    expect(tally(await times(9, () => tell('mail')))).toBe(4);
    now += HOUR;
    expect(tally(await times(9, () => tell('sms')))).toBe(2);
  });
});

describe('the ratio of codes sent to codes verified', () => {
  const limits = { unverifiedRatioLimit: 5 };
  const send = (range: string) =>
    countAll((table) => unverifiedCounted(table, range, counting(limits)).map(({ fragment }) => fragment));
  const verify = (range: string) => countAll((table) => verifiedCredited(table, range, counting(limits)));

  test('stops a range after twenty unverified codes, for the hour, and no other range', async () => {
    now = Date.UTC(2027, 0, 5, 10, 50) / 1000;
    expect(tally(await times(25, () => send('r1')))).toBe(20);
    expect(await send('r1')).toEqual({ unavailable: 600 });
    expect(await send('r2')).toBe('counted');
    now += 600;
    expect(await send('r1')).toBe('counted');
  });

  test('makes room for as many as the limit says, a verified code', async () => {
    await times(20, () => send('r3'));
    await verify('r3');
    await verify('r3');
    expect(tally(await times(15, () => send('r3')))).toBe(10);
  });

  test('takes codes verified beforehand into account', async () => {
    await times(4, () => verify('r4'));
    expect(tally(await times(50, () => send('r4')))).toBe(40);
  });

  test('stops all after a hundred over all ranges, exactly, and makes room again with codes that are verified', async () => {
    const sends = await times(130, (index) => send(`many-${index}`));
    expect(tally(sends)).toBe(100);
    expect(await send('another')).toHaveProperty('unavailable');
    await verify('many-1');
    // A process that knew it was reached looks again a little later.
    now += 10;
    expect(tally(await times(9, (index) => send(`more-${index}`)))).toBe(5);
  }, 60_000);

  test('is not looked at if the limit is 0', async () => {
    const off = counting({ unverifiedRatioLimit: 0 });
    expect(unverifiedCounted(world.table, 'r5', off)).toEqual([]);
    expect(verifiedCredited(world.table, 'r5', off)).toEqual([]);
  });
});

describe('what is given back', () => {
  test('makes room for one, everywhere it was counted', async () => {
    const limits = { sendsPerAccountPerDay: 1, sendsPerIpPerHour: 1, unverifiedRatioLimit: 5 };
    const count = () => [
      accountSendCounted(world.table, 'back' as AccountId, counting(limits)),
      ipSendCounted(world.table, 'back', counting(limits)),
      ...unverifiedCounted(world.table, 'back', counting(limits)),
    ];
    const counted = count();
    const send = (counts: ReturnType<typeof count>) => countAll(() => counts.map(({ fragment }) => fragment));
    expect(await send(counted)).toBe('counted');
    expect(await send(count())).toHaveProperty('quota_exceeded');
    await refundCounts(world.table, counted);
    expect(await send(count())).toBe('counted');
    expect(await send(count())).toHaveProperty('quota_exceeded');
    expect(Object.values(await countsOf('GUARD#range#back'))).toEqual([1]);
  });

  test('is nothing if it is no longer there', async () => {
    const counted = accountSendCounted(world.table, 'gone' as AccountId, counting());
    await refundCounts(world.table, [counted]);
    expect(await countsOf('GUARD#account#gone')).toEqual({});
  });
});
