import { expect, test } from '@jest/globals';
import { createWorld } from '../support/world.ts';

test('the whole user guide: sign in, link both, sign in by both, unlink both, and neither opens the account any more', async () => {
  const world = await createWorld();
  const ming = world.browser();
  expect((await ming.signInBy('qq', 'ming')).result).toBe('signed_in');
  const account = await ming.get('/account');
  expect(account).toMatchObject({
    status: 200,
    json: {
      accountId: '100000001',
      name: '小明',
      phone: '138****8001',
      methods: [
        { provider: 'email', relation: 'none', display: null, since: null, actions: ['link'] },
        { provider: 'wechat', relation: 'none', actions: ['link'] },
        // As QQ calls the person now, and not as the import did.
        { provider: 'qq', relation: 'registered', display: 'QQming', actions: [] },
      ],
      checks: [],
      lastFlow: { provider: 'qq', intent: 'sign_in', result: 'signed_in' },
      session: { openedBy: 'qq', expiresAt: '2026-11-24T11:00:00.000Z' },
    },
  });

  expect(await ming.linkEmail('alice@example.com')).toMatchObject({
    status: 201,
    json: {
      method: {
        provider: 'email',
        relation: 'linked',
        display: 'a***e@example.com',
        actions: ['unlink', 'replace'],
      },
    },
  });
  expect(await ming.linkWeChat('lin')).toMatchObject({ status: 302, result: 'linked' });
  const linked = await ming.get('/account');
  expect(linked.json.methods.map((method: { relation: string }) => method.relation)).toEqual([
    'linked',
    'linked',
    'registered',
  ]);
  expect(linked.json.lastFlow).toMatchObject({ provider: 'wechat', intent: 'link', result: 'linked' });

  expect((await ming.delete('/session')).status).toBe(204);
  expect((await ming.get('/account')).json.code).toBe('not_signed_in');

  const byEmail = world.browser();
  expect(await byEmail.signInByEmail('alice@example.com')).toMatchObject({
    status: 200,
    json: { accountId: '100000001' },
  });
  const byWeChat = world.browser();
  expect((await byWeChat.signInBy('wechat', 'lin')).result).toBe('signed_in');
  expect((await byWeChat.get('/account')).json.session.openedBy).toBe('wechat');

  world.pass({ seconds: 61 });
  await ming.signInBy('qq', 'ming');
  await ming.checkIdentity('unlink_email');
  expect((await ming.delete('/links/email')).status).toBe(204);
  expect((await byEmail.get('/account')).json.code).toBe('not_signed_in');
  expect((await byWeChat.get('/account')).status).toBe(200);

  await ming.checkIdentity('unlink_wechat');
  expect((await ming.delete('/links/wechat')).status).toBe(204);
  expect((await byWeChat.get('/account')).json.code).toBe('not_signed_in');

  expect((await world.browser().signInBy('wechat', 'lin')).result).toBe('identity_unknown');
  const mailsBefore = world.outbox.sent.length;
  const sent = await world.browser().post('/sign-in/email/send', { email: 'alice@example.com' });
  expect(sent.status).toBe(202);
  await world.deliverStream();
  expect(world.outbox.sent).toHaveLength(mailsBefore);
});
