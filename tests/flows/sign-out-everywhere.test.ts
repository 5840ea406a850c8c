import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import {
  methodOf,
  newAddress,
  newMember,
  newWeChatPerson,
  signedIn,
  tally,
  times,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

describe('DELETE /sessions', () => {
  test('ends every session of the account, however it was opened, this one too, and nobody else’s', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const { address, who } = member;
    const another = await newMember(world);
    const [byEmail, byWeChat, byQQ] = [world.browser(), world.browser(), await signedIn(world, member)];
    await byEmail.signInByEmail(address);
    await byWeChat.signInBy('wechat', who);

    const reply = await member.browser.delete('/sessions');
    expect(reply.status).toBe(204);
    expect(reply.setCookies.join()).toMatch(/__Host-session=; Max-Age=0/);
    for (const browser of [member.browser, byEmail, byWeChat, byQQ])
      expectProblem(await browser.get('/account'), 'not_signed_in');
    expect((await another.browser.get('/account')).status).toBe(200);
  });

  test('every way in opens the account again, and what was linked stays as it was', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    const { address, who } = member;
    const before = (await member.browser.get('/account')).json.methods;
    world.pass({ seconds: 1 });
    await member.browser.delete('/sessions');
    const [byEmail, byWeChat] = [world.browser(), world.browser()];
    expect((await byEmail.signInByEmail(address)).status).toBe(200);
    expect((await byWeChat.signInBy('wechat', who)).result).toBe('signed_in');
    const byQQ = await signedIn(world, member);
    expect((await byQQ.get('/account')).json.methods).toEqual(before);
    // And it can be unlinked as before: every claim belongs to the method still.
    await byQQ.checkIdentity('unlink_wechat', member.phone);
    expect((await byQQ.delete('/links/wechat')).status).toBe(204);
    expect(await methodOf(byQQ, 'wechat')).toMatchObject({ relation: 'none' });
  });

  test('a sign-in code that was on its way is worth nothing after it', async () => {
    const member = await newMember(world, { links: ['email'] });
    const { address } = member;
    const thief = world.browser();
    const sent = await thief.post('/sign-in/email/send', { email: address });
    await world.deliverStream();
    await member.browser.delete('/sessions');
    const guess = { challengeId: sent.json.challengeId, code: world.outbox.codeFor(address) };
    expectProblem(await thief.post('/sign-in/email', guess), 'code_expired');
  });

  test('an identity check that was passed opens nothing after it', async () => {
    const member = await newMember(world);
    const other = await signedIn(world, member);
    await other.checkIdentity('link_email', member.phone);
    await member.browser.delete('/sessions');
    expectProblem(await other.post('/links/email/send', { email: newAddress() }), 'not_signed_in');
    const again = await signedIn(world, member);
    expectProblem(await again.post('/links/email/send', { email: newAddress() }), 'identity_check_required');
  });

  test('at the same moment as sign-ins and links, each comes before it or after it, and nothing is half', async () => {
    for (let round = 0; round < 5; round += 1) {
      const member = await newMember(world);
      const who = newWeChatPerson(world);
      await member.browser.checkIdentity('link_wechat', member.phone);
      const { authorizeUrl } = (await member.browser.post('/links/wechat')).json;
      const before = member.browser.copy();
      const ending = signedIn(world, member).then((browser) => browser.delete('/sessions'));
      const linking = member.browser.answer('wechat', authorizeUrl, who);
      const newcomers = times(4, () => signedIn(world, member));
      const [ended, linked] = await Promise.all([ending, linking]);
      expect(ended.status).toBe(204);
      expect(['linked', 'not_signed_in']).toContain(linked.result);
      expectProblem(await before.get('/account'), 'not_signed_in');
      const looks = await Promise.all((await newcomers).map((browser) => browser.get('/account')));
      expect(Object.keys(tally(looks)).every((answer) => ['200', 'not_signed_in'].includes(answer))).toBe(
        true,
      );
      const look = await signedIn(world, member);
      const { relation } = await methodOf(look, 'wechat');
      expect(relation).toBe(linked.result === 'linked' ? 'linked' : 'none');
    }
  });

  test('needs a session and an origin of ours', async () => {
    expectProblem(await world.browser().delete('/sessions'), 'not_signed_in');
    const { browser } = await newMember(world);
    const headers = { origin: 'https://evil.example' };
    expectProblem(await browser.delete('/sessions', { headers }), 'origin_not_allowed');
  });
});
