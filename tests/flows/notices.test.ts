import { describe, expect, test } from '@jest/globals';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { newAddress, newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

const channels = (messages: readonly { channel: string; to: string }[]) =>
  messages.map(({ channel, to }) => `${channel} ${to}`).toSorted();

describe('the owner is notified on every channel the account had before', () => {
  test('a linked email: by SMS, and not at the new address, which may be a thief’s', async () => {
    const { browser, phone } = await newMember(world);
    const told = await noticesDuring(world, () => browser.linkEmail('newly@example.com', phone));
    expect(channels(told)).toEqual([`sms ${phone}`]);
    expect(told[0]?.text).toContain('关联了邮箱 n***y@example.com');
    expect(told[0]?.text).toMatch(/^【示例云】/);
    expect(tokenIn(told[0] ?? { text: '' })).not.toBe('');
  });

  test('a linked WeChat: by SMS and by mail, without the nickname, which a thief chooses', async () => {
    const { browser, phone, address } = await newMember(world, { links: ['email'] });
    const who = newWeChatPerson(world);
    const told = await noticesDuring(world, () => browser.linkWeChat(who, phone));
    expect(channels(told)).toEqual([`email ${address}`, `sms ${phone}`].toSorted());
    for (const { text } of told) {
      expect(text).toContain('关联了微信');
      expect(text).not.toContain(who);
      expect(text).not.toContain('Mozilla');
    }
  });

  test('an unlinked email: at the address that is gone, too', async () => {
    const { browser, phone, address } = await newMember(world, { links: ['email'] });
    await browser.checkIdentity('unlink_email', phone);
    const told = await noticesDuring(world, () => browser.delete('/links/email'));
    expect(channels(told)).toEqual([`email ${address}`, `sms ${phone}`].toSorted());
  });

  test('no notice is sent of what did not happen', async () => {
    const { browser, phone } = await newMember(world);
    expect(await noticesDuring(world, () => browser.linkWeChat('hua', phone))).toEqual([]);
  });
});

describe('a sign-in from a device that is new to the account', () => {
  test('is notified on every other channel', async () => {
    const { phone, address } = await newMember(world, { links: ['email'] });
    const byEmail = await noticesDuring(world, () => world.browser().signInByEmail(address));
    expect(channels(byEmail)).toEqual([`sms ${phone}`]);
    expect(byEmail[0]?.text).toContain('在新设备上通过邮箱');
  });

  test('by WeChat, by mail and SMS', async () => {
    const { phone, address, who } = await newMember(world, { links: ['email', 'wechat'] });
    const told = await noticesDuring(world, () => world.browser().signInBy('wechat', who));
    expect(channels(told)).toEqual([`email ${address}`, `sms ${phone}`].toSorted());
  });

  test('and not from one that has signed in to it before, by any method', async () => {
    const { browser, who } = await newMember(world, { links: ['email', 'wechat'] });
    const again = async () => {
      await browser.signInBy('wechat', who);
      await browser.signInBy('qq', who);
    };
    expect(await noticesDuring(world, again)).toEqual([]);
  });

  test('and again from one that has signed in to another account only', async () => {
    const [one, other] = [await newMember(world), await newMember(world)];
    const told = await noticesDuring(world, () => one.browser.signInBy('qq', other.who));
    expect(channels(told)).toEqual([`sms ${other.phone}`]);
  });
});

describe('whatever happens to the stream', () => {
  test('a record that is delivered twice notifies once', async () => {
    const { browser, phone } = await newMember(world);
    await world.notifyOwners();
    await browser.linkEmail(newAddress(), phone);
    const before = world.outbox.sent.length;
    const published = world.bus.published.length;
    expect(await world.notifyOwners({ twice: true })).toBe(0);
    expect(world.outbox.sent.length - before).toBe(1);
    expect(world.bus.published.length - published).toBe(1);
  });

  test('when the record comes again, the notices that failed are sent, and the others are not sent twice', async () => {
    const { browser, phone, address } = await newMember(world, { links: ['email'] });
    await browser.checkIdentity('unlink_email', phone);
    await world.notifyOwners();
    await browser.delete('/links/email');
    world.bus.failing = 1;
    world.outbox.fates.push('refused');
    const before = world.outbox.sent.length;
    expect(await world.notifyOwners({ twice: true })).toBe(0);
    const told = world.outbox.sent.slice(0, world.outbox.sent.length - before);
    expect(channels(told)).toEqual([`email ${address}`, `sms ${phone}`].toSorted());
    expect(world.bus.published.at(-1)?.type).toBe('identity.unlinked');
  });

  test('a phone that takes no messages of ours is tried once, and holds nobody up', async () => {
    const { browser, phone } = await newMember(world);
    await world.notifyOwners();
    await browser.linkWeChat(newWeChatPerson(world), phone);
    const before = world.outbox.sent.length;
    world.outbox.fates.push('opted out');
    expect(await world.notifyOwners({ twice: true })).toBe(0);
    expect(world.outbox.fates).toEqual([]);
    expect(world.outbox.sent.length).toBe(before);
    expect(world.bus.published.at(-1)?.type).toBe('identity.linked');
  });

  test('a message that may or may not have gone out is sent again', async () => {
    const { browser, phone } = await newMember(world);
    await world.notifyOwners();
    await browser.linkEmail(newAddress(), phone);
    const before = world.outbox.sent.length;
    world.outbox.fates.push('lost');
    await world.notifyOwners({ twice: true });
    expect(world.outbox.sent.length - before).toBe(2);
  });
});

describe('NOTIFY', () => {
  test.each([
    ['mail', ['email']],
    ['off', []],
  ])('%s', async (NOTIFY, expected) => {
    const other = await createWorld({ NOTIFY });
    const { browser, phone } = await newMember(other, { links: ['email'] });
    const told = await noticesDuring(other, () => browser.linkWeChat(newWeChatPerson(other), phone));
    expect(told.map(({ channel }) => channel)).toEqual(expected);
    expect(other.bus.published.at(-1)?.type).toBe('identity.linked');
  });

  test('what notices may cost is a budget of their own, and what is deferred for it is counted', async () => {
    const other = await createWorld({ NOTICES_PER_HOUR: '1', SMS_PER_HOUR: '1000' });
    const member = await newMember(other);
    await other.notifyOwners();
    other.observer.counted.length = 0;
    const told = await noticesDuring(other, () => signedIn(other, member));
    expect(told).toEqual([]);
    expect(other.observer.counted).toContain('NoticeDeferred');
    expect((await member.browser.checkIdentity('link_email', member.phone)).status).toBe(200);
  });

  test('an account gets notices of ten sign-ins on new devices a day, and of every change, however many those were', async () => {
    const member = await newMember(world, { links: ['email'] });
    // That member has signed in once to begin with.
    const told = await noticesDuring(world, async () => {
      for (let signIns = 0; signIns < 12; signIns += 1) await signedIn(world, member);
    });
    expect(channels(told)).toEqual([
      ...Array(9).fill(`email ${member.address}`),
      ...Array(9).fill(`sms ${member.phone}`),
    ]);
    const linked = await noticesDuring(world, () =>
      member.browser.linkWeChat(newWeChatPerson(world), member.phone),
    );
    expect(channels(linked)).toEqual([`email ${member.address}`, `sms ${member.phone}`]);
    world.pass({ seconds: 86_400 });
    expect(await noticesDuring(world, () => signedIn(world, member))).toHaveLength(2);
  });

  test('signing in on ever new devices, to ever other accounts, leaves half of the budget to changes', async () => {
    const other = await createWorld({ NOTICES_PER_HOUR: '8' });
    const members = [await newMember(other), await newMember(other)];
    await other.notifyOwners();
    const told = await noticesDuring(other, async () => {
      for (const member of members)
        for (let signIns = 0; signIns < 4; signIns += 1) await signedIn(other, member);
    });
    // Two were told when the members signed in at first.
    expect(told).toHaveLength(2);
    expect(other.observer.counted).toContain('NoticeDeferred');
    for (const { browser, phone } of members)
      expect(await noticesDuring(other, () => browser.linkEmail(newAddress(), phone))).toHaveLength(1);
  });

  test('nothing is sent to a country that is not served', async () => {
    const other = await createWorld({ SMS_COUNTRIES: '852' });
    const member = await newMember(other);
    expect(await noticesDuring(other, () => signedIn(other, member))).toEqual([]);
    expect(other.observer.counted).toContain('NoticeDropped');
  });
});
