import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import { openidOf, PEOPLE } from '../../local/people.ts';

const file = join(import.meta.dirname, '..', '..', 'local', 'demo-accounts.jsonl');
const lines = (await readFile(file, 'utf8')).trim().split('\n');
const records = lines.map((line) => {
  const parsed = parseAccountRecord(JSON.parse(line));
  if ('rejected' in parsed) throw new Error(parsed.rejected);
  if (parsed.record.status === 'closed') throw new Error('an account of the demo is closed');
  return parsed.record;
});
const unionid = (provider: 'wechat' | 'qq', name: string) =>
  PEOPLE[provider].find((person) => person.name === name)?.unionid;

test('the demo accounts are those of the contract, with the people the stand-ins know', () => {
  const table = records.map(({ account, methods }) => ({
    id: account.accountId,
    parent: account.parentId,
    phone: account.phone,
    methods: methods.map(({ provider, subject }) => [provider, subject]),
  }));
  const phone = (last: number) => `+861380013800${last}`;
  expect(table).toEqual([
    { id: '100000001', parent: undefined, phone: phone(1), methods: [['qq', unionid('qq', 'ming')]] },
    {
      id: '200000001',
      parent: '100000001',
      phone: undefined,
      methods: [
        ['email', 'sub@example.com'],
        ['wechat', unionid('wechat', 'xiaozi')],
      ],
    },
    { id: '100000002', parent: undefined, phone: phone(2), methods: [['email', 'registered@example.com']] },
    { id: '100000003', parent: undefined, phone: phone(3), methods: [['wechat', unionid('wechat', 'hua')]] },
    { id: '100000004', parent: undefined, phone: undefined, methods: [['email', 'nophone@example.com']] },
    {
      id: '100000005',
      parent: undefined,
      phone: phone(5),
      methods: [
        ['email', 'linked@example.com'],
        ['wechat', unionid('wechat', 'yue')],
      ],
    },
  ]);
});

test('a person’s nickname is the one that the account shows', () => {
  const people = [...PEOPLE.wechat, ...PEOPLE.qq];
  for (const { provider, subject, display } of records.flatMap(({ methods }) => methods)) {
    if (provider === 'email') continue;
    expect(people.find((person) => person.unionid === subject)?.nickname).toBe(display);
  }
});

test('only wu has no unionid, and no two people have anything in common', () => {
  const people = [...PEOPLE.wechat, ...PEOPLE.qq];
  expect(people.filter((person) => person.unionid === undefined).map(({ name }) => name)).toEqual(['wu']);
  for (const member of ['name', 'nickname'] as const)
    expect(new Set(people.map((person) => person[member])).size).toBe(people.length);
  expect(new Set(people.map((person) => person.unionid)).size).toBe(people.length);
});

test('an openid stays the same at one app, and differs at another', () => {
  for (const provider of ['wechat', 'qq'] as const) {
    const openids = PEOPLE[provider].flatMap((person) =>
      ['app-1', 'app-2'].map((app) => openidOf(provider, app, person)),
    );
    expect(new Set(openids).size).toBe(openids.length);
    for (const openid of openids)
      expect(openid).toMatch(provider === 'wechat' ? /^o[\w-]{27}$/ : /^[0-9A-F]{32}$/);
  }
});
