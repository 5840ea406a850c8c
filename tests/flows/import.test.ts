import { describe, expect, test } from '@jest/globals';
import { applyAccount } from '../../lib/flows/apply-account.ts';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import { parseMethods } from '../../lib/table/accounts.ts';
import type { Item } from '../../lib/table/client.ts';
import { becomesSubAccount } from '../support/people.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();

let numbers = 0;
function newLine(changes: object = {}) {
  numbers += 1;
  return {
    accountId: `import-${numbers}`,
    name: '导入',
    phone: '+8613800138050',
    registered: { provider: 'email', subject: `import${numbers}@example.com`, display: 'x' },
    links: [{ provider: 'wechat', subject: `union-import-${numbers}`, display: '微信' }],
    ...changes,
  };
}

async function load(json: object) {
  const parsed = parseAccountRecord(json);
  return 'rejected' in parsed ? parsed : applyAccount(world.dependencies, parsed.record);
}

const reasonOf = (json: unknown) => {
  const parsed = parseAccountRecord(json);
  return 'rejected' in parsed ? parsed.rejected : undefined;
};

describe('a line', () => {
  test('is added whole: account, methods and claims', async () => {
    const line = newLine();
    expect(await load(line)).toBe('added');
    const items = await world.items();
    const { accountId } = line;
    expect(items.get(`ACCOUNT#${accountId}/PROFILE`)).toMatchObject({ accountId, name: '导入' });
    const method = items.get(`ACCOUNT#${accountId}/PROFILE`)?.['method_wechat'] as Item | undefined;
    expect(method).toMatchObject({ relation: 'linked', subjects: [line.links[0]?.subject], display: '微信' });
    expect(items.get(`IDENTITY#wechat#${line.links[0]?.subject}/CLAIM`)).toMatchObject({
      accountId,
      relation: 'linked',
      methodId: method?.['methodId'],
    });
    expect(items.get(`IDENTITY#email#${line.registered.subject}/CLAIM`)).toMatchObject({
      relation: 'registered',
    });
  });

  test('that is there already, unchanged, is left as it is, sessions and all', async () => {
    const line = newLine();
    await load(line);
    const before = await world.items();
    expect(await load(line)).toBe('unchanged');
    expect(
      await load({
        ...line,
        registered: { ...line.registered, subject: line.registered.subject.toUpperCase() },
      }),
    ).toBe('unchanged');
    expect(await world.items()).toEqual(before);
  });

  test('that is there already is unchanged by what its owner has linked since', async () => {
    const line = newLine({ links: [] });
    await load(line);
    const browser = world.browser();
    await browser.signInByEmail(line.registered.subject);
    await browser.linkWeChat('mei', '+8613800138050');
    expect(await load(line)).toBe('unchanged');
    expect((await browser.get('/account')).status).toBe(200);
  });

  test.each([
    ['name', { name: 'another' }],
    ['phone', { phone: null }],
    ['parent', { parentId: '100000001' }],
    ['registered identity', { registered: { provider: 'email', subject: 'elsewhere@example.com' } }],
    ['link', { links: [{ provider: 'qq', subject: 'union-of-qq' }] }],
  ])('that is there already with another %s is rejected, and changes nothing', async (_name, change) => {
    const line = newLine();
    await load(line);
    const before = await world.items();
    expect(await load({ ...line, ...change })).toMatchObject({ rejected: expect.stringMatching(/already/) });
    expect(await world.items()).toEqual(before);
  });

  test('whose identity is another account’s is rejected whole', async () => {
    const first = newLine();
    await load(first);
    for (const change of [{ registered: first.registered, links: [] }, { links: first.links }]) {
      const second = newLine(change);
      expect(await load(second)).toMatchObject({ rejected: expect.stringMatching(/another account/) });
      expect((await world.items()).has(`ACCOUNT#${second.accountId}/PROFILE`)).toBe(false);
      expect((await world.items()).has(`IDENTITY#email#${second.registered.subject}/CLAIM`)).toBe(
        second.registered === first.registered,
      );
    }
  });

  test('is won by one of many that bring the same identity at once', async () => {
    const registered = { provider: 'email', subject: 'raced@example.com' };
    const lines = Array.from({ length: 6 }, () => newLine({ registered, links: [] }));
    const outcomes = await Promise.all(lines.map((line) => load(line)));
    expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(1);
  });

  test('is added once where it comes many times at once', async () => {
    const line = newLine();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => load(line)));
    expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(5);
  });

  test.each([
    ['nobody', '900000009', /^parentId: there is no such account/],
    ['a sub-account', '200000001', /^parentId: is a sub-account/],
  ])('with a parent that is %s is rejected whole', async (_what, parentId, reason) => {
    const line = newLine({ parentId });
    const before = await world.items();
    expect(await load(line)).toMatchObject({ rejected: expect.stringMatching(reason) });
    expect(await world.items()).toEqual(before);
  });

  test('can’t be added under a parent that becomes a sub-account in that moment', async () => {
    const parent = newLine({ links: [] });
    await load(parent);
    const child = newLine({ parentId: parent.accountId });
    let isTaken = false;
    const around: Around = async ({ command }, proceed) => {
      if (command.startsWith('Transact') && !isTaken) {
        isTaken = true;
        await becomesSubAccount(world, parent);
      }
      return proceed();
    };
    const outcome = await new TableCalls(world).during(around, () => load(child));
    expect(outcome).toEqual({ rejected: expect.stringMatching(/^parentId: is a sub-account/) });
  });

  test('keeps the language of the account, and that its methods are imported', async () => {
    const line = newLine({ language: 'en' });
    await load(line);
    const items = await world.items();
    expect(items.get(`ACCOUNT#${line.accountId}/PROFILE`)).toMatchObject({ language: 'en' });
    for (const provider of ['email', 'wechat'])
      expect(items.get(`ACCOUNT#${line.accountId}/PROFILE`)).toMatchObject({
        [`method_${provider}`]: { imported: true },
      });
    expect(await load(line)).toBe('unchanged');
    expect(await load({ ...line, language: 'zh-CN' })).toMatchObject({
      rejected: expect.stringMatching(/already/),
    });
  });

  test.each([
    ['2019-08-07T06:05:04.321+08:00', Date.UTC(2019, 7, 6, 22, 5, 4) / 1000],
    ['2019-08-07', Date.UTC(2019, 7, 7) / 1000],
    [null, undefined],
  ])('keeps when the account was registered (%s), and of what is linked when it came', async (...dates) => {
    const [registeredAt, since] = dates;
    const line = newLine({ registeredAt });
    expect(await load(line)).toBe('added');
    const items = await world.items();
    const methods = parseMethods(items.get(`ACCOUNT#${line.accountId}/PROFILE`));
    expect(methods.get('email')?.since).toBe(since);
    expect(methods.get('wechat')?.since).toBe(world.nowSeconds);
    const browser = world.browser();
    await browser.signInByEmail(line.registered.subject);
    const { methods: shown } = (await browser.get('/account')).json;
    expect(shown[0].since).toBe(since === undefined ? null : new Date(since * 1000).toISOString());
    expect(await load(line)).toBe('unchanged');
    expect(await load({ ...line, registeredAt: '2018-01-01' })).toMatchObject({
      rejected: expect.stringMatching(/already/),
    });
  });

  test('that has no language and no date is the one that it was before lines had any', () => {
    const line = { accountId: 'a1', name: '导\u202e入', registered: { provider: 'qq', subject: 'u1' } };
    const parsed = parseAccountRecord({ ...line, language: null, registeredAt: null });
    expect(parsed).toEqual(parseAccountRecord(line));
    expect('record' in parsed && 'fingerprint' in parsed.record && parsed.record.fingerprint).toBe(
      'b2UXpeUehtbtEMkxQeADC-xNduJootD1o2qvRZmdJgY',
    );
  });

  test('with a parent makes all its identities a sub-account’s', async () => {
    const line = newLine({ parentId: '100000001', phone: null });
    expect(await load(line)).toBe('added');
    const items = await world.items();
    for (const key of [`email#${line.registered.subject}`, `wechat#${line.links[0]?.subject}`])
      expect(items.get(`IDENTITY#${key}/CLAIM`)).toMatchObject({ relation: 'sub_account' });
  });
});

