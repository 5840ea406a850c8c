import { domainToUnicode } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEmail } from '../../lib/linking/email.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

const RUNS = { numRuns: 1_000 };

const letters = 'abcdefghijklmnopqrstuvwxyz';
const ascii = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
const local = fc
  .array(ascii(`${letters}0123456789!#$%&'*+/=?^_\`{|}~-`, 10), { minLength: 1, maxLength: 3 })
  .map((atoms) => atoms.join('.'));
const asciiLabel = ascii(`${letters}0123456789`, 12).filter((label) => !label.startsWith('xn'));
/** What people write and what nobody does, in any script. */
const anyLabel = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 4 }),
  fc.constantFrom('例子', 'bücher', 'faß', 'παράδειγμα', 'пример', '도메인', 'ไทย', 'مثال', '☕', 'ﬁsh', 'Ⅷ'),
);
const asciiAddress = fc.tuple(local, asciiLabel).map(([name, label]) => `${name}@${label}.example`);
const anyAddress = fc.tuple(local, anyLabel).map(([name, label]) => `${name}@${label}.example`);

const FULL_WIDTH = 0xfee0;
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + FULL_WIDTH));
const someOf = (mask: readonly boolean[], change: (character: string) => string) => (text: string) =>
  [...text].map((character, index) => (mask[index % mask.length] ? change(character) : character)).join('');
const mask = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

describe('whatever was typed', () => {
  const anything = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 300 }),
    anyAddress,
    fc.tuple(anyLabel, anyLabel).map((both) => both.join('@')),
    fc
      .array(fc.constantFrom('a', '.', '@', '"', '<', '>', '\\', ' ', '\n', '\u0000', '。', '＠', 'xn--'), {
        maxLength: 20,
      })
      .map((parts) => parts.join('')),
  );

  test('there is one form or none, and never an error', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const form = parseEmail(typed);
        if (form !== undefined) expect(parseEmail(form)).toBe(form);
      }),
      RUNS,
    );
  });

  test('its form can be mailed to as it is: ASCII, within the lengths of RFC 5321, and nothing that a header could take for more', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const form = parseEmail(typed);
        if (form === undefined) return;
        expect(form).toMatch(/^[!-~]+$/);
        expect(form).not.toMatch(/[A-Z"(),:;<>[\]\\]/);
        expect(form.length).toBeLessThanOrEqual(254);
        const [name = '', domain = '', ...more] = form.split('@');
        expect(more).toEqual([]);
        expect(name.length).toBeLessThanOrEqual(64);
        expect(name).not.toMatch(/^\.|\.$|\.\./);
        const labels = domain.split('.');
        expect(labels.length).toBeGreaterThanOrEqual(2);
        for (const label of labels) expect(label).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(new URL(`https://${domain}`).hostname).toBe(domain);
      }),
      RUNS,
    );
  });
});

describe('one address has one form', () => {
  test('as its domain is written in its own script, composed or not, in capitals, or in ASCII', () => {
    fc.assert(
      fc.property(local, anyLabel, (name, label) => {
        const form = parseEmail(`${name}@${label}.example`);
        if (form === undefined) return;
        const domain = form.slice(form.indexOf('@') + 1);
        const shown = domainToUnicode(domain);
        for (const written of [shown, shown.normalize('NFC'), shown.normalize('NFD'), domain.toUpperCase()])
          expect(parseEmail(`${name}@${written}`)).toBe(form);
      }),
      RUNS,
    );
  });

  test('in any case, and in full-width letters and stops as an input method writes them', () => {
    fc.assert(
      fc.property(
        asciiAddress,
        mask,
        mask,
        fc.constantFrom('.', '。', '．', '｡'),
        (form, upper, wide, stop) => {
          const [name = '', domain = ''] = form.split('@');
          const inCase = someOf(upper, (letter) => letter.toUpperCase());
          const typed = someOf(wide, fullWidth)(inCase(domain)).replaceAll(/[.．]/g, stop);
          expect(parseEmail(`${inCase(name)}@${typed}`)).toBe(form);
        },
      ),
      RUNS,
    );
  });
});

