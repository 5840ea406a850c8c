import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { keys } from '../../lib/table/keys.ts';
import { leaksIn } from '../support/captured-output.ts';
import { expectProblem, isoIn } from '../support/contract.ts';
import { secretsOf } from '../support/log-secrets.ts';
import { type Member, newAddress, newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ COOLING_OFF_SECONDS: '86400' });

/** What is exported of the members of each kind of item. */
const EXPORTED: Readonly<Record<string, readonly string[]>> = {
  PROFILE: [
    'accountId',
    'name',
    'phone',
    'language',
    'revision',
    'frozenUntil',
    'browsersForgottenAt',
    'keptOnlyAt',
    'preferences',
  ],
  METHOD: ['provider', 'relation', 'subjects', 'display', 'since', 'imported', 'suspended'],
  SESSION: ['openedBy', 'openedAt', 'lastSeenAt', 'device', 'ip', 'expiresAt', 'lastFlow'],
  CHALLENGE: ['failures', 'mailResendAt', 'check'],
  NOTICE: [
    'type',
    'provider',
    'display',
    'at',
    'ip',
    'device',
    'expiresAt',
    'destinations',
    'mailedTo',
    'isAttempt',
    'before',
    'after',
    'confirmedAt',
    'restoredAt',
  ],
  RESERVED: ['provider', 'subject', 'expiresAt'],
  EVENT: ['type', 'provider', 'display', 'at', 'ip', 'device', 'reason'],
};
/** What says nothing of the owner: keys and names of our own, what is stored of secrets, what was counted, and when an item goes. */
const LEFT_OUT = [
  ...['pk', 'sk', 'expiresAt', 'endsAt', 'version', 'imported', 'phoneRevision'],
  ...[
    'methodId',
    'bySession',
    'dismissed',
    'noticeId',
    'accountId',
    'subjects',
    'phoneOnly',
    'languageBefore',
    'resendAt',
  ],
  // Of what was counted, of the day it was counted in, and of addresses that were mailed to, a pseudonym.
  ...['spent', 'counted_mail', 'counted_sms', 'counted_day', 'done_mail', 'done_sms', 'done_event'],
];