describe('name and display', () => {
  test.each([
    ['NUL and other controls', '小\u0000红\u001b'],
    ['lone surrogates', '\ud800小红'],
    ['what reorders text', '\u202e小\u2066红\u200f'],
  ])('are kept without %s', async (_what, name) => {
    const line = newLine({
      name,
      links: [{ provider: 'wechat', subject: `union-${numbers}`, display: name }],
    });
    expect(await load(line)).toBe('added');
    const items = await world.items();
    expect(items.get(`ACCOUNT#${line.accountId}/PROFILE`)).toMatchObject({ name: '小红' });
    expect(items.get(`ACCOUNT#${line.accountId}/PROFILE`)).toMatchObject({
      method_wechat: { display: '小红' },
    });
    expect(await load(line)).toBe('unchanged');
  });

  test('of nothing that can be seen are no name, and no display', async () => {
    expect(reasonOf(newLine({ name: '\u202e\u0000' }))).toBe('name: has nothing that can be seen');
    const parsed = parseAccountRecord(
      newLine({ registered: { provider: 'qq', subject: 'u', display: '\u200b' } }),
    );
    expect('record' in parsed && 'methods' in parsed.record && parsed.record.methods[0].display).toBe('qq');
  });
});

describe('what a line may hold', () => {
  test('is the least and the most of it', () => {
    const registered = { provider: 'qq', subject: 'u' };
    expect(reasonOf({ accountId: 'a', name: 'n', phone: null, registered })).toBeUndefined();
    expect(reasonOf(newLine({ links: [], parentId: null }))).toBeUndefined();
    expect(
      reasonOf(newLine({ registered: { provider: 'qq', subject: '101:openid', display: null } })),
    ).toBeUndefined();
  });

  test.each<[string, object | string | null, string]>([
    ['nothing', null, 'the line'],
    ['a list', [], 'the line'],
    ['no account id', { accountId: undefined }, 'accountId'],
    ['an account id that is no key', { accountId: 'a.b' }, 'accountId'],
    ['an account id that is too long', { accountId: 'a'.repeat(65) }, 'accountId'],
    ['an account id with a #', { accountId: '1#2' }, 'accountId'],
    ['no name', { name: '' }, 'name'],
    ['a phone that is none', { phone: '13800138777' }, 'phone'],
    ['a phone with spaces', { phone: '+86 138 0013 8001' }, 'phone'],
    ['no registered identity', { registered: undefined }, 'registered'],
    ['a provider there is not', { registered: { provider: 'weibo', subject: 'x' } }, 'registered.provider'],
    ['an address that is none', { registered: { provider: 'email', subject: 'x' } }, 'registered.subject'],
    ['a subject with a #', { registered: { provider: 'qq', subject: 'a#b' } }, 'registered.subject'],
    ['a subject with two colons', { registered: { provider: 'qq', subject: 'a:b:c' } }, 'registered.subject'],
    ['a subject with a space', { registered: { provider: 'qq', subject: 'a b' } }, 'registered.subject'],
    ['an empty subject', { registered: { provider: 'qq', subject: '' } }, 'registered.subject'],
    ['a date that is none', { registeredAt: '2019-02-29' }, 'registeredAt: must be ISO 8601'],
    ['a time without a zone', { registeredAt: '2019-02-28T10:00:00' }, 'registeredAt: must be ISO 8601'],
    ['seconds since 1970', { registeredAt: 1_551_434_400 }, 'registeredAt: must be ISO 8601'],
    ['a registration to come', { registeredAt: '2999-01-01' }, 'registeredAt: is in the future'],
    ['links that are no list', { links: {} }, 'links'],
    ['two of a provider', { links: [{ provider: 'email', subject: 'b@example.com' }] }, 'links.0.provider'],
    ['a member it does not know', { password: 'secret-value' }, 'password: is not known'],
    ['a parent that is none', { parentId: '' }, 'parentId'],
    ['itself as its parent', { accountId: 'self', parentId: 'self' }, 'parentId: is the account itself'],
    ['a language there is not', { language: 'fr' }, 'language: must be zh-CN, en or null'],
  ])('is not %s', (_name, change, where) => {
    const json = change === null || Array.isArray(change) ? change : newLine(change as object);
    const reason = reasonOf(json);
    expect(reason).toMatch(new RegExp(`(^|; )${where.replace('.', '\\.')}`));
    expect(reason).not.toMatch(/secret-value|13800138777|138 0013|Invalid input/);
  });
});
