import { describe, expect, test } from '@jest/globals';
import type { SentMessage } from '../support/doubles.ts';
import { itemsOf } from '../support/inspect.ts';
import { noticesDuring, sentDuring } from '../support/notices.ts';
import { type Member, newAddress, newMember, newWeChatPerson, signedIn, times } from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** The longest that SQS delays a message. */
const QUARTER = HOUR / 4;

const channels = (messages: readonly SentMessage[]) =>
  messages.map(({ channel, to }) => `${channel} ${to}`).toSorted();

/** Every message fails from now on, in this way. @returns ends that */
function breakMessages({ outbox }: World, fate: 'refused' | 'never sent' = 'never sent'): () => void {
  outbox.beforeSending = () => void outbox.fates.unshift(fate);
  return () => {
    outbox.beforeSending = () => undefined;
  };
}

/** How many messages a cap has counted, in all days together. */
async function countedBy(world: World, cap: string): Promise<number> {
  const items = [...(await world.items())].filter(([key]) => key.startsWith('GUARD#notice#'));
  return items.reduce((sum, [, item]) => sum + Number(item[`${cap}_day`] ?? 0), 0);
}

/** Lets time pass in the steps of the queue, and tries again what is due at each. */
async function retryFor(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += QUARTER) {
    world.pass({ seconds: QUARTER });
    await world.retryNotices();
  }
}

/** Somebody whose sign-ins have been notified; a change of theirs goes to the phone alone. */
async function newOwner(world: World, links: ('email' | 'wechat')[] = []): Promise<Member> {
  const member = await newMember(world, { links });
  await world.notifyOwners();
  return member;
}

const change = (world: World, { browser, phone }: Member) =>
  browser.linkWeChat(newWeChatPerson(world), phone);

describe('a message that can’t go out', () => {
  test.each(['refused', 'never sent'] as const)('waits if it was %s, and goes out later', async (fate) => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await change(world, owner);
    const mend = breakMessages(world, fate);
    expect(await sentDuring(world, () => world.notifyOwners())).toEqual([]);
    mend();
    expect(await sentDuring(world, () => world.retryNotices())).toEqual([]);
    world.pass({ seconds: 60 });
    const sent = await sentDuring(world, () => world.retryNotices({ twice: true }));
    expect(channels(sent)).toEqual([`sms ${owner.phone}`]);
    expect(world.queue.waiting).toEqual([]);
    expect(world.observer.counted.filter((metric) => metric === 'NoticeDeferred')).toHaveLength(1);
  });

  test('is tried again after 1 minute, 2, 4, 8, and 15 from then on', async () => {
    const world = await createWorld();
    await change(world, await newOwner(world));
    breakMessages(world);
    await world.notifyOwners();
    const minutes: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      const seconds = (world.queue.waiting[0]?.dueAt ?? 0) - world.nowSeconds;
      minutes.push(seconds / 60);
      world.pass({ seconds });
      expect(await world.retryNotices()).toBe(0);
    }
    expect(minutes).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test('a deferred notice holds up no other record', async () => {
    const world = await createWorld();
    const [one, other] = [await newOwner(world), await newOwner(world)];
    await change(world, one);
    await change(world, other);
    world.outbox.fates.push('never sent');
    let failed = 0;
    const sent = await sentDuring(world, async () => {
      failed = await world.notifyOwners();
    });
    expect(failed).toBe(0);
    expect(sent).toHaveLength(1);
    expect([one.phone, other.phone]).toContain(sent[0]?.to);
  });

  test('takes nothing that was done along with it', async () => {
    const world = await createWorld();
    const owner = await newOwner(world, ['email']);
    await change(world, owner);
    world.bus.failing = 1;
    world.outbox.fates.push('accepted', 'never sent');
    const first = await sentDuring(world, () => world.notifyOwners());
    world.pass({ seconds: 60 });
    const second = await sentDuring(world, () => world.retryNotices());
    expect(channels([...first, ...second])).toEqual(
      [`email ${owner.address}`, `sms ${owner.phone}`].toSorted(),
    );
    expect(first).toHaveLength(1);
    expect(world.bus.published.map(({ type }) => type)).toEqual(['identity.linked']);
    expect(world.queue.waiting).toEqual([]);
  });

  test('names in the queue what is in the table, and nothing else', async () => {
    const world = await createWorld();
    const owner = await newOwner(world, ['email']);
    await change(world, owner);
    breakMessages(world);
    await world.notifyOwners();
    const [pending] = world.queue.waiting.map(({ body }) => JSON.parse(body));
    const { accountId } = owner;
    expect(pending).toEqual({ accountId, noticeId: expect.stringMatching(/^[\w-]{22}$/), tries: 1 });
  });

  test('fails its record if the queue can’t be written to, and then the stream brings it again', async () => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await change(world, owner);
    world.outbox.fates.push('never sent');
    world.queue.failing = 2;
    let failed = 0;
    const sent = await sentDuring(world, async () => {
      failed = await world.notifyOwners({ twice: true });
    });
    expect(failed).toBe(1);
    expect(channels(sent)).toEqual([`sms ${owner.phone}`]);
  });

  test('and whose try fails altogether is tried again as well', async () => {
    const world = await createWorld();
    const calls = new TableCalls(world);
    const owner = await newOwner(world);
    await change(world, owner);
    const broken: Around = async ({ command }, proceed) => {
      if (command === 'BatchGetItem') throw new Error('the table does not answer');
      return proceed();
    };
    expect(await calls.during(broken, () => world.notifyOwners())).toBe(0);
    world.pass({ seconds: 60 });
    expect(await calls.during(broken, () => world.retryNotices())).toBe(1);
    world.pass({ seconds: 180 });
    expect(channels(await sentDuring(world, () => world.retryNotices()))).toEqual([`sms ${owner.phone}`]);
  });

  test('that can’t be read fails alone', async () => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await change(world, owner);
    world.outbox.fates.push('never sent');
    await world.notifyOwners();
    for (const body of ['', '{}', 'null', '{"accountId":1,"noticeId":"a","tries":0}'])
      world.queue.add(body, 0);
    world.pass({ seconds: 60 });
    let failed = 0;
    const sent = await sentDuring(world, async () => {
      failed = await world.retryNotices();
    });
    expect(failed).toBe(4);
    expect(channels(sent)).toEqual([`sms ${owner.phone}`]);
  });
});

