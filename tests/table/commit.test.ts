import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../lib/linking/problem.ts';
import {
  ABSENT,
  check,
  commit,
  type Fragment,
  type Item,
  put,
  readItems,
  remove,
  StaleView,
  stale,
  update,
} from '../../lib/table/client.ts';
import type { Key } from '../../lib/table/keys.ts';
import { mergeFragments } from '../../lib/table/merge.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { table } = world;

let names = 0;
async function newItem(item: Item = {}) {
  names += 1;
  const key = { pk: `ITEM#${names}`, sk: 'ITEM' };
  await commit(table, [put(table, key, item, ABSENT, stale)]);
  return key;
}
const absentKey = () => {
  names += 1;
  return { pk: `ITEM#${names}`, sk: 'ITEM' };
};
const refuse = (code: Problem['code']) => () => new Problem(code);
const fails = async (refusal: Fragment['refusal']) => put(table, await newItem(), {}, ABSENT, refusal);

describe('writing in one transaction', () => {
  test('is all or nothing', async () => {
    const [one, two] = [absentKey(), absentKey()];
    const taken = await newItem();
    const fragments = [put(table, one, { of: 1 }, ABSENT, stale), put(table, two, { of: 2 }, ABSENT, stale)];
    const blocked = [...fragments, put(table, taken, {}, ABSENT, refuse('identity_linked'))];
    await expect(commit(table, blocked)).rejects.toMatchObject({ code: 'identity_linked' });
    const before = await readItems(table, [one, two]);
    expect([before.get(one), before.get(two)]).toEqual([undefined, undefined]);

    await commit(table, fragments);
    const after = await readItems(table, [one, two]);
    expect([after.get(one), after.get(two)]).toEqual([
      { ...one, of: 1 },
      { ...two, of: 2 },
    ]);
  });

  test('puts, removes, changes and checks by their conditions', async () => {
    const key = await newItem({ count: 1, name: 'x' });
    const counts = { if: '#count = :seen', names: { '#count': 'count' }, values: { ':seen': 1 } };
    const changed = { ...counts, values: { ':seen': 1, ':next': 2 } };
    await commit(table, [check(table, key, counts, stale)]);
    await commit(table, [update(table, key, 'SET #count = :next', changed, stale)]);
    await expect(commit(table, [remove(table, key, counts, stale)])).rejects.toBeInstanceOf(StaleView);
    expect((await readItems(table, [key])).get(key)).toMatchObject({ count: 2, name: 'x' });
    await commit(table, [remove(table, key, { ...counts, values: { ':seen': 2 } }, stale)]);
    expect((await readItems(table, [key])).get(key)).toBeUndefined();
  });
});

describe('of several conditions that fail', () => {
  test('one judged on what is no longer so comes first, wherever it stands', async () => {
    const conflict = refuse('identity_linked');
    for (const refusals of [
      [stale, conflict],
      [conflict, stale],
      [conflict, conflict, stale],
    ]) {
      const fragments = await Promise.all(refusals.map((refusal) => fails(refusal)));
      await expect(commit(table, fragments)).rejects.toBeInstanceOf(StaleView);
    }
  });

  test('else the first of them speaks', async () => {
    const ok = check(table, absentKey(), ABSENT, refuse('unavailable'));
    const fragments = [
      ok,
      await fails(refuse('identity_registered')),
      await fails(refuse('identity_linked')),
    ];
    await expect(commit(table, fragments)).rejects.toMatchObject({ code: 'identity_registered' });
  });
});

describe('several fragments of one item', () => {
  const values = (one: unknown, more: Item = {}) => ({ ':value': one, ...more });
  const set = (key: Key, name: string, value: unknown) =>
    update(table, key, `SET ${name} = :value`, { if: 'attribute_exists(pk)', values: values(value) }, stale);
  const is = (key: Key, name: string, value: unknown, refusal: Fragment['refusal'] = stale) =>
    check(table, key, { if: '#name = :value', names: { '#name': name }, values: values(value) }, refusal);
  const read = async (key: Key) => (await readItems(table, [key])).get(key);

  test('are one write with all their changes and conditions, whatever these call things', async () => {
    const key = await newItem({ a: 1, b: 2, gone: 3, places: [1] });
    const more = update(
      table,
      key,
      'SET places = list_append(places, :value) REMOVE gone ADD visits :more',
      { if: '#name = :seen', names: { '#name': 'b' }, values: values([2], { ':seen': 2, ':more': 1 }) },
      stale,
    );
    await commit(table, [set(key, 'c', 'SET REMOVE'), is(key, 'a', 1), more, set(key, 'd', 4)]);
    expect(await read(key)).toEqual({ ...key, a: 1, b: 2, c: 'SET REMOVE', d: 4, places: [1, 2], visits: 1 });
  });

  test('are all refused if one of them is', async () => {
    const key = await newItem({ a: 1, b: 2 });
    await expect(commit(table, [set(key, 'c', 3), is(key, 'b', 3)])).rejects.toBeInstanceOf(StaleView);
    await expect(commit(table, [is(key, 'a', 1), is(key, 'b', 3)])).rejects.toBeInstanceOf(StaleView);
    await commit(table, [is(key, 'a', 1), is(key, 'b', 2)]);
    expect(await read(key)).toEqual({ ...key, a: 1, b: 2 });
  });

  test('put an item as it says, if the others’ conditions hold', async () => {
    const key = await newItem({ a: 1, b: 2 });
    const whole = put(table, key, { only: true }, { if: 'b = :seen', values: { ':seen': 2 } }, stale);
    await expect(commit(table, [whole, is(key, 'a', 2)])).rejects.toBeInstanceOf(StaleView);
    await commit(table, [set(key, 'c', 3), whole, is(key, 'a', 1)]);
    expect(await read(key)).toEqual({ ...key, only: true });
    expect(() => mergeFragments([whole, whole])).toThrow(TypeError);
    expect(() => mergeFragments([whole, remove(table, key, ABSENT, stale)])).toThrow(TypeError);
  });

  test('are refused by the one that says so of the item, else by one that can’t tell', async () => {
    const key = await newItem({ a: 1, b: 2 });
    const telling: Fragment = {
      ...is(key, 'a', 1, refuse('account_suspended')),
      isRefused: (old) => old?.['a'] !== 1,
    };
    const other = (value: number) => is(key, 'b', value, refuse('code_expired'));
    for (const both of [
      [telling, other(3)],
      [other(3), telling],
    ])
      await expect(commit(table, both)).rejects.toMatchObject({ code: 'code_expired' });
    await commit(table, [set(key, 'a', 2)]);
    for (const value of [2, 3])
      await expect(commit(table, [other(value), telling])).rejects.toMatchObject({
        code: 'account_suspended',
      });
  });
});

describe('a condition that failed', () => {
  test('is told the item as it was found, or that there was none', async () => {
    const seen: (Item | undefined)[] = [];
    const remember = (old: Item | undefined) => {
      seen.push(old);
      return new StaleView();
    };
    const key = await newItem({ accountId: '1', list: [1, 2], nested: { deep: true } });
    await commit(table, [put(table, key, {}, ABSENT, remember)]).catch(() => undefined);
    await commit(table, [check(table, absentKey(), { if: 'attribute_exists(pk)' }, remember)]).catch(
      () => undefined,
    );
    expect(seen).toEqual([{ ...key, accountId: '1', list: [1, 2], nested: { deep: true } }, undefined]);
  });
});
