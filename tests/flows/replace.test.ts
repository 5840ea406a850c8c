import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import {
  type Member,
  methodOf,
  newAddress,
  newMember,
  newWeChatPerson,
  saying,
  signedIn,
  tally,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

type Browser = Member['browser'];

async function mailed(browser: Browser, address: string) {
  const sent = await browser.post('/links/email/send', { email: address });
  return { sent, code: sent.status === 202 ? world.outbox.codeFor(address) : '' };
}

/** The last request of putting an address in the place of the one that is linked. */
async function readyToReplace({ browser, phone }: Member, address: string) {
  expect((await browser.checkIdentity('replace_email', phone)).status).toBe(200);
  const { code } = await mailed(browser, address);
  return () => browser.post('/links/email', { email: address, code });
}

async function replaceWeChat({ browser, phone }: Member, person: string) {
  expect((await browser.checkIdentity('replace_wechat', phone)).status).toBe(200);
  return browser.scan(person);
}

/** What signing in with an address comes to; `nobody` where it is no account's, and so nothing is mailed. */
async function opens(address: string): Promise<string> {
  world.pass({ seconds: 61 });
  const browser = world.browser();
  const before = world.outbox.sent.length;
  const { json } = await browser.post('/sign-in/email/send', { email: address });
  await world.deliverStream();
  if (world.outbox.sent.length === before) return 'nobody';
  const code = world.outbox.codeFor(address);
  return saying(await browser.post('/sign-in/email', { challengeId: json.challengeId, code }));
}

const linkedMember = () => newMember(world, { links: ['email', 'wechat'] });

describe('replacing an address', () => {
  test('puts the new one in the place of the old one, on probation, and ends the sessions that the old one opened', async () => {
    const member = await linkedMember();
    const old = world.browser();
    await old.signInByEmail(member.address);
    const next = newAddress();
    const replace = await readyToReplace(member, next);
    expect(await methodOf(member.browser, 'email')).toMatchObject({ actions: ['unlink', 'replace'] });

    const reply = await replace();
    expect(reply.status).toBe(201);
    expect(reply.json.method).toMatchObject({
      relation: 'linked',
      since: isoIn(world, 0),
      state: 'probation',
      actions: ['unlink', 'replace'],
    });
    expect(await methodOf(member.browser, 'email')).toEqual(reply.json.method);
    expect((await member.browser.get('/account')).json.checks).toEqual([]);
    expectProblem(await old.get('/account'), 'not_signed_in');
    expect([await opens(next), await opens(member.address)]).toEqual(['200', 'nobody']);
    const [event] = (await member.browser.get('/account/history')).json.events.filter(
      ({ type }: { type: string }) => type === 'replaced',
    );
    expect(event).toMatchObject({ provider: 'email', display: reply.json.method.display });
  });

  test('leaves the old address free for anybody', async () => {
    const member = await linkedMember();
    await (await readyToReplace(member, newAddress()))();
    const other = await newMember(world);
    expect((await other.browser.linkEmail(member.address, other.phone)).status).toBe(201);
  });

  test('ends the session that asks, where the old address opened it', async () => {
    const member = await linkedMember();
    const browser = world.browser();
    await browser.signInByEmail(member.address);
    expect((await (await readyToReplace({ ...member, browser }, newAddress()))()).status).toBe(201);
    expectProblem(await browser.get('/account'), 'not_signed_in');
  });

  test('takes a check to replace, and linking one to link', async () => {
    const member = await linkedMember();
    const { browser, phone } = member;
    expectProblem(await browser.post('/otp/send', { purpose: 'link_email' }), 'already_linked');
    expectProblem(await browser.post('/otp/send', { purpose: 'replace_qq' }), 'not_linkable');
    expectProblem(
      await browser.post('/links/email/send', { email: newAddress() }),
      'identity_check_required',
    );
    expectProblem(await browser.post('/links/wechat'), 'identity_check_required');
    const plain = await newMember(world);
    expectProblem(await plain.browser.post('/otp/send', { purpose: 'replace_email' }), 'not_linked');

    // What was to be replaced is unlinked in between: the check to replace is of no use any more.
    await browser.checkIdentity('replace_email', phone);
    const { code } = await mailed(browser, newAddress());
    world.pass({ seconds: 60 });
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    expectProblem(
      await browser.post('/links/email', { email: newAddress(), code }),
      'identity_check_required',
    );
  });

  test('by itself, however it is typed, is told at once and costs nothing', async () => {
    const member = await linkedMember();
    await member.browser.checkIdentity('replace_email', member.phone);
    const { sent } = await mailed(member.browser, ` ${member.address.toUpperCase()} `);
    expectProblem(sent, 'already_linked');
    expect((await mailed(member.browser, newAddress())).sent.status).toBe(202);
  });

  test('by one that has an owner uses up the code, and neither the check nor the old one', async () => {
    const [member, owner] = [await linkedMember(), await linkedMember()];
    const replace = await readyToReplace(member, owner.address);
    expectProblem(await replace(), 'identity_linked');
    expectProblem(await replace(), 'code_expired');
    expect(await opens(member.address)).toBe('200');
    const next = newAddress();
    const { code } = await mailed(member.browser, next);
    expect((await member.browser.post('/links/email', { email: next, code })).status).toBe(201);
  });

  test('is told to the old address, with a link that puts the old one back in place of the new', async () => {
    const member = await linkedMember();
    const before = await methodOf(member.browser, 'email');
    const next = newAddress();
    const replace = await readyToReplace(member, next);
    const told = await noticesDuring(world, replace);
    expect(told.map(({ to }) => to).toSorted()).toEqual([member.phone, member.address].toSorted());
    const published = world.bus.published.filter(({ detail }) => detail.accountId === member.accountId);
    expect(published).toEqual([
      {
        type: 'identity.replaced',
        detail: expect.objectContaining({ provider: 'email', previousDisplay: before.display }),
      },
    ]);

    const mail = told.find(({ to }) => to === member.address);
    const token = tokenIn(mail ?? { text: '' });
    const undo = (path: string, more = {}) => world.browser().post(`/undo${path}`, { token, ...more });
    expect((await undo('')).json).toMatchObject({ type: 'replaced', restore: 'link' });
    expect(await opens(next)).toBe('method_suspended');
    await undo('/code');
    expect((await undo('/restore', { code: world.outbox.codeFor(member.phone) })).status).toBe(200);
    const browser = await signedIn(world, member);
    expect(await methodOf(browser, 'email')).toEqual(before);
    expect(await opens(member.address)).toBe('200');
  });

  test('is kept out by a freeze, and by probation of what signed in', async () => {
    const member = await linkedMember();
    const told = await noticesDuring(world, async () => {
      const browser = world.browser();
      await browser.signInByEmail(member.address);
    });
    const replace = await readyToReplace(member, newAddress());
    await world.browser().post('/undo', { token: tokenIn(told[0] ?? { text: '' }) });
    const browser = await signedIn(world, member);
    expectProblem(await browser.post('/otp/send', { purpose: 'replace_wechat' }), 'account_frozen', {
      retryAfter: expect.any(Number),
    });
    expectProblem(await replace(), 'not_signed_in');
  });
});

describe('replacing a WeChat', () => {
  test('puts the new one in the place of the old one', async () => {
    const member = await linkedMember();
    const next = newWeChatPerson(world);
    const { result, location } = await replaceWeChat(member, next);
    expect([result, location.searchParams.get('intent')]).toEqual(['replaced', 'replace']);
    expect((await member.browser.get('/account')).json.lastFlow).toMatchObject({
      intent: 'replace',
      result: 'replaced',
    });
    expect((await world.browser().signInBy('wechat', next)).result).toBe('signed_in');
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('identity_unknown');
  });

  test('by the same person is told, and the check stays open for another', async () => {
    const member = await linkedMember();
    expect((await replaceWeChat(member, member.who)).result).toBe('already_linked');
    expect((await member.browser.scan(newWeChatPerson(world))).result).toBe('replaced');
  });

  test('by one that is registered changes nothing', async () => {
    const member = await linkedMember();
    expect((await replaceWeChat(member, 'hua')).result).toBe('identity_registered');
    expect((await world.browser().signInBy('wechat', member.who)).result).toBe('signed_in');
  });
});

describe('at the same moment', () => {
  test('of two replacements in two sessions one wins, and the account has exactly that one', async () => {
    for (let round = 0; round < 5; round += 1) {
      const member = await linkedMember();
      const second = { ...member, browser: await signedIn(world, member, 'wechat') };
      const [one, two] = [newAddress(), newAddress()];
      const asks = [await readyToReplace(member, one), await readyToReplace(second, two)];
      const replies = await Promise.all(asks.map((ask) => ask()));
      const wins = replies.filter(({ status }) => status === 201);
      // The second may come after the first, and replace what it has put there.
      expect(wins.length).toBeGreaterThanOrEqual(1);
      const open = [await opens(one), await opens(two), await opens(member.address)];
      expect(open.filter((said) => said === '200')).toHaveLength(1);
      expect(open[2]).toBe('nobody');
    }
  });

  test('of a replacement and an unlinking none leaves two, and no address that was never proved', async () => {
    for (let round = 0; round < 5; round += 1) {
      const member = await linkedMember();
      const next = newAddress();
      const replace = await readyToReplace(member, next);
      const other = await signedIn(world, member, 'wechat');
      await other.checkIdentity('unlink_email', member.phone);
      const replies = await Promise.all([replace(), other.delete('/links/email')]);
      const open = [await opens(next), await opens(member.address)];
      expect(open[1]).toBe('nobody');
      const isReplaced = replies[0]?.status === 201 && replies[1]?.status !== 204;
      expect(open[0] === '200').toBe(isReplaced);
    }
  });

  test('one address is linked by one account, whoever replaces or links', async () => {
    for (let round = 0; round < 5; round += 1) {
      const wanted = newAddress();
      const [one, two] = [await linkedMember(), await newMember(world)];
      const replace = await readyToReplace(one, wanted);
      await two.browser.checkIdentity('link_email', two.phone);
      const { code } = await mailed(two.browser, wanted);
      const replies = await Promise.all([
        replace(),
        two.browser.post('/links/email', { email: wanted, code }),
      ]);
      expect(tally(replies)).toEqual({ 201: 1, identity_linked: 1 });
      expect((await opens(one.address)) === '200').toBe(replies[0]?.status !== 201);
    }
  });
});