describe('what can’t be seen makes no other address', () => {
  const INVISIBLE = [
    ...['\u00ad', '\u034f', '\u061c', '\u115f', '\u180e', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f'],
    ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2060', '\u2061', '\u2066', '\u2067', '\u2069'],
    ...[
      '\u3164',
      '\ufe0f',
      '\ufeff',
      '\uffa0',
      '\u0000',
      '\u0007',
      '\u007f',
      '\u0085',
      '\u{e0061}',
      '\u{1d173}',
    ],
  ];
  const invisible = fc.constantFrom(...INVISIBLE);
  const insert = (text: string, at: number, what: string) => text.slice(0, at) + what + text.slice(at);

  test('in the local part it is refused', () => {
    fc.assert(
      fc.property(asciiAddress, fc.nat(), invisible, (form, at, what) => {
        const inside = 1 + (at % form.indexOf('@'));
        expect(parseEmail(insert(form, inside, what))).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('in the domain it is refused, or is not there', () => {
    fc.assert(
      fc.property(asciiAddress, fc.nat(), invisible, (form, at, what) => {
        const start = form.indexOf('@') + 1;
        const inside = start + (at % (form.length - start));
        expect([undefined, form]).toContain(parseEmail(insert(form, inside, what)));
      }),
      RUNS,
    );
  });
});

describe('what looks like another address is not it', () => {
  /** Letters of other scripts that look like Latin ones. */
  const LIKE: Record<string, string> = {
    a: 'аɑα',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еҽ',
    h: 'һ',
    i: 'іıι',
    j: 'ј',
    l: 'ӏ',
    n: 'ո',
    o: 'оοօ',
    p: 'рρ',
    s: 'ѕ',
    v: 'νѵ',
    x: 'х',
    y: 'уү',
  };
  const lookalike = fc
    .constantFrom(...Object.entries(LIKE))
    .chain(([letter, likes]) => fc.tuple(fc.constant(letter), fc.constantFrom(...likes)));

  test('a domain is kept apart from it, and shown as what it is', () => {
    fc.assert(
      fc.property(local, asciiLabel, lookalike, (name, rest, [letter, like]) => {
        const [form, other] = [letter, like].map((one) => parseEmail(`${name}@${rest}${one}.example`));
        expect(form).toBeDefined();
        expect(other).not.toBe(form);
        // Whatever a page shows of it is ASCII: xn--….
        if (other !== undefined) expect(other).toMatch(/@xn--[a-z0-9-]+\.example$/);
      }),
      RUNS,
    );
  });

  test('a local part is refused, and so are full-width letters in it', () => {
    fc.assert(
      fc.property(asciiAddress, lookalike, fc.constantFrom(...letters), (form, [, like], letter) => {
        for (const other of [like, fullWidth(letter), `${letter}\u0301`, `${letter.toUpperCase()}\u0307`])
          expect(parseEmail(other + form)).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('letters that lower case makes ASCII are refused: K and ſ are nobody’s k and s', () => {
    for (const letter of ['\u212a', '\u017f', '\u0130', '\u0131'])
      for (const typed of [`${letter}elvin@example.com`, `a${letter}@example.com`])
        expect(parseEmail(typed)).toBeUndefined();
  });
});

test('of what somebody quotes, groups, routes or comments there is no form', () => {
  const wrap = fc.constantFrom<(address: string) => string>(
    (address) => `<${address}>`,
    (address) => `somebody <${address}>`,
    (address) => `"${address.replace('@', '"@')}`,
    (address) => `(comment)${address}`,
    (address) => `${address}(comment)`,
    (address) => `${address},${address}`,
    (address) => `${address};${address}`,
    (address) => `group:${address};`,
    (address) => `@relay.example:${address}`,
    (address) => `mailto:${address}`,
    (address) => `${address}?subject=x`,
    (address) => `${address}\r\nBcc: other@example.com`,
    (address) => `${address}%0aBcc:other@example.com`,
    (address) => address.replace('@', '@@'),
    (address) => address.replace('@', '%40'),
    (address) => `${address}:25`,
    (address) => `${address}.`,
  );
  fc.assert(
    fc.property(asciiAddress, wrap, (address, wrapped) => {
      expect(parseEmail(wrapped(address))).toBeUndefined();
    }),
    RUNS,
  );
});
