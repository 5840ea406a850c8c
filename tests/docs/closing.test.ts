import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Key, keys } from '../../lib/table/keys.ts';

const makers = Object.values(keys) as ((...parts: string[]) => Key)[];
/** What the keys of the table begin with. */
const partitions = new Set(makers.map((make) => make('a', 'b', 'c').pk.replace(/#.*/, '#')));

test.each(['closing.md', 'closing.zh.md'])(
  'docs/%s says of every kind of partition what is left there of a closed account',
  (page) => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8');
    const rows = [...text.matchAll(/^\| `([A-Z]+#)` \|/gm)].map(([, prefix]) => prefix);
    expect(rows.toSorted()).toEqual([...partitions].toSorted());
  },
);
