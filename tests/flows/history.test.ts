import { describe, expect, test } from '@jest/globals';
import { stateIn } from '../support/browser.ts';
import { isoIn } from '../support/contract.ts';
import { newMember, newWeChatPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const KEPT_SECONDS = 180 * 86_400;

/** What is written of an account, oldest first, less its keys. */
async function eventsOf(accountId: string) {
  const events = [...(await world.items()).entries()].filter(([key]) =>
    key.startsWith(`ACCOUNT#${accountId}/EVENT#`),
  );
  return events
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { pk: _pk, sk: _sk, ...event }]) => event);
}

describe('what happens to an account is written', () => {
  test('signed in, linked, unlinked: with provider, masked display, masked address and device, for 180 days', async () => {
    const { accountId, browser, phone, nickname } = await newMember(world);
    world.pass({ seconds: 1 });
    await browser.linkEmail('history@example.com', phone);
    world.pass({ seconds: 1 });
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    const common = { ip: '203.0.*.*', device: 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0' };
    const at = (seconds: number) => ({
      at: isoIn(world, seconds),
      expiresAt: world.nowSeconds + seconds + KEPT_SECONDS,
    });
    expect(await eventsOf(accountId)).toEqual([
      { type: 'signed_in', provider: 'qq', display: nickname, ...common, ...at(-2) },
      { type: 'linked', provider: 'email', display: 'h***y@example.com', ...common, ...at(-1) },
      { type: 'unlinked', provider: 'email', display: 'h***y@example.com', ...common, ...at(0) },
    ]);
  });

  test('signed in by email, with the masked address', async () => {
    const { accountId, address } = await newMember(world, { links: ['email'] });
    world.pass({ seconds: 1 });
    await world.browser().signInByEmail(address);
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({
      type: 'signed_in',
      provider: 'email',
      display: expect.stringMatching(/^p\*\*\*\d@example\.com$/),
    });
  });

  test('refused, with the reason, in the history of the account that tried and not of the one that has it', async () => {
    const owner = await newMember(world, { links: ['email'] });
    const { address } = owner;
    const { accountId, browser, phone } = await newMember(world);
    await browser.checkIdentity('link_wechat', phone);
    for (const [who, reason] of [
      ['hua', 'identity_registered'],
      ['yue', 'identity_linked'],
      ['xiaozi', 'identity_sub_account'],
    ] as const) {
      world.pass({ seconds: 1 });
      await browser.scan(who);
      expect((await eventsOf(accountId)).at(-1)).toMatchObject({
        type: 'refused',
        provider: 'wechat',
        display: `微信${who}`,
        reason,
      });
    }
    world.pass({ seconds: 60 });
    expect((await browser.linkEmail(address, phone)).status).toBe(409);
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({
      type: 'refused',
      provider: 'email',
      display: expect.stringMatching(/^p\*\*\*\d@example\.com$/),
      reason: 'identity_linked',
    });
    const types = (await eventsOf(owner.accountId)).map(({ type }) => type);
    expect(types).toEqual(['signed_in']);
  });

  test('linked by WeChat, with the nickname', async () => {
    const person = newWeChatPerson(world);
    const { accountId, browser, phone } = await newMember(world);
    world.pass({ seconds: 1 });
    await browser.linkWeChat(person, phone);
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({
      type: 'linked',
      provider: 'wechat',
      display: `微信${person}`,
    });
  });

  test('nothing of what failed before anything was proved', async () => {
    const { accountId, browser, phone } = await newMember(world);
    await browser.checkIdentity('link_wechat', phone);
    await browser.scan(null);
    await browser.scan('nobody WeChat knows');
    await browser.post('/otp/verify', { purpose: 'link_email', code: '123456' });
    expect((await eventsOf(accountId)).map(({ type }) => type)).toEqual(['signed_in']);
  });

  test('from the gateway’s address of the caller, never from a header', async () => {
    const { who, accountId } = await newMember(world);
    world.pass({ seconds: 1 });
    const browser = world.browser({ ip: '2001:db8:aaaa:bbbb::1' });
    const away = await browser.get('/sign-in/qq');
    const state = stateIn(away.headers['location']);
    await browser.get('/oauth/qq/callback', {
      query: `code=${who}~forwarded&state=${state}`,
      headers: { 'x-forwarded-for': '198.51.100.1' },
    });
    expect((await eventsOf(accountId)).at(-1)).toMatchObject({ ip: '2001:db8:aaaa::*' });
  });
});
