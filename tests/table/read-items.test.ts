import { describe, expect, test } from '@jest/globals';
import { type Item, readItems, type Table } from '../../lib/table/client.ts';
import type { Key } from '../../lib/table/keys.ts';

const keyOf = (name: string): Key => ({ pk: name, sk: 'ITEM' });

interface Request {
  readonly Keys: readonly Key[];
  readonly ConsistentRead: boolean;
}

/** A table that answers each read as the test says, and keeps what it was asked. */
function stub(
  answers: readonly ((keys: readonly Key[]) => { found?: Item[]; unprocessed?: readonly Key[] })[],
) {
  const requests: Request[] = [];
  const documents = {
    async send(_operation: string, input: { RequestItems: Record<string, Request> }) {
      const request = input.RequestItems['table'];
      const answer = answers[Math.min(requests.length, answers.length - 1)];
      if (request === undefined || answer === undefined) throw new Error('not what was expected');
      requests.push(request);
      const { found = [], unprocessed = [] } = answer(request.Keys);
      return {
        Responses: { table: found },
        UnprocessedKeys: unprocessed.length > 0 ? { table: { Keys: unprocessed } } : {},
      };
    },
  };
  return { requests, table: { name: 'table', documents } as unknown as Table };
}

const itemsOf = (keys: readonly Key[]) => keys.map((key) => ({ ...key, of: key.pk }));

describe('reading by keys', () => {
  test('is one consistent read, each key once', async () => {
    const { table, requests } = stub([(keys) => ({ found: itemsOf(keys) })]);
    const items = await readItems(table, [keyOf('a'), keyOf('b'), keyOf('a')]);
    expect(requests).toEqual([{ Keys: [keyOf('a'), keyOf('b')], ConsistentRead: true }]);
    expect(items.get(keyOf('a'))).toMatchObject({ of: 'a' });
    expect(items.get(keyOf('b'))).toMatchObject({ of: 'b' });
  });

  test('takes an item for absent only where the answer says so', async () => {
    const { table } = stub([(keys) => ({ found: itemsOf(keys.slice(0, 1)) })]);
    const items = await readItems(table, [keyOf('a'), keyOf('b')]);
    expect(items.get(keyOf('b'))).toBeUndefined();
  });

  test('asks again for the keys left unprocessed, and for those alone', async () => {
    const { table, requests } = stub([
      (keys) => ({ found: itemsOf(keys.slice(0, 1)), unprocessed: keys.slice(1) }),
      (keys) => ({ unprocessed: keys }),
      (keys) => ({ found: itemsOf(keys) }),
    ]);
    const items = await readItems(table, [keyOf('a'), keyOf('b'), keyOf('c')]);
    expect(requests.map(({ Keys }) => Keys.map(({ pk }) => pk))).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
      ['b', 'c'],
    ]);
    expect(requests.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
    for (const name of ['a', 'b', 'c']) expect(items.get(keyOf(name))).toMatchObject({ of: name });
  });

  test('fails where some stay unprocessed: they are never taken for absent', async () => {
    const { table, requests } = stub([
      (keys) => ({ found: itemsOf(keys.slice(1)), unprocessed: keys.slice(0, 1) }),
    ]);
    await expect(readItems(table, [keyOf('a'), keyOf('b')])).rejects.toThrow(
      expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }),
    );
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.length).toBeLessThan(10);
  });

  test('of nothing asks nothing', async () => {
    const { table, requests } = stub([]);
    expect((await readItems(table, [])).get(keyOf('a'))).toBeUndefined();
    expect(requests).toEqual([]);
  });
});
