import type { Fragment, Item } from './client.ts';

/*
 * A transaction may write an item once. What is known of an account is one item, of which a change checks and writes several things at once:
 * each is a fragment of its own, and all of one item are merged into one write.
 */

/** One fragment's write, in whichever form. */
interface Write {
  readonly TableName?: string | undefined;
  readonly Key?: Item | undefined;
  readonly Item?: Item | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

const CLAUSES = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/** Names of one fragment's expressions are apart from those of another's. */
const apart = (text: string, index: number) =>
  text.replaceAll(/[:#][A-Za-z]\w*/g, (name) => `${name}_${index}`);
const namesApart = <T>(values: Record<string, T> | undefined, index: number): [string, T][] =>
  Object.entries(values ?? {}).map(([name, value]) => [apart(name, index), value]);

function writeOf({ write }: Fragment): Write {
  const given = write.Put ?? write.Update ?? write.ConditionCheck;
  if (given === undefined) throw new TypeError('what is removed can have nothing else done to it');
  return given;
}

/** All changes, in the order of clauses. */
function mergeChanges(writes: readonly Write[]): string {
  const changes = writes.flatMap(({ UpdateExpression: text }, index) =>
    text === undefined ? [] : [apart(text, index)],
  );
  const clauses = changes.flatMap((change) =>
    change.split(/\b(?=(?:SET|REMOVE|ADD|DELETE) )/).map((clause) => clause.trim()),
  );
  return CLAUSES.flatMap((name) => {
    const actions = clauses.flatMap((one) => (one.startsWith(`${name} `) ? [one.slice(name.length)] : []));
    return actions.length === 0 ? [] : [`${name}${actions.join(',')}`];
  }).join(' ');
}

/**
 * Several fragments of one item as one: all conditions hold, or it is refused by one that does not. Where an item is put, it is put as it
 * says, and the others' changes are no more than their conditions.
 */
function mergeAll(fragments: readonly Fragment[]): Fragment {
  const writes = fragments.map(writeOf);
  const [first] = writes;
  const puts = fragments.flatMap(({ write }) => write.Put ?? []);
  const [put] = puts;
  if (puts.length > 1) throw new TypeError('an item can be put once');
  const change = put ? '' : mergeChanges(writes);
  const names = writes.flatMap((write, index) => namesApart(write.ExpressionAttributeNames, index));
  const values = writes.flatMap((write, index) => namesApart(write.ExpressionAttributeValues, index));
  const conditions = writes.flatMap(({ ConditionExpression: text }, index) =>
    text === undefined ? [] : [`(${apart(text, index)})`],
  );
  const used = `${conditions.join(' AND ')} ${change}`;
  const isUsed = ([name]: [string, unknown]) => new RegExp(`${name}\\b`).test(used);
  const merged = {
    TableName: first?.TableName,
    ConditionExpression: conditions.join(' AND '),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...(names.some(isUsed) && { ExpressionAttributeNames: Object.fromEntries(names.filter(isUsed)) }),
    ...(values.some(isUsed) && { ExpressionAttributeValues: Object.fromEntries(values.filter(isUsed)) }),
  };
  const Key = first?.Key ?? {};
  return {
    write: put
      ? { Put: { ...merged, Item: put.Item } }
      : change === ''
        ? { ConditionCheck: { ...merged, Key } }
        : { Update: { ...merged, Key, UpdateExpression: change } },
    refusal: (old) => {
      const told = fragments.find(({ isRefused }) => isRefused?.(old));
      const other = fragments.find(({ isRefused }) => isRefused === undefined);
      return ((told ?? other ?? fragments[0]) as Fragment).refusal(old);
    },
  };
}

function idOf({
  write: { Put: put, Update: updated, Delete: removed, ConditionCheck: checked },
}: Fragment): string {
  const { pk, sk } = put?.Item ?? (updated ?? removed ?? checked)?.Key ?? {};
  return `${pk}/${sk}`;
}

/** Fragments of one item are merged; all others are what they are. */
export function mergeFragments(fragments: readonly Fragment[]): readonly Fragment[] {
  const byItem = Map.groupBy(fragments, idOf);
  if (byItem.size === fragments.length) return fragments;
  return [...byItem.values()].map((group) => (group.length === 1 ? (group[0] as Fragment) : mergeAll(group)));
}