describe('what notices may cost', () => {
  test('an SMS outage of 91 notices spends no more of the cap than 91', async () => {
    const world = await createWorld();
    // Each of them signs in on a device that is new.
    const members = await times(91, () => newMember(world));
    const mend = breakMessages(world);
    expect(await world.notifyOwners()).toBe(0);
    await retryFor(world, 2 * HOUR);
    expect(await countedBy(world, 'notice_sms')).toBe(91);
    mend();
    const sent = await sentDuring(world, () => retryFor(world, 2 * QUARTER));
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set(members.map(({ phone }) => phone)));
    expect(await countedBy(world, 'notice_sms')).toBe(91);
  });

  test('a spent cap defers a notice and it goes out in the next hour', async () => {
    const world = await createWorld({ NOTICES_PER_HOUR: '1' });
    const owner = await newOwner(world);
    await change(world, owner);
    expect(await sentDuring(world, () => world.notifyOwners())).toEqual([]);
    expect(world.observer.counted).toContain('SpendGuardClosed');
    expect(await sentDuring(world, () => retryFor(world, HOUR - QUARTER))).toEqual([]);
    const sent = await sentDuring(world, () => retryFor(world, QUARTER));
    expect(channels(sent)).toEqual([`sms ${owner.phone}`]);
    expect(world.observer.counted).not.toContain('NoticeNeverSent');
  });

  test('a sign-in is counted once among those of its day, whatever becomes of its notice', async () => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await signedIn(world, owner);
    const mend = breakMessages(world);
    await world.notifyOwners({ twice: true });
    await retryFor(world, HOUR);
    mend();
    await retryFor(world, QUARTER);
    const sent = await noticesDuring(world, () => times(12, () => signedIn(world, owner)));
    expect(sent).toHaveLength(8);
  });
});

describe('a notice that nothing is left of', () => {
  test('a permanent refusal is tried once', async () => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await change(world, owner);
    world.outbox.fates.push('opted out');
    let tries = 0;
    world.outbox.beforeSending = () => {
      tries += 1;
    };
    await world.notifyOwners({ twice: true });
    await retryFor(world, HOUR);
    expect(tries).toBe(1);
    expect(world.queue.waiting).toEqual([]);
    expect(world.observer.counted.filter((metric) => metric === 'NoticeDropped')).toHaveLength(1);
  });

  test('a notice that is never sent raises its metric', async () => {
    const world = await createWorld();
    const owner = await newOwner(world, ['email']);
    await change(world, owner);
    world.outbox.fates.push('never sent', 'accepted');
    expect(await sentDuring(world, () => world.notifyOwners())).toHaveLength(1);
    breakMessages(world);
    await retryFor(world, 3 * DAY - 2 * QUARTER);
    expect(world.observer.counted).not.toContain('NoticeNeverSent');
    await retryFor(world, 2 * QUARTER);
    expect(world.observer.counted.filter((metric) => metric === 'NoticeNeverSent')).toHaveLength(1);
    expect(world.queue.waiting).toEqual([]);
  });
});

