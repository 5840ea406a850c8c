import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import type { Channel } from '../../lib/linking/channel.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { systemRandomness } from '../../lib/linking/secrets.ts';
import type { CodeKind, NoticeKind, Spender, SpendingLimits } from '../../lib/linking/spending.ts';
import { commit, type Fragment, type Table } from '../../lib/table/client.ts';
import {
  accountSendCounted,
  type Counting,
  dailyCounted,
  ipSendCounted,
  ipSignInCounted,
  refundCounts,
} from '../../lib/table/counters.ts';
import { Memory } from '../../lib/table/memory.ts';
import {
  isStrangersPartNearlySpent,
  noticeCounted,
  peekCap,
  sendCountedForDeployment,
  unverifiedCounted,
  verifiedCredited,
} from '../../lib/table/spending.ts';
import { retryWhenStale } from '../../lib/table/views.ts';
import { times } from '../support/people.ts';
import { testSettings } from '../support/settings.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const calls = new TableCalls(world);
/** The table as a process has it that knows nothing yet. */
const otherProcess = (): Table => ({
  ...world.table,
  fullCaps: new Memory(),
  fullCallers: new Memory(),
});
const spender = (id: string): Spender => ({ accountId: id as AccountId, openedBy: 'email' });
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

/** How many calls to DynamoDB are made while it acts. */
async function countCalls(act: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const around: Around = async (_call, proceed) => {
    count += 1;
    return proceed();
  };
  await calls.during(around, act);
  return count;
}

