import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newMember, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

type Row = { id: string; openedBy: string; current: boolean };
const listed = async (browser: { get: (path: string) => Promise<{ json: { sessions: Row[] } }> }) =>
  (await browser.get('/sessions')).json.sessions;

describe('the sessions of an account', () => {
  test('are those that are open, newest first, each with where it is from and when it was used', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'] });
    world.pass({ seconds: 600 });
    const headers = { 'user-agent': 'A phone' };
    const phone = world.browser({ ip: '198.51.100.7' });
    await phone.signInByEmail(member.address);
    world.pass({ seconds: 600 });
    await phone.get('/account', { headers });
    expect(await listed(member.browser)).toEqual([
      {
        id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        openedBy: 'email',
        device: expect.any(String),
        ip: '198.51.*.*',
        since: isoIn(world, -600),
        lastSeenAt: isoIn(world, 0),
        current: false,
      },
      expect.objectContaining({
        openedBy: 'qq',
        since: isoIn(world, -1200),
        lastSeenAt: isoIn(world, -1200),
        current: true,
      }),
    ]);
  });

  test('have ids that are in no cookie and open nothing', async () => {
    const { browser } = await newMember(world);
    const [{ id } = { id: '' }] = await listed(browser);
    expect(browser.cookieLines.join()).not.toContain(id);
    const other = world.browser();
    const [account = '', way = ''] = browser.cookies.get('__Host-session')?.split('.') ?? [];
    for (const token of [id, id.padEnd(43, 'A')]) {
      other.cookies.set('__Host-session', `${account}.${way}.${token}`);
      expectProblem(await other.get('/account'), 'not_signed_in');
    }
  });

  test('end one by one, and no other with them', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const [lost, kept] = [await signedIn(world, member), await signedIn(world, member, 'wechat')];
    const [newest, older] = await listed(member.browser);
    expect([newest?.openedBy, older?.openedBy].toSorted()).toEqual(['qq', 'wechat']);
    const [{ id } = { id: '' }] = (await listed(lost)).filter(({ current }) => current);
    expect((await member.browser.delete(`/sessions/${id}`)).status).toBe(204);
    expectProblem(await lost.get('/account'), 'not_signed_in');
    expect((await kept.get('/account')).status).toBe(200);
    expect((await listed(member.browser)).map(({ current }) => current)).toHaveLength(2);
    expectProblem(await member.browser.delete(`/sessions/${id}`), 'not_found');
  });

  test('end with this one too, which takes its cookie', async () => {
    const { browser } = await newMember(world);
    const [{ id } = { id: '' }] = await listed(browser);
    const reply = await browser.delete(`/sessions/${id}`);
    expect([reply.status, browser.cookies.has('__Host-session')]).toEqual([204, false]);
  });

  test('are no longer listed once their time or their method is gone', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    const other = await signedIn(world, member, 'wechat');
    await member.browser.checkIdentity('unlink_wechat', member.phone);
    await member.browser.delete('/links/wechat');
    expect(await listed(member.browser)).toHaveLength(1);
    expectProblem(await other.get('/sessions'), 'not_signed_in');
    const later = await signedIn(world, member);
    world.pass({ seconds: 3_000 });
    await member.browser.get('/account');
    world.pass({ seconds: 700 });
    expect(await listed(member.browser)).toHaveLength(1);
    expectProblem(await later.get('/sessions'), 'not_signed_in');
  });

  test('are nobody else’s to end', async () => {
    const [one, two] = [await newMember(world), await newMember(world)];
    const [{ id } = { id: '' }] = await listed(one.browser);
    for (const what of [id, 'A'.repeat(22), 'x', '..', encodeURIComponent('é')])
      expectProblem(await two.browser.delete(`/sessions/${what}`), 'not_found');
    expect((await one.browser.get('/account')).status).toBe(200);
  });

  test('are shown to one on probation, which ends none', async () => {
    const member = await newMember(world);
    await member.browser.linkEmail(member.address, member.phone);
    world.pass({ seconds: 61 });
    const young = world.browser();
    await young.signInByEmail(member.address);
    const rows = await listed(young);
    expect(rows).toHaveLength(2);
    const reply = await young.delete(`/sessions/${rows.find(({ current }) => !current)?.id}`);
    expectProblem(reply, 'on_probation', { retryAfter: expect.any(Number) });
  });
});
