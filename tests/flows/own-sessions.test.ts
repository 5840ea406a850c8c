import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { expectProblem, isoIn } from '../support/contract.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
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
    world.pass({ seconds: 1 });
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

  test('end once, however many ask at the same time, and the owner is told once a day, with a link', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await signedIn(world, member, 'wechat');
    const second = await signedIn(world, member, 'wechat');
    const others = (await listed(member.browser)).filter(({ current }) => !current);
    await world.notifyOwners();
    const told = await noticesDuring(world, async () => {
      const asked = others.flatMap(({ id }) =>
        Array.from({ length: 5 }, () => member.browser.delete(`/sessions/${id}`)),
      );
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([204, 204, ...Array(8).fill(404)]);
    });
    expect(told.map(({ to }) => to)).toEqual([member.phone]);
    expect(
      (await world.browser().post('/undo/show', { token: tokenIn(told[0] ?? { text: '' }) })).json,
    ).toMatchObject({
      type: 'signed_out',
      provider: 'qq',
      restore: 'clear',
    });
    expectProblem(await second.get('/account'), 'not_signed_in');
    expect(await listed(member.browser)).toHaveLength(1);
    // Their own history says nothing of it: the notice does.
    expect(
      (await member.browser.get('/account')).json.notices.map(({ type }: { type: string }) => type),
    ).not.toContain('signed_out');
  });

  test('are ended by sessions of one method 20 times a day, this one whenever it likes', async () => {
    const member = await newMember(world);
    for (let ended = 0; ended < 20; ended += 1) {
      await signedIn(world, member);
      const { id } = (await listed(member.browser)).find(({ current }) => !current) ?? { id: '' };
      expect((await member.browser.delete(`/sessions/${id}`)).status).toBe(204);
    }
    await signedIn(world, member);
    const rows = await listed(member.browser);
    const [other, own] = [false, true].map((is) => rows.find(({ current }) => current === is)?.id);
    const refused = await member.browser.delete(`/sessions/${other}`);
    expectProblem(refused, 'quota_exceeded', { retryAfter: expect.any(Number) });
    expect((await member.browser.delete(`/sessions/${own}`)).status).toBe(204);
  });

  test('of an earlier release are listed by what is known of them', async () => {
    const member = await newMember(world);
    const { browser } = member;
    for (const [key, item] of await world.items()) {
      if (!key.includes(`ACCOUNT#${member.accountId}`) || !key.includes('SESSION#')) continue;
      const { openedAt: _1, lastSeenAt: _2, device: _3, ip: _4, ...Item } = item;
      await world.documents.send(new PutCommand({ TableName: world.table.name, Item }));
    }
    expect(await listed(browser)).toEqual([
      expect.objectContaining({
        since: isoIn(world, 0),
        lastSeenAt: isoIn(world, 0),
        device: '',
        ip: '*',
        current: true,
      }),
    ]);
  });

  test('are listed up to 200, this one among them', async () => {
    const member = await newMember(world);
    const [found] = [...(await world.items()).values()].filter(
      ({ pk, sk }) => pk === `ACCOUNT#${member.accountId}` && String(sk).startsWith('SESSION#'),
    );
    for (let index = 0; index < 250; index += 1) {
      const sk = `SESSION#${String(index).padStart(43, 'x')}`;
      const Item = { ...found, sk, openedAt: world.nowSeconds + index };
      await world.documents.send(new PutCommand({ TableName: world.table.name, Item }));
    }
    const rows = await listed(member.browser);
    expect([rows.length, rows.at(-1)?.current]).toEqual([200, true]);
    expect(rows.filter(({ current }) => current)).toHaveLength(1);
  });

  test('end with this one too, which takes its cookie', async () => {
    const { browser } = await newMember(world);
    const [{ id } = { id: '' }] = await listed(browser);
    const reply = await browser.delete(`/sessions/${id}`);
    expect([reply.status, browser.cookies.has('__Host-session')]).toEqual([204, false]);
  });

  test('end with that of a bearer, which takes no cookie', async () => {
    const page = (await newMember(world)).browser.bearer();
    const [{ id } = { id: '' }] = await listed(page);
    expect(await page.delete(`/sessions/${id}`)).toMatchObject({ status: 204, setCookies: [] });
    expectProblem(await page.get('/sessions'), 'not_signed_in');
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