describe('the count of an account', () => {
  const count = (id: string, limit = 3) =>
    countAll((table) => [
      accountSendCounted(table, spender(id), counting({ sendsPerAccountPerDay: limit })).fragment,
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
    const item = (await world.items()).get('GUARD#account#a4#email/DAY#20261202');
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

  test('is remembered by the process once it is full, until its hour is over: what it refuses then costs nothing', async () => {
    for (let sends = 0; sends < 5; sends += 1) await count('ip5');
    const made = await countCalls(async () => {
      expect(await count('ip5')).toEqual({ quota_exceeded: HOUR - (now % HOUR) });
      expect(await count('ip5', 2)).toHaveProperty('quota_exceeded');
    });
    expect(made).toBe(0);
    now += HOUR;
    expect(await count('ip5')).toBe('counted');
  });

  test('is apart for the sign-ins that are begun', async () => {
    const begin = () =>
      countAll((table) => [ipSignInCounted(table, 'ip6', counting({ signInsPerIpPerHour: 2 })).fragment]);
    for (let sends = 0; sends < 5; sends += 1) await count('ip6');
    for (let begun = 0; begun < 2; begun += 1) expect(await begin()).toBe('counted');
    expect(await begin()).toHaveProperty('quota_exceeded');
    expect(await countCalls(begin)).toBe(0);
  });
});

describe('what an account has a limited number of in a day', () => {
  type What = Parameters<typeof dailyCounted>[1];
  const count = (what: What, id: string, provider: Provider) =>
    countAll((table) => [dailyCounted(table, what, { accountId: id as AccountId, provider }, now)]);

  test.each([
    ['new_device', 10],
    ['refused_sign_in', 5],
    ['sign_out', 10],
  ] as const)('such as %s, is counted for each method', async (what, most) => {
    expect(tally(await times(20, () => count(what, 'n1', 'wechat')))).toBe(most);
    expect(await count(what, 'n1', 'wechat')).toHaveProperty('quota_exceeded');
    expect(await count(what, 'n1', 'qq')).toBe('counted');
    expect(await count(what, 'n2', 'wechat')).toBe('counted');
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
    expect(another.fullCaps.size).toBeGreaterThan(0);
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
    expect(table.fullCaps.size).toBe(1);
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

describe('what strangers’ sign-ins may use of the cap of mail', () => {
  const limits = { mailsPerHour: 20, mailsPerDay: 100_000 };
  const send = (kind: CodeKind, table = world.table) =>
    countAll((of) => sendCountedForDeployment(of, kind, counting(limits)), table);
  const look = (kind: CodeKind, table: Table) => outcome(() => peekCap(table, kind, counting(limits))());
  const isNearlySpent = (table: Table) => isStrangersPartNearlySpent(table, counting(limits));

  test('is half of it: the other is left for known browsers and linking', async () => {
    expect(tally(await times(15, () => send('stranger_mail')))).toBe(10);
    const another = otherProcess();
    expect(await look('stranger_mail', another)).toHaveProperty('unavailable');
    expect(await look('mail', another)).toBe('counted');
    expect(tally(await times(15, () => send('mail')))).toBe(10);
  });

  test('is less if others have used more than half', async () => {
    await times(15, () => send('mail'));
    expect(tally(await times(15, () => send('stranger_mail')))).toBe(5);
  });

  test('is nearly spent once three quarters are, which a process learns from its looks at the cap', async () => {
    const table = otherProcess();
    await times(7, () => send('stranger_mail'));
    await look('stranger_mail', table);
    expect(isNearlySpent(table)).toBe(false);
    await send('stranger_mail');
    expect(isNearlySpent(table)).toBe(false);
    await look('stranger_mail', table);
    expect(isNearlySpent(table)).toBe(true);
    expect(isNearlySpent(world.table)).toBe(false);
    now += HOUR;
    expect(isNearlySpent(table)).toBe(false);
  });

  test('is not nearly spent by what others use', async () => {
    const table = otherProcess();
    await times(19, () => send('mail'));
    await look('stranger_mail', table);
    expect(isNearlySpent(table)).toBe(false);
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

  test('is half for sign-ins and a fifth for locks at most, and whole for changes', async () => {
    const flood = (kind: NoticeKind) => times(12, () => countAll((table) => tellMany(table, kind)));
    const tellMany = (table: Table, kind: NoticeKind) =>
      noticeCounted(table, 'mail', kind, counting({ noticesPerHour: 10, noticesPerDay: 1000 }));
    expect(tally(await flood('lock'))).toBe(2);
    expect(tally(await flood('sign_in'))).toBe(5);
    expect(tally(await flood('change'))).toBe(3);
    now += HOUR;
    expect(tally(await flood('change'))).toBe(10);
    expect(tally(await flood('lock'))).toBe(0);
  });
});

describe('the ratio of codes sent to codes verified', () => {
  const limits = { unverifiedRatioLimit: 5 };
  const send = (range: string, account: string, table = world.table) =>
    countAll(
      (of) =>
        unverifiedCounted(of, { range, spender: spender(account) }, counting(limits)).counted.map(
          ({ fragment }) => fragment,
        ),
      table,
    );
  const verify = (range: string, account: string) =>
    countAll((table) => verifiedCredited(table, { range, spender: spender(account) }, counting(limits)));
  const isOver = (range: string, table = world.table) =>
    unverifiedCounted(table, { range, spender: spender('looks') }, counting(limits)).isRatioOver;
  const each = (count: number, range: (index: number) => string) =>
    times(count, (index) => send(range(index), `${range(index)}-${index}`));

  test('limits no account before it is over: twenty to a range go through', async () => {
    for (let sends = 0; sends < 20; sends += 1) expect(await send('r1', 'a')).toBe('counted');
    expect(isOver('r1')).toBe(false);
  });

  test('limits accounts to three codes that are not verified while a range is over, for the hour, and in no other range', async () => {
    now = Date.UTC(2027, 0, 5, 10, 50) / 1000;
    await each(20, () => 'r2');
    for (let sends = 0; sends < 3; sends += 1) expect(await send('r2', 'one')).toBe('counted');
    expect(isOver('r2')).toBe(true);
    expect(await send('r2', 'one')).toEqual({ quota_exceeded: 600 });
    expect(await send('r2', 'another')).toBe('counted');
    for (let sends = 0; sends < 5; sends += 1) expect(await send('r3', 'elsewhere')).toBe('counted');
    now += 600;
    expect(await send('r2', 'one')).toBe('counted');
  });

  test('counts what an account left unverified before the ratio was over', async () => {
    for (let sends = 0; sends < 4; sends += 1) expect(await send('r4', 'early')).toBe('counted');
    await each(16, () => 'r4');
    expect(await send('r4', 'early')).toHaveProperty('quota_exceeded');
  });

  test('counts a verified code as none, for the account as well', async () => {
    await each(30, () => 'r5');
    for (let sends = 0; sends < 3; sends += 1) await send('r5', 'honest');
    await verify('elsewhere', 'honest');
    expect(await send('r5', 'honest')).toBe('counted');
    expect(await send('r5', 'honest')).toHaveProperty('quota_exceeded');
  });

  test('counts apart what sessions of each method of an account ask for', async () => {
    await each(20, () => 'r6');
    for (let sends = 0; sends < 4; sends += 1) await send('r6', 'attacked');
    const owner = { accountId: 'attacked' as AccountId, openedBy: 'qq' } as const;
    const ofOwner = (table: Table) =>
      unverifiedCounted(table, { range: 'r6', spender: owner }, counting(limits)).counted;
    expect(await countAll((table) => ofOwner(table).map(({ fragment }) => fragment))).toBe('counted');
  });

  test('is no longer over once codes are verified: each makes up for as many as the limit says', async () => {
    await each(23, () => 'r7');
    await verify('r7', 'one');
    now += 10;
    for (let sends = 0; sends < 2; sends += 1) expect(await send('r7', 'many')).toBe('counted');
    expect(isOver('r7')).toBe(false);
    for (let sends = 0; sends < 2; sends += 1) await send('r7', 'many');
    expect(isOver('r7')).toBe(true);
    expect(await send('r7', 'many')).toHaveProperty('quota_exceeded');
  });

  test('is over for all after a hundred over all ranges, and every process finds out', async () => {
    expect(tally(await each(100, (index) => `many-${index}`))).toBe(100);
    for (let sends = 0; sends < 3; sends += 1) expect(await send('last', 'one')).toBe('counted');
    expect(await send('last', 'one')).toHaveProperty('quota_exceeded');
    const another = otherProcess();
    expect(isOver('last', another)).toBe(false);
    expect(await send('last', 'one', another)).toHaveProperty('quota_exceeded');
    expect(await send('last', 'two', another)).toBe('counted');
  }, 60_000);

  test('lets an account have exactly as many as it may, side by side', async () => {
    await each(20, () => 'r8');
    await send('r8', 'first');
    expect(tally(await times(12, () => send('r8', 'parallel')))).toBe(3);
  });

  test('fails if it can’t be looked at', async () => {
    await each(20, () => 'r9');
    const noReads: Around = async ({ command }, proceed) => {
      if (command.startsWith('BatchGet')) throw new Error('down');
      return proceed();
    };
    await calls.during(noReads, () => expect(send('r9', 'any')).rejects.toThrow('down'));
  });

  test('is not looked at if the limit is 0', async () => {
    const off = counting({ unverifiedRatioLimit: 0 });
    const of = { range: 'r0', spender: spender('off') };
    expect(unverifiedCounted(world.table, of, off)).toEqual({ counted: [], isRatioOver: false });
    expect(verifiedCredited(world.table, of, off)).toEqual([]);
  });
});

describe('what is given back', () => {
  test('makes room for one, everywhere it was counted', async () => {
    const limits = { sendsPerAccountPerDay: 1, sendsPerIpPerHour: 1, unverifiedRatioLimit: 5 };
    const count = (table: Table) => [
      accountSendCounted(table, spender('back'), counting(limits)),
      ipSendCounted(table, 'back', counting(limits)),
      ...unverifiedCounted(table, { range: 'back', spender: spender('back') }, counting(limits)).counted,
    ];
    const counted = count(world.table);
    const fragments = (counts: ReturnType<typeof count>) => counts.map(({ fragment }) => fragment);
    expect(await countAll(() => fragments(counted))).toBe('counted');
    expect(await countAll((table) => fragments(count(table)))).toHaveProperty('quota_exceeded');
    await refundCounts(world.table, counted);
    expect(await countAll((table) => fragments(count(table)))).toBe('counted');
    expect(await countAll((table) => fragments(count(table)))).toHaveProperty('quota_exceeded');
    expect(Object.values(await countsOf('GUARD#range#back'))).toEqual([1]);
    expect(Object.values(await countsOf('GUARD#unverified#back'))).toEqual([1]);
  });

  test('is nothing if it is no longer there', async () => {
    const counted = accountSendCounted(world.table, spender('gone'), counting());
    await refundCounts(world.table, [counted]);
    expect(await countsOf('GUARD#account#gone')).toEqual({});
  });
});