/** So many events of the past, one a second. */
async function putEvents({ accountId }: Member, count: number, device: string): Promise<void> {
  const event = { type: 'signed_in', provider: 'qq', display: 'x', ip: '*', device };
  const put = (index: number) => {
    const at = isoIn(world, -1 - index);
    const key = keys.event(accountId as AccountId, at, String(index).padStart(22, 'A'));
    const Item = { ...key, ...event, at, expiresAt: world.nowSeconds + 1_000 };
    return { PutRequest: { Item } };
  };
  for (let first = 0; first < count; first += 25) {
    const some = Array.from({ length: 25 }, (_, index) => put(first + index));
    await world.documents.send(new BatchWriteCommand({ RequestItems: { [world.table.name]: some } }));
  }
}

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
      account: {
        accountId,
        name: who,
        phone,
        language: 'en',
        revision: null,
        frozenUntil: null,
        browsersForgottenAt: null,
        keptOnlyAt: null,
      },
      preferences: { language: 'en', notify: 'sms' },
      methods: [
        expect.objectContaining({
          provider: 'email',
          subjects: [address],
          display: address,
          state: 'active',
          isImported: true,
        }),
        expect.objectContaining({ provider: 'wechat', relation: 'linked' }),
        expect.objectContaining({ provider: 'qq', relation: 'registered', since: null }),
      ],
      reserved: [],
      sessions: [
        expect.objectContaining({ openedBy: 'wechat' }),
        expect.objectContaining({ openedBy: 'qq' }),
      ],
      history: expect.arrayContaining([
        expect.objectContaining({ type: 'preferences_changed' }),
        expect.objectContaining({ type: 'signed_in', provider: 'wechat' }),
      ]),
      isWhole: true,
      notices: expect.arrayContaining([
        expect.objectContaining({ type: 'preferences_changed', sentTo: expect.arrayContaining([phone]) }),
      ]),
      checks: expect.arrayContaining([
        expect.objectContaining({ purpose: 'replace_email', openedBy: 'qq', addresses: [next] }),
        expect.objectContaining({ purpose: 'export', openedBy: 'qq', verifiedUntil: isoIn(world, 600) }),
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
    await world.notifyOwners();
    const { json } = await browser.get('/account/export');
    const text = JSON.stringify(json);
    const linked = json.methods.flatMap(({ subjects }: { subjects: string[] }) => subjects);
    const own = [phone, phone.slice('+86'.length), member.address, ...linked];
    const secrets = [...secretsOf(world)].filter(([secret]) => !own.some((one) => one.includes(secret)));
    expect(leaksIn(text, new Map(secrets))).toEqual([]);
    for (const theirs of [other.accountId, other.phone, other.who]) expect(text).not.toContain(theirs);
    // And what secrets are stored as, whatever item it is in.
    const stored = [...(await world.items())].filter(([key]) => key.includes(`ACCOUNT#${member.accountId}`));
    const hidden = stored.flatMap(([key, item]) => [
      ...(/SESSION#(.+?)"?\]?$/.exec(key)?.slice(1) ?? []),
      ...(JSON.stringify(item).match(/(?<="(?:hmac|id|methodId|boundTo|bySession)":")[^"]+/g) ?? []),
    ]);
    expect(hidden.length).toBeGreaterThan(8);
    for (const value of hidden) expect(text).not.toContain(value);
  });

  test('leaves out no member of any item, but for those that say nothing of the owner', async () => {
    const member = await newMember(world, { links: ['email', 'wechat'], language: 'en' });
    const { browser, phone, accountId } = member;
    await browser.checkIdentity('preferences', phone);
    await browser.put('/account/preferences', { language: 'en', notify: 'sms' });
    await browser.checkIdentity('unlink_email', phone);
    await browser.delete('/links/email');
    await browser.checkIdentity('link_email', phone);
    await browser.post('/links/email/send', { email: newAddress() });
    const { notices } = (await (await signedIn(world, member, 'wechat')).get('/account')).json;
    await (await signedIn(world, member)).delete(`/account/notices/${notices[0].id}`);
    await world.notifyOwners();
    await browser.checkIdentity('export', phone);
    expect((await browser.get('/account/export')).json.reserved).toEqual([
      { provider: 'email', subject: member.address, until: isoIn(world, 86_400) },
    ]);
    const kept = new Map<string, Set<string>>();
    for (const item of (await world.items()).values()) {
      if (item['pk'] !== `ACCOUNT#${accountId}`) continue;
      const kind = String(item['sk']).split('#')[0] ?? '';
      // What there are several of in one item is looked into.
      const { challenges = {}, ...members } = item;
      const methods = Object.entries(members).filter(([name]) => name.startsWith('method_'));
      const note = (of: string, names: readonly string[]) =>
        kept.set(of, new Set([...(kept.get(of) ?? []), ...names]));
      note(
        kind,
        Object.keys(members).filter((name) => !name.startsWith('method_')),
      );
      note(kind, Object.values(challenges as Record<string, object>).flatMap(Object.keys));
      for (const [, method] of methods) note('METHOD', Object.keys(method as object));
    }
    expect([...kept.keys()].toSorted()).toEqual(Object.keys(EXPORTED).toSorted());
    for (const [kind, members] of kept)
      for (const member of members)
        expect([kind, member, [...(EXPORTED[kind] ?? []), ...LEFT_OUT].includes(member)]).toEqual([
          kind,
          member,
          true,
        ]);
  });

  test('has what is left of a long history, and says that there was more', async () => {
    const member = await newMember(world);
    await putEvents(member, 5_050, '');
    await member.browser.checkIdentity('export', member.phone);
    const { json } = await member.browser.get('/account/export');
    expect([json.history.length, json.isWhole]).toEqual([5_000, false]);
    const times = json.history.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('fits an answer of Lambda’s, however long what browsers call themselves', async () => {
    const member = await newMember(world);
    await putEvents(member, 4_000, '"\\'.repeat(256));
    await member.browser.checkIdentity('export', member.phone);
    const { json } = await member.browser.get('/account/export');
    const answer = JSON.stringify({ statusCode: 200, body: JSON.stringify(json) });
    expect(Buffer.byteLength(answer)).toBeLessThan(6 * 1024 * 1024);
    expect(json.isWhole).toBe(false);
    expect(json.history.length).toBeGreaterThan(1_000);
  });

  test('takes a check of its own purpose, and none while the account is frozen', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    expectProblem(await world.browser().get('/account/export'), 'not_signed_in');
    await member.browser.checkIdentity('preferences', member.phone);
    expectProblem(await member.browser.get('/account/export'), 'identity_check_required');
    await member.browser.checkIdentity('export', member.phone);
    const other = await signedIn(world, member, 'wechat');
    expectProblem(await other.get('/account/export'), 'identity_check_required');
    const { notices } = (await member.browser.get('/account')).json;
    await member.browser.post(`/account/notices/${notices[0].id}/disown`);
    const back = await signedIn(world, member);
    const frozen = { retryAfter: expect.any(Number) };
    expectProblem(await back.get('/account/export'), 'account_frozen', frozen);
    expectProblem(await back.post('/otp/send', { purpose: 'export' }), 'account_frozen', frozen);
  });

  test('is kept from a session on probation', async () => {
    const member = await newMember(world);
    await member.browser.linkEmail(member.address, member.phone);
    world.pass({ seconds: 61 });
    const young = world.browser();
    await young.signInByEmail(member.address);
    expectProblem(await young.get('/account/export'), 'on_probation', { retryAfter: expect.any(Number) });
  });
});
