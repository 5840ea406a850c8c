import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskEmail, parseEmail } from '../../lib/linking/email.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

const localCharacter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-");
const atom = fc.string({ unit: localCharacter, minLength: 1, maxLength: 10 });
const local = fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('.'));
const label = fc
  .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'), minLength: 1, maxLength: 12 })
  .filter((text) => !text.startsWith('xn'));
const domain = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('com', 'example', 'cn', 'xn--fiqs8s'),
  )
  .map(([labels, top]) => [...labels, top].join('.'));
const address = fc.tuple(local, domain).map((parts) => parts.join('@'));

/** Upper case for the letters a mask says. */
const inSomeCase = (text: string, mask: readonly boolean[]) =>
  [...text].map((letter, index) => (mask[index % mask.length] ? letter.toUpperCase() : letter)).join('');
const mask = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
const space = fc.constantFrom(
  ...['', ' ', '\t', '\r\n', '\u00a0', '\u3000', '  \n'],
  // What cannot be seen comes along from pages, mails and chats.
  ...['\u200b', '\u200e', '\ufeff ', '\u2066', ' \u2069\u202c'],
);
const [opening, closing] = [
  fc.constantFrom('', '（', '\u200b“'),
  fc.constantFrom('', '）', '”。', ',', ';', '，', ' , ', '；\u200b'),
];
const around = fc
  .tuple(space, opening, closing, space)
  .map(([before, open, close, after]) => [before + open, close + after] as const);

describe('the one form of an address', () => {
  test('is itself, where it was typed so', () => {
    fc.assert(
      fc.property(address, (typed) => {
        expect(parseEmail(typed)).toBe(typed);
      }),
    );
  });

  test('is reached from any case, with white space, invisible marks and brackets around, a comma or stop after it and a full-width @', () => {
    fc.assert(
      fc.property(address, mask, around, fc.constantFrom('@', '＠'), (typed, upper, [before, after], at) => {
        const pasted = inSomeCase(typed, upper).replace('@', at);
        expect(parseEmail(before + pasted + after)).toBe(typed);
      }),
    );
  });

  test('is the form of itself, whatever was typed', () => {
    const anything = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc
        .tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 12 }))
        .map(([left, right]) => `${left}@${right}.com`),
      fc
        .tuple(local, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }))
        .map(([left, right]) => `${left}@${right}.example`),
    );
    fc.assert(
      fc.property(anything, (typed) => {
        const form = parseEmail(typed);
        if (form === undefined) return;
        expect(parseEmail(form)).toBe(form);
        expect(form).toMatch(/^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$/);
        expect(form.length).toBeLessThanOrEqual(254);
        expect(form).not.toMatch(/[A-Z]/);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps dots and tags apart', () => {
    expect(parseEmail('a.b+c@gmail.com')).toBe('a.b+c@gmail.com');
    expect(parseEmail('ab@gmail.com')).toBe('ab@gmail.com');
  });

  test('is as long as an address may be, and no longer', () => {
    const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.example`;
    const longest = `${'a'.repeat(254 - domain.length - 1)}@${domain}`;
    expect(longest).toHaveLength(254);
    expect(parseEmail(longest)).toBe(longest);
    expect(parseEmail(`a${longest}`)).toBeUndefined();
    expect(parseEmail(`${'a'.repeat(65)}@example.com`)).toBeUndefined();
  });

  test('takes a long input in linear time', () => {
    for (const typed of [
      '.'.repeat(20_000),
      `a${' '.repeat(100_000)}a`,
      `${'a.'.repeat(10_000)}@`,
      `a@${'a-'.repeat(10_000)}`,
    ]) {
      const startedAt = performance.now();
      expect(parseEmail(typed)).toBeUndefined();
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
  });
});

describe('the mask of an address', () => {
  test.each([
    ['a@example.com', 'a***@example.com'],
    ['ab@example.com', 'a***@example.com'],
    ['abc@example.com', 'a***c@example.com'],
    ['alice@example.com', 'a***e@example.com'],
    ['a.very.long.name@xn--fiqs8s', 'a***e@xn--fiqs8s'],
  ])('of %s is %s', (whole, masked) => {
    expect(maskEmail(whole)).toBe(masked);
  });

  test('shows two characters of the local part at most, and the domain', () => {
    fc.assert(
      fc.property(address, (whole) => {
        const masked = maskEmail(whole);
        const [shown = '', domain] = masked.split('@');
        expect(shown.replace('***', '').length).toBeLessThanOrEqual(2);
        expect(whole.endsWith(`@${domain}`)).toBe(true);
      }),
    );
  });
});
