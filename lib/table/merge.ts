import type { Fragment, Item } from './client.ts';
import { formatKey, type Key } from './keys.ts';

/*
 * A transaction may write an item once. What is known of an account is one item, of which a change checks and writes several things at once:
 * each is a fragment of its own, and all of one item are merged into one write.
 */

/** Fragments of one item. */
type Several = readonly [Fragment, ...Fragment[]];

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
function mergeAll(fragments: Several): Fragment {
  const writes = fragments.map(writeOf);
  const puts = fragments.flatMap(({ write }) => write.Put ?? []);
  const [put] = puts;
  if (puts.length > 1) throw new TypeError('an item can be put once');
  const conditions = writes.flatMap(({ ConditionExpression: text }, index) =>
    text === undefined ? [] : [`(${apart(text, index)})`],
  );
  const condition = conditions.join(' AND ');
  const change = put ? '' : mergeChanges(writes);
  // DynamoDB refuses what no expression uses.
  const isUsed = ([name]: [string, unknown]) => !put || new RegExp(`${name}\\b`).test(condition);
  const names = writes.flatMap((write, index) => namesApart(write.ExpressionAttributeNames, index));
  const values = writes.flatMap((write, index) => namesApart(write.ExpressionAttributeValues, index));
  const [usedNames, usedValues] = [names.filter(isUsed), values.filter(isUsed)];
  const merged = {
    TableName: writes[0]?.TableName,
    ConditionExpression: condition,
    ...(usedNames.length > 0 && { ExpressionAttributeNames: Object.fromEntries(usedNames) }),
    ...(usedValues.length > 0 && { ExpressionAttributeValues: Object.fromEntries(usedValues) }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const Key = writes[0]?.Key ?? {};
  const write = put
    ? { Put: { ...merged, Item: put.Item } }
    : change === ''
      ? { ConditionCheck: { ...merged, Key } }
      : { Update: { ...merged, Key, UpdateExpression: change } };
  return { write, refusal: (old) => findRefused(fragments, old).refusal(old) };
}

/** Whose condition does not hold: one that says so of the item, else the first that can't tell. */
function findRefused(fragments: Several, old: Item | undefined): Fragment {
  const told = fragments.find(({ isRefused }) => isRefused?.(old));
  return told ?? fragments.find(({ isRefused }) => isRefused === undefined) ?? fragments[0];
}

function idOf({
  write: { Put: put, Update: updated, Delete: removed, ConditionCheck: checked },
}: Fragment): string {
  return formatKey((put?.Item ?? (updated ?? removed ?? checked)?.Key) as unknown as Key);
}

/** Fragments of one item are merged; all others are what they are. */
export function mergeFragments(fragments: readonly Fragment[]): readonly Fragment[] {
  const byItem = Map.groupBy(fragments, idOf);
  if (byItem.size === fragments.length) return fragments;
  return [...byItem.values()].map(([first, ...others]) =>
    others.length === 0 ? (first as Fragment) : mergeAll([first as Fragment, ...others]),
  );
}