describe('a function that dies on the way', () => {
  type Death = (world: World, die: () => Promise<never>) => Around | undefined;
  const atCall =
    (wanted: string, when: 'before' | 'after'): Death =>
    (_world, die) =>
    async ({ command }, proceed) => {
      if (command !== wanted) return proceed();
      if (when === 'after') await proceed();
      return die();
    };

  /** Where it dies, and how many messages the owner has got once the record has come again. */
  const DEATHS: readonly (readonly [string, Death, number])[] = [
    ['before its message is counted', atCall('TransactWriteItems', 'before'), 1],
    ['when its message is counted', atCall('TransactWriteItems', 'after'), 1],
    [
      'when it sends its message',
      ({ outbox }, die) => {
        outbox.beforeSending = die;
        return undefined;
      },
      1,
    ],
    ['when its message is sent', atCall('UpdateItem', 'before'), 2],
    ['when its message is marked as sent', atCall('UpdateItem', 'after'), 1],
  ];

  test.each(DEATHS)('%s repeats only what is not known to be done', async (_where, death, messages) => {
    const world = await createWorld();
    const owner = await newOwner(world);
    await signedIn(world, owner);
    const before = await countedBy(world, 'notice_sms');
    const calls = new TableCalls(world);
    const sent = await sentDuring(world, async () => {
      const dead = Promise.withResolvers<void>();
      const die = () => {
        dead.resolve();
        return new Promise<never>(() => undefined);
      };
      calls.around = death(world, die);
      const records = await world.recordsForOwners();
      void world.handOver('notifyOwner', records);
      await dead.promise;
      calls.around = undefined;
      world.outbox.beforeSending = () => undefined;
      expect(await world.handOver('notifyOwner', records)).toEqual({ batchItemFailures: [] });
      expect(await world.handOver('notifyOwner', records)).toEqual({ batchItemFailures: [] });
    });
    expect(channels(sent)).toEqual(Array(messages).fill(`sms ${owner.phone}`));
    expect((await countedBy(world, 'notice_sms')) - before).toBe(1);
    expect(world.queue.waiting).toEqual([]);
  });
});

describe('the mail of a notice', () => {
  const noticesOf = async (world: World, { accountId }: Member) =>
    (await itemsOf(world, `ACCOUNT#${accountId}`)).filter(({ sk }) => String(sk).startsWith('NOTICE#'));

  test('is marked with its address before it goes out, and goes there even if the account has another by then', async () => {
    const world = await createWorld();
    const owner = await newOwner(world, ['email']);
    await signedIn(world, owner);
    let marked: unknown;
    world.outbox.beforeSending = async () => {
      world.outbox.beforeSending = () => undefined;
      marked = (await noticesOf(world, owner)).map(({ mailedTo }) => mailedTo);
    };
    world.outbox.fates.push('never sent', 'never sent');
    await world.notifyOwners();
    expect(marked).toContain(owner.address);
    await owner.browser.checkIdentity('unlink_email', owner.phone);
    expect((await owner.browser.delete('/links/email')).status).toBe(204);
    world.pass({ seconds: 61 });
    const address = newAddress();
    expect((await owner.browser.linkEmail(address, owner.phone)).status).toBe(201);
    const sent = await sentDuring(world, () => world.retryNotices());
    expect(channels(sent)).toEqual([`email ${owner.address}`, `sms ${owner.phone}`].toSorted());
  });
});

describe('the mail of a lock', () => {
  const CAP = { NOTICES_PER_HOUR: '100000' };

  async function lockedOwner(world: World): Promise<Member> {
    const owner = await newOwner(world, ['email']);
    await new SignInScenes(world).spendGuesses(owner.address);
    return owner;
  }

  test('waits while it can’t go out, is counted once, and goes out later', async () => {
    const world = await createWorld(CAP);
    const { address } = await lockedOwner(world);
    const before = await countedBy(world, 'notice_mail');
    const mend = breakMessages(world);
    expect(await world.notifyOwners()).toBe(0);
    const [pending] = world.queue.waiting.map(({ body }) => JSON.parse(body));
    expect(pending).toEqual({
      addressKey: expect.stringMatching(/^[\w-]{22}$/),
      lockedAt: expect.any(Number),
      tries: 1,
    });
    await retryFor(world, HOUR);
    mend();
    expect(channels(await sentDuring(world, () => retryFor(world, QUARTER)))).toEqual([`email ${address}`]);
    expect(await sentDuring(world, () => retryFor(world, HOUR))).toEqual([]);
    expect((await countedBy(world, 'notice_mail')) - before).toBe(1);
    expect(world.queue.waiting).toEqual([]);
  });

  test('waits for the next hour if its cap is spent', async () => {
    const world = await createWorld({ NOTICES_PER_HOUR: '0' });
    const { address } = await lockedOwner(world);
    expect(await sentDuring(world, () => world.notifyOwners())).toEqual([]);
    Object.assign(world.dependencies.settings.spending, { noticesPerHour: 100 });
    const sent = await sentDuring(world, () => retryFor(world, HOUR));
    expect(sent.filter(({ to }) => to === address).length).toBeGreaterThan(0);
  });

  test('is over with the lock, which is counted', async () => {
    const world = await createWorld(CAP);
    await lockedOwner(world);
    const mend = breakMessages(world);
    await world.notifyOwners();
    await retryFor(world, DAY);
    mend();
    expect(world.queue.waiting).toEqual([]);
    expect(world.observer.counted.filter((metric) => metric === 'NoticeNeverSent')).toHaveLength(1);
  });
});
