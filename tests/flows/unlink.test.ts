import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { methodOf, newMember, newWeChatPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

const linkedMember = () => newMember(world, { links: ['email', 'wechat'] });

describe('unlinking', () => {
  test('takes the method away whole, and uses the check up', async () => {
    const { browser, phone, address, accountId } = await linkedMember();
    await browser.checkIdentity('unlink_email', phone);
    const reply = await browser.delete('/links/email');
    expect(reply).toMatchObject({ status: 204, json: undefined });
    expect(await methodOf(browser, 'email')).toEqual({
      provider: 'email',
      relation: 'none',
      display: null,
      since: null,
      actions: ['link'],
      state: null,
      stateUntil: null,
    });
    const items = await world.items();
    expect(items.has(`IDENTITY#email#${address}/CLAIM`)).toBe(false);
    expect(items.get(`ACCOUNT#${accountId}/PROFILE`)).not.toHaveProperty('method_email');
    expect((await browser.get('/account')).json.checks).toEqual([]);
    expectProblem(await browser.delete('/links/email'), 'not_linked');
  });

  test('ends the sessions the method opened, and no others', async () => {
    const { browser, phone, address, who } = await linkedMember();
    const [byEmail, byWeChat] = [world.browser(), world.browser()];
    await byEmail.signInByEmail(address);
    await byWeChat.signInBy('wechat', who);
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');

    expectProblem(await byEmail.get('/account'), 'not_signed_in');
    expectProblem(await byEmail.post('/otp/send', { purpose: 'unlink_wechat' }), 'not_signed_in');
    expect((await byWeChat.get('/account')).status).toBe(200);
    expect((await browser.get('/account')).status).toBe(200);
  });

  test('does not bring a session back when the same address is linked again', async () => {
    const { browser, phone, address } = await linkedMember();
    const byEmail = world.browser();
    await byEmail.signInByEmail(address);
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    expect((await browser.linkEmail(address, phone)).status).toBe(201);
    expectProblem(await byEmail.get('/account'), 'not_signed_in');
  });

  test('of the method one’s own session was opened by ends that session with it', async () => {
    const { phone, who, accountId } = await linkedMember();
    const own = world.browser();
    await own.signInBy('wechat', who);
    await own.checkIdentity('unlink_wechat', phone);
    expect((await own.delete('/links/wechat')).status).toBe(204);
    expectProblem(await own.get('/account'), 'not_signed_in');
    expect((await world.items()).get(`ACCOUNT#${accountId}/PROFILE`)).not.toHaveProperty('method_wechat');
  });

  test('makes it open the account no longer, by any way', async () => {
    const { browser, phone, address, who } = await linkedMember();
    for (const provider of ['email', 'wechat']) {
      await browser.checkIdentity(`unlink_${provider}`, phone);
      await browser.delete(`/links/${provider}`);
    }
    expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
    const sent = world.outbox.sent.length;
    const reply = await world.browser().post('/sign-in/email/send', { email: address });
    expect(reply.status).toBe(202);
    await world.deliverStream();
    expect(world.outbox.sent).toHaveLength(sent);
  });

  test('needs a check for just that', async () => {
    const { browser, phone } = await linkedMember();
    expectProblem(await browser.delete('/links/email'), 'identity_check_required');
    await browser.checkIdentity('unlink_wechat', phone);
    expectProblem(await browser.delete('/links/email'), 'identity_check_required');
    expect((await methodOf(browser, 'email')).relation).toBe('linked');
  });
});

describe('the registered method', () => {
  test.each([
    ['qq', async () => (await newMember(world)).browser],
    [
      'email',
      async () => {
        const browser = world.browser();
        await browser.signInByEmail('registered@example.com');
        return browser;
      },
    ],
    [
      'wechat',
      async () => {
        const browser = world.browser();
        await browser.signInBy('wechat', 'hua');
        return browser;
      },
    ],
  ] as const)('%s is never unlinked', async (provider, enter) => {
    const browser = await enter();
    expectProblem(await browser.post('/otp/send', { purpose: `unlink_${provider}` }), 'registered_method');
    expectProblem(await browser.delete(`/links/${provider}`), 'registered_method');
    expect(await methodOf(browser, provider)).toMatchObject({ relation: 'registered', actions: [] });
  });
});

describe('what was unlinked', () => {
  test('can be linked by another account, which it opens from then on', async () => {
    const first = await linkedMember();
    const second = await newMember(world);
    await second.browser.checkIdentity('link_wechat', second.phone);
    expect((await second.browser.scan(first.who)).result).toBe('identity_linked');

    await first.browser.checkIdentity('unlink_wechat', first.phone);
    await first.browser.delete('/links/wechat');
    expect((await second.browser.scan(first.who)).result).toBe('linked');
    const found = world.browser();
    expect((await found.signInBy('wechat', first.who)).result).toBe('signed_in');
    expect((await found.get('/account')).json.accountId).toBe(second.accountId);

    await first.browser.checkIdentity('unlink_email', first.phone);
    await first.browser.delete('/links/email');
    expect((await second.browser.linkEmail(first.address, second.phone)).status).toBe(201);
  });

  test('leaves the place to another of its kind', async () => {
    const { browser, phone } = await linkedMember();
    await browser.checkIdentity('unlink_wechat', phone);
    await browser.delete('/links/wechat');
    const person = newWeChatPerson(world);
    expect(await browser.linkWeChat(person, phone)).toMatchObject({ result: 'linked' });
  });
});
