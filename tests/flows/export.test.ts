import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { keys } from '../../lib/table/keys.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { newAddress, newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

describe('GET /account/export', () => {
  test('has all that is kept of the account, unmasked', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'], language: 'en' });
    const { browser, phone, accountId, address, who } = member;
    world.pass({ seconds: 1 });
    await signedIn(world, member, 'wechat');
    await world.notifyOwners();
    await browser.checkIdentity('preferences', phone);
    await browser.put('/account/preferences', { notify: 'sms' });
    await browser.checkIdentity('replace_email', phone);
    const next = newAddress();
    await browser.post('/links/email/send', { email: next });
    await browser.checkIdentity('export', phone);

    const { status, json, headers } = await browser.get('/account/export');
    expect(status).toBe(200);
    expect(headers['content-disposition']).toBe(`attachment; filename="account-${accountId}.json"`);
    expect(headers['cache-control']).toBe('no-store');
    expect(json).toEqual({
      exportedAt: isoIn(world, 0),
      account: { accountId, name: who, phone, language: 'en', frozenUntil: null },
      preferences: { language: 'en', notify: 'sms' },
      methods: [
        expect.objectContaining({
          provider: 'email',
          subjects: [address],
          display: address,
          state: 'active',
        }),
        expect.objectContaining({ provider: 'wechat', relation: 'linked' }),
        expect.objectContaining({ provider: 'qq', relation: 'registered', since: null }),
      ],
      sessions: [
        expect.objectContaining({ openedBy: 'wechat' }),
        expect.objectContaining({ openedBy: 'qq' }),
      ],
      history: expect.arrayContaining([
        expect.objectContaining({ type: 'preferences_changed' }),
        expect.objectContaining({ type: 'signed_in', provider: 'wechat' }),
      ]),
      isHistoryWhole: true,
      notices: expect.arrayContaining([
        expect.objectContaining({ type: 'preferences_changed', sentTo: expect.arrayContaining([phone]) }),
      ]),
      checks: expect.arrayContaining([
        expect.objectContaining({ purpose: 'replace_email#qq', sentTo: next }),
        expect.objectContaining({ purpose: 'export#qq' }),
      ]),
    });
    // The check stays open: a download that failed is tried again.
    expect((await browser.get('/account/export')).status).toBe(200);
    world.pass({ seconds: 601 });
    expectProblem(await browser.get('/account/export'), 'identity_check_required');
  });

  test('has no code, token, hash or key, and nothing of anybody else', async () => {
    const [member, other] = [await newMember(world, { links: ['email'] }), await newMember(world)];
    const { browser, phone } = member;
    await browser.checkIdentity('link_wechat', phone);
    await browser.scan(newWeChatPerson(world));
    await browser.checkIdentity('export', phone);
    const text = JSON.stringify((await browser.get('/account/export')).json);
    const secret = browser.cookies.get('__Host-session')?.split('.')[2] ?? '-';
    for (const hidden of [secret, other.accountId, other.phone, 'hmac', 'methodId', 'boundTo'])
      expect(text).not.toContain(hidden);
    for (const { code } of world.outbox.sent) if (code !== '') expect(text).not.toContain(`"${code}"`);
    const found = [...(await world.items()).keys()];
    const hashes = found.flatMap((key) => /\/SESSION#(.+)/.exec(key)?.[1] ?? []);
    expect(hashes.length).toBeGreaterThan(0);
    for (const hash of hashes) expect(text).not.toContain(hash);
  });

  test('has what is left of a long history, and says that there was more', async () => {
    const { browser, phone, accountId } = await newMember(world);
    const at = (index: number) => new Date(world.nowSeconds * 1_000 - 1_000 * (index + 1)).toISOString();
    const event = { type: 'signed_in', provider: 'qq', display: 'x', ip: '*', device: '' };
    for (let first = 0; first < 5_050; first += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          world.table.documents.send(
            new PutCommand({
              TableName: world.table.name,
              Item: {
                ...keys.event(
                  accountId as AccountId,
                  at(first + index),
                  String(first + index).padStart(22, 'A'),
                ),
                ...event,
                at: at(first + index),
                expiresAt: world.nowSeconds + 1_000,
              },
            }),
          ),
        ),
      );
    await browser.checkIdentity('export', phone);
    const { json } = await browser.get('/account/export');
    expect([json.history.length, json.isHistoryWhole]).toEqual([5_000, false]);
    expect(Buffer.byteLength(JSON.stringify(json))).toBeLessThan(6 * 1024 * 1024);
  });

  test('takes a check, of its own purpose, and is kept out by a freeze and probation', async () => {
    const member = await newMember(world);
    expectProblem(await world.browser().get('/account/export'), 'not_signed_in');
    expectProblem(await member.browser.get('/account/export'), 'identity_check_required');
    await member.browser.linkEmail(member.address, member.phone);
    world.pass({ seconds: 61 });
    const young = world.browser();
    await young.signInByEmail(member.address);
    expectProblem(await young.get('/account/export'), 'on_probation', { retryAfter: expect.any(Number) });
  });
});
