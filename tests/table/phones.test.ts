import { describe, expect, test } from '@jest/globals';
import { applyAccount } from '../../lib/flows/apply-account.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import { derivePhoneKeys, type PhoneKeys } from '../../lib/linking/secrets.ts';
import { readAccountsOfPhone } from '../../lib/table/phones.ts';
import { listPhones } from '../../local/list-phones.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { table } = world;
const OLD_SECRET = 'an-old-phone-index-key-of-32-characters-or-so';
const NEW_SECRET = 'the-new-phone-index-key-of-32-characters-or-so';
const [OLD, NEW] = [derivePhoneKeys(OLD_SECRET), derivePhoneKeys(NEW_SECRET)];
const ROTATING = derivePhoneKeys(NEW_SECRET, OLD_SECRET);

let numbers = 0;
const newPhone = () => {
  numbers += 1;
  return `+8613700${String(numbers).padStart(6, '0')}` as PhoneNumber;
};

let accounts = 0;
let revisions = 0;
const newId = () => {
  accounts += 1;
  return `phones-${String(accounts).padStart(4, '0')}`;
};

async function record(accountId: string, phone: string | null, changes: object = {}, phoneKeys = OLD) {
  revisions += 1;
  const registered = { provider: 'qq', subject: `union-${accountId}` };
  const parsed = parseAccountRecord({
    accountId,
    name: 'n',
    phone,
    registered,
    revision: revisions,
    ...changes,
  });
  if ('rejected' in parsed) throw new Error(parsed.rejected);
  return applyAccount({ ...world.dependencies, phoneKeys }, parsed.record);
}

async function accountsOf(phone: PhoneNumber, phoneKeys: PhoneKeys = OLD): Promise<readonly AccountId[]> {
  return (await readAccountsOfPhone(table, phoneKeys, phone)).accountIds;
}

describe('a phone', () => {
  test('is found with every account that has it, sub-accounts and suspended ones too, and with no other', async () => {
    const [phone, other] = [newPhone(), newPhone()];
    const [main, sub, suspended] = [newId(), newId(), newId()];
    await record(main, phone);
    await record(sub, phone, { parentId: main });
    await record(suspended, phone, { status: 'suspended' });
    await record(newId(), other);
    await record(newId(), null);
    expect(await accountsOf(phone)).toEqual([main, sub, suspended]);
    expect(await accountsOf(newPhone())).toEqual([]);
  });

  test('is found with an account only until that has another, none, or is closed', async () => {
    const [phone, next] = [newPhone(), newPhone()];
    const [one, two, three] = [newId(), newId(), newId()];
    for (const id of [one, two, three]) await record(id, phone);
    await record(one, next);
    await record(two, null);
    await record(three, phone, { status: 'closed' });
    expect(await accountsOf(phone)).toEqual([]);
    expect(await accountsOf(next)).toEqual([one]);
    await record(three, phone);
    expect(await accountsOf(phone)).toEqual([three]);
  });

  test('of many accounts is read page by page, each account once, under either key', async () => {
    const phone = newPhone();
    const ids = Array.from({ length: 60 }, newId);
    for (const [index, id] of ids.entries()) await record(id, phone, {}, index % 3 === 0 ? NEW : OLD);
    const found: string[] = [];
    let after: AccountId | undefined;
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await readAccountsOfPhone(table, ROTATING, phone, after);
      expect(page.accountIds.length).toBeLessThanOrEqual(20);
      found.push(...page.accountIds);
      expect(page.next === null).toBe(pages === 2);
      after = page.next ?? undefined;
    }
    expect(found).toEqual(ids);
  });

  test('that two records change at once is found with what the account has, and nowhere else', async () => {
    const id = newId();
    await record(id, newPhone());
    const phones = Array.from({ length: 6 }, newPhone);
    await Promise.all(phones.map((phone) => record(id, phone)));
    const { phone } = (await world.itemsAt([{ pk: `ACCOUNT#${id}`, sk: 'PROFILE' }]))[0] ?? {};
    for (const one of phones) expect(await accountsOf(one)).toEqual(one === phone ? [id] : []);
  });
});

test('no key or item of the ledger shows a phone, and each secret makes another ledger', async () => {
  const phone = newPhone();
  await record(newId(), phone);
  const ledger = [...(await world.items())].filter(([key]) => key.startsWith('PHONE#'));
  expect(ledger.length).toBeGreaterThan(0);
  expect(JSON.stringify(ledger)).not.toMatch(/\+86|13[78]00/);
  expect(await accountsOf(phone, NEW)).toEqual([]);
});

describe('while the key is rotated', () => {
  test('phones are found under both, and an account that is written is listed under the new one alone', async () => {
    const phone = newPhone();
    const [written, left] = [newId(), newId()];
    await record(written, phone);
    await record(left, phone);
    expect(await accountsOf(phone, ROTATING)).toEqual([written, left]);
    await record(written, phone, { name: 'renamed' }, ROTATING);
    expect(await accountsOf(phone, ROTATING)).toEqual([written, left]);
    expect(await accountsOf(phone, NEW)).toEqual([written]);
    expect(await accountsOf(phone, OLD)).toEqual([left]);
  });

  test('a phone that goes is gone under both', async () => {
    const phone = newPhone();
    const [byOld, byNew] = [newId(), newId()];
    await record(byOld, phone);
    await record(byNew, phone, {}, NEW);
    for (const id of [byOld, byNew]) await record(id, null, {}, ROTATING);
    expect(await accountsOf(phone, ROTATING)).toEqual([]);
  });

  test('listing all anew brings every account over, leaves nothing under the old key, and may be done again', async () => {
    const phone = newPhone();
    const ids = [newId(), newId()];
    for (const id of ids) await record(id, phone);
    const listed = await listPhones(world, ROTATING);
    expect(await accountsOf(phone, NEW)).toEqual(ids);
    expect(await accountsOf(phone, OLD)).toEqual([]);
    expect(await listPhones(world, ROTATING)).toBe(listed);
    const everyPhone = [...(await world.items())].filter(([, { phone }]) => phone !== undefined);
    expect(listed).toBe(everyPhone.length);
  });
});
