import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import type { Channel } from '../../lib/linking/channel.ts';
import type { Provider } from '../../lib/linking/identity.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { systemRandomness } from '../../lib/linking/secrets.ts';
import type { CodeKind, NoticeKind, SpendingLimits } from '../../lib/linking/spending.ts';
import { countUnverified, creditVerified, type Spent } from '../../lib/linking/spent.ts';
import { commit, type Table } from '../../lib/table/client.ts';
import {
  type Count,
  type Counting,
  countsAdded,
  dailyCounted,
  ipSendCounted,
  ipSignInCounted,
  refundCounts,
} from '../../lib/table/counters.ts';
import { keys } from '../../lib/table/keys.ts';
import { Memory, memoryKey } from '../../lib/table/memory.ts';
import {
  codeCounted,
  isStrangersPartNearlySpent,
  noticeCounted,
  peekCap,
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

const countAll = (counts: (table: Table) => readonly Count[], table = world.table) =>
  outcome(() => retryWhenStale(table, () => commit(table, countsAdded(table, counts(table)))));

const tally = (outcomes: readonly unknown[]) => outcomes.filter((one) => one === 'counted').length;

/** The counts of items whose key begins so, by their key. */
async function countsOf(prefix: string): Promise<Record<string, Record<string, unknown>>> {
  const items = [...(await world.items())].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    items.map(([key, { pk: _pk, sk: _sk, expiresAt: _end, ...counts }]) => [key, counts]),
  );
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

describe('the count of an IP address', () => {
  const refusal = () => new Problem('human_check_required');
  const count = (network: string, soft?: number) =>
    countAll((table) => [
      ipSendCounted(
        table,
        network,
        counting({ sendsPerIpPerHour: 4 }),
        soft === undefined ? undefined : { after: soft, refusal },
      ),
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
      countAll((table) => [ipSignInCounted(table, 'ip6', counting({ signInsPerIpPerHour: 2 }))]);
    for (let sends = 0; sends < 5; sends += 1) await count('ip6');
    for (let begun = 0; begun < 2; begun += 1) expect(await begin()).toBe('counted');
    expect(await begin()).toHaveProperty('quota_exceeded');
    expect(await countCalls(begin)).toBe(0);
  });
});

describe('what an account has a limited number of in a day', () => {
  type What = Parameters<typeof dailyCounted>[0];
  const count = (what: What, id: string, provider: Provider) =>
    countAll(() => [dailyCounted(what, { accountId: id as AccountId, provider }, now)]);

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
    countAll((of) => codeCounted(of, channel, counting(limits)).caps, table);

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
      'GUARD#sms#0/DAY#20261205': { sms_hour22: 125, sms_day: 215 },
      'GUARD#sms#1/DAY#20261205': { sms_hour22: 125, sms_day: 215 },
    });
  }, 60_000);

  test('is each channel’s own', async () => {
    expect(tally(await times(9, () => send('mail')))).toBe(5);
    expect(await send('sms')).toBe('counted');
  });

  test('sends nothing if the limit is 0', async () => {
    const count = () => countAll((table) => codeCounted(table, 'mail', counting({ mailsPerHour: 0 })).caps);
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
    const count = (table: Table) => countAll((of) => codeCounted(of, 'sms', counting(ten)).caps, table);
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

describe('a shard of a day', () => {
  const limits = { mailsPerHour: 200, mailsPerDay: 1000 };
  const send = () => countAll((table) => codeCounted(table, 'stranger_mail', counting(limits)).caps);
  const itemsOfDay = async () => {
    const day = new Date(now * 1000).toISOString().slice(0, 10).replaceAll('-', '');
    const counts = Object.entries(await countsOf('GUARD#mail#'));
    return counts.flatMap(([key, item]) => (key.endsWith(`/DAY#${day}`) ? [item] : []));
  };

  test('is one item for all that a message is counted by', async () => {
    const { caps } = codeCounted(world.table, 'stranger_mail', counting(limits));
    expect(caps).toHaveLength(4);
    expect(countsAdded(world.table, caps)).toHaveLength(1);
    now = Date.UTC(2027, 1, 7, 9) / 1000;
    await send();
    const counts = { mail_hour09: 1, mail_day: 1, stranger_mail_hour09: 1, stranger_mail_day: 1 };
    expect(await itemsOfDay()).toEqual([counts]);
  });

  test('keeps the hour before for clocks that are behind, and none that is older', async () => {
    now = Date.UTC(2027, 1, 8, 0) / 1000;
    const one = { mailsPerHour: 100, mailsPerDay: 1000 };
    for (let hour = 0; hour < 24; hour += 1) {
      expect(await countAll((table) => codeCounted(table, 'mail', counting(one)).caps)).toBe('counted');
      if (hour < 23) now += HOUR;
    }
    expect(await itemsOfDay()).toEqual([{ mail_day: 24, mail_hour22: 1, mail_hour23: 1 }]);
  });

  test('is another for the hour than for the day where no one has room for both', async () => {
    now = Date.UTC(2027, 1, 9, 10) / 1000;
    const caps = () => codeCounted(world.table, 'mail', counting(limits)).caps;
    const shardOf = ({ key }: Count) => /\d/.exec(key.pk)?.[0];
    for (const [subject, name] of ['mail_hour10', 'mail_day'].entries()) {
      const key = keys.counter('mail', subject, 'DAY#20270209');
      world.table.fullCaps.note(memoryKey(key, name), now + HOUR, now);
    }
    expect(caps().map((count) => [count.name, shardOf(count)])).toEqual([
      ['mail_hour10', '1'],
      ['mail_day', '0'],
    ]);
    expect(await countAll(caps)).toBe('counted');
  });
});

describe('a look at the cap', () => {
  const limits = { mailsPerHour: 210, mailsPerDay: 100_000 };
  const look = (table = world.table) => outcome(() => peekCap(table, 'mail', counting(limits))());
  const send = () => countAll((table) => codeCounted(table, 'mail', counting(limits)).caps);

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
    countAll((of) => codeCounted(of, kind, counting(limits)).caps, table);
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
  /** @throws what refuses it on the first channel of them */
  const tell = (
    table: Table,
    channels: readonly Channel[],
    kind: NoticeKind,
    limits: Partial<SpendingLimits>,
  ) => {
    const { counted, reached } = noticeCounted(table, channels, kind, counting(limits));
    for (const refusal of reached.values()) throw refusal;
    return counted;
  };
  const limits = { noticesPerHour: 4, noticesPerDay: 6 };
  const change = (...channels: Channel[]) => countAll((table) => tell(table, channels, 'change', limits));

  test('is each channel’s own, and none of the codes’', async () => {
    const none = counting({ smsPerHour: 0, mailsPerHour: 0 });
    expect(await countAll((table) => codeCounted(table, 'sms', none).caps)).toHaveProperty('unavailable');
    expect(tally(await times(9, () => change('sms')))).toBe(4);
    expect(tally(await times(9, () => change('mail')))).toBe(4);
    now += HOUR;
    expect(tally(await times(9, () => change('sms')))).toBe(2);
  });

  test('is counted on all channels of a notice in one item, and on those alone that have room', async () => {
    const both = () => noticeCounted(world.table, ['mail', 'sms'], 'change', counting(limits));
    expect(countsAdded(world.table, both().counted)).toHaveLength(1);
    expect(tally(await times(9, () => change('mail')))).toBe(4);
    expect(await change('mail', 'sms')).toHaveProperty('unavailable');
    expect([...both().reached.keys()]).toEqual(['mail']);
    expect(await countAll(() => both().counted)).toBe('counted');
    expect(tally(await times(9, () => change('sms')))).toBe(3);
  });

  test('is half for sign-ins and a fifth for locks at most, and whole for changes', async () => {
    const flood = (kind: NoticeKind) => times(12, () => countAll((table) => tellMany(table, kind)));
    const tellMany = (table: Table, kind: NoticeKind) =>
      tell(table, ['mail'], kind, { noticesPerHour: 10, noticesPerDay: 1000 });
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
  /** What each account has spent, as its own item has it. */
  const spentBy = new Map<string, Spent>();
  const send = (range: string, account: string, table = world.table) =>
    outcome(() =>
      retryWhenStale(table, async () => {
        const { scores, isRatioOver } = codeCounted(table, 'sms', counting(limits), range);
        const spent = countUnverified(spentBy.get(account) ?? {}, { now, isLimited: isRatioOver });
        await commit(table, countsAdded(table, scores));
        spentBy.set(account, spent);
      }),
    );
  const verify = (range: string, account: string) => {
    spentBy.set(account, creditVerified(spentBy.get(account) ?? {}, now));
    return countAll(() => verifiedCredited(range, counting(limits)));
  };
  const isOver = (range: string, table = world.table) =>
    codeCounted(table, 'sms', counting(limits), range).isRatioOver;
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
    expect(codeCounted(world.table, 'sms', off, 'r0')).toMatchObject({ scores: [], isRatioOver: false });
    expect(verifiedCredited('r0', off)).toEqual([]);
  });
});

describe('what is given back', () => {
  test('makes room for one, everywhere it was counted', async () => {
    const limits = { sendsPerIpPerHour: 1, unverifiedRatioLimit: 5 };
    const count = (table: Table) => [
      ipSendCounted(table, 'back', counting(limits)),
      ...codeCounted(table, 'sms', counting(limits), 'back').scores,
    ];
    const counted = count(world.table);
    const hour = new Date(now * 1000).toISOString().slice(11, 13);
    expect(await countAll(() => counted)).toBe('counted');
    expect(await countAll(count)).toHaveProperty('quota_exceeded');
    await refundCounts(world.table, counted);
    expect(await countAll(count)).toBe('counted');
    expect(await countAll(count)).toHaveProperty('quota_exceeded');
    expect(Object.values(await countsOf('GUARD#range#back'))).toEqual([{ [`range_hour${hour}`]: 1 }]);
    expect(Object.values(await countsOf('GUARD#ip#back'))).toEqual([{ count: 1 }]);
  });

  test('is nothing if it is no longer there', async () => {
    const counted = ipSendCounted(world.table, 'gone', counting());
    await refundCounts(world.table, [counted]);
    expect(await countsOf('GUARD#ip#gone')).toEqual({});
  });

  test('is kept by an item that goes an hour after its own', async () => {
    now = Date.UTC(2027, 2, 2, 10, 20) / 1000;
    await countAll((table) => [ipSendCounted(table, 'kept', counting())]);
    const [item] = [...(await world.items())].flatMap(([key, one]) =>
      key.startsWith('GUARD#ip#kept/') ? [one] : [],
    );
    expect(item).toMatchObject({ count: 1, expiresAt: Date.UTC(2027, 2, 2, 12) / 1000 });
  });
});
