import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallbackResult } from '../../lib/providers/provider.ts';
import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';
import { fakeFetch, settings } from './fake-provider.ts';

const RUNS = { numRuns: 500 };

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});
/** No parameter that means anything to either. */
const otherName = fc
  .string({ maxLength: 8 })
  .filter((name) => !['state', 'code', 'error', 'usercancel'].includes(name));
const others = fc.uniqueArray(fc.tuple(otherName, fc.string({ unit: anyCharacter, maxLength: 12 })), {
  maxLength: 4,
  // What a URL can't hold comes out of it as one and the same character.
  selector: ([name]) => name.toWellFormed(),
});

type Pair = readonly [string, string];

/** Every byte of a query written as %XX, as no browser does and any may. */
const escaped = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const inFull = (pairs: readonly Pair[]) => pairs.map((pair) => pair.map(escaped).join('=')).join('&');
const plain = (pairs: readonly Pair[]) =>
  String(new URLSearchParams(pairs.map(([name, value]) => [name, value])));

describe.each([
  ['WeChat', createWeChat],
  ['QQ', createQQ],
])('the query of a callback of %s', (_name, create) => {
  const provider = create(settings, fakeFetch().fetch);
  const parse = (query: string): CallbackResult => provider.parseCallback(new URLSearchParams(query));

  test('says the same in any order, however it is encoded, and whatever else is in it', () => {
    const parameters = fc.record({ state: visible, code: visible.filter((code) => code !== 'authdeny') });
    fc.assert(
      fc.property(parameters, others, fc.boolean(), ({ state, code }, more, isReversed) => {
        const pairs: Pair[] = [...more, ['state', state], ['code', code]];
        const ordered = isReversed ? pairs.toReversed() : pairs;
        for (const query of [plain(ordered), inFull(ordered), `&&${plain(ordered)}&`])
          expect(parse(query)).toEqual({ kind: 'code', state, code });
      }),
      RUNS,
    );
  });

  test('without a code is a refusal of that state', () => {
    fc.assert(
      fc.property(visible, others, fc.boolean(), (state, more, isEmpty) => {
        const pairs: Pair[] = [...more, ['state', state], ...(isEmpty ? [['code', ''] as const] : [])];
        for (const query of [plain(pairs), inFull(pairs)])
          expect(parse(query)).toEqual({ kind: 'denied', state });
      }),
      RUNS,
    );
  });

  test('with anything in it twice is of no code, whichever comes first and however it is spelt', () => {
    fc.assert(
      fc.property(visible, visible, visible, others, fc.nat(), (state, code, second, more, at) => {
        const pairs: Pair[] = [...more, ['state', state], ['code', code]];
        const [name] = pairs[at % pairs.length] as Pair;
        const twice: Pair = [name, second];
        for (const query of [
          plain([...pairs, twice]),
          plain([twice, ...pairs]),
          `${plain(pairs)}&${inFull([twice])}`,
          `${escaped(name)}=${escaped(second)}&${plain(pairs)}`,
        ]) {
          const said = parse(query);
          expect(said.kind).toBe('malformed');
          expect(said.state).toBe(name === 'state' ? undefined : state);
        }
      }),
      RUNS,
    );
  });

  test('with a state or a code that could be none of ours or theirs is of no code', () => {
    const bad = fc.oneof(
      fc
        .tuple(visible, fc.constantFrom(' ', '\n', '\u0000', '\u007f', 'é', '中', '\ud800', '😀'))
        .map((both) => both.join('')),
      fc.string({ unit: fc.constant('A'), minLength: 513, maxLength: 600 }),
    );
    fc.assert(
      fc.property(visible, bad, (good, spoiled) => {
        expect(
          parse(
            plain([
              ['state', spoiled],
              ['code', good],
            ]),
          ),
        ).toEqual({ kind: 'malformed' });
        expect(
          parse(
            plain([
              ['state', good],
              ['code', spoiled],
            ]),
          ),
        ).toEqual({ kind: 'malformed', state: good });
      }),
      RUNS,
    );
  });

  test('is never an error, whatever it is, and never says what it could not have read', () => {
    const names = fc.constantFrom('code', 'state', 'error', 'usercancel', 'msg');
    const query = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 60 }),
      fc
        .array(fc.tuple(names, fc.string({ unit: anyCharacter, maxLength: 12 })), { maxLength: 5 })
        .map(plain),
      fc
        .array(fc.constantFrom('code', 'state', '=', '&', '%', '%0', '%00', '+', ';', '?', '#', 'a', '[]'), {
          maxLength: 12,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(query, (text) => {
        const said = parse(text);
        const given = new URLSearchParams(text);
        if (said.state !== undefined) expect(given.getAll('state')).toEqual([said.state]);
        if (said.state !== undefined) expect(said.state).toMatch(/^[!-~]{1,512}$/);
        if (said.kind !== 'code') return;
        expect(given.getAll('code')).toEqual([said.code]);
        expect(said.code).toMatch(/^[!-~]{1,512}$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
