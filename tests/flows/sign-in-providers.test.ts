import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import { newPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const withoutQQ = await createWorld({ SIGN_IN_PROVIDERS: 'email,wechat' });
const withoutEmail = await createWorld({ SIGN_IN_PROVIDERS: 'wechat', LINKABLE_PROVIDERS: 'wechat' });

describe('a deployment without QQ', () => {
  const world = withoutQQ;

  test('takes it for a provider that does not exist, on the way out and back', async () => {
    const browser = world.browser();
    expectProblem(await browser.get('/sign-in/qq'), 'not_found');
    expectProblem(await browser.get('/oauth/qq/callback', { query: 'code=ming&state=x' }), 'not_found');
    expect((await browser.signInBy('wechat', 'hua')).result).toBe('signed_in');
  });

  test('shows it to those alone who have it, and lets nobody link it', async () => {
    const methods = async (who: string) => {
      const browser = world.browser();
      await browser.signInBy('wechat', who);
      const { json } = await browser.get('/account');
      return json.methods.map(({ provider }: { provider: string }) => provider);
    };
    expect(await methods('hua')).toEqual(['email', 'wechat']);
    const { who } = await newPerson(world, { links: ['wechat'] });
    expect(await methods(who)).toEqual(['email', 'wechat', 'qq']);

    const browser = world.browser();
    await browser.signInBy('wechat', 'hua');
    expectProblem(await browser.post('/links/qq'), 'not_linkable');
  });

  test('signs in by email as ever', async () => {
    expect((await world.browser().signInByEmail('registered@example.com')).status).toBe(200);
  });
});

describe('a deployment without email', () => {
  const world = withoutEmail;

  test('sends no code to sign in with, and takes none', async () => {
    const browser = world.browser();
    expectProblem(
      await browser.post('/sign-in/email/send', { email: 'registered@example.com' }),
      'not_found',
    );
    await world.deliverStream();
    expect(world.outbox.sent).toEqual([]);
    const challengeId = 'a'.repeat(44);
    expectProblem(await browser.post('/sign-in/email', { challengeId, code: '123456' }), 'not_found');
  });
});
