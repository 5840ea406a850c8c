import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanNickname } from '../../lib/providers/nickname.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

const clean = (raw: string) => cleanNickname(raw, '微信用户');

describe('a nickname is made fit to be shown', () => {
  test.each([
    ['ordinary ones stay', '小华 Hua', '小华 Hua'],
    ['trimmed, white space folded', '  a \n\t b\u3000', 'a b'],
    ['composed to NFC', 'e\u0301', '\u00e9'],
    ['control characters go', 'a\u0000b\u001b\u0085c', 'abc'],
    ['bidirectional controls go', '\u202egnp.exe\u2066\u061c\u200f', 'gnp.exe'],
    ['lone surrogates go', 'a\ud800b', 'ab'],
    ['emoji with joiners stay whole', '👩‍👩‍👧 家', '👩‍👩‍👧 家'],
    ['markup is text', '<b>&amp;', '<b>&amp;'],
    ['code points are counted, not UTF-16 units', '😀'.repeat(70), '😀'.repeat(64)],
  ])('%s', (_word, raw, expected) => expect(clean(raw)).toBe(expected));

  test.each([
    '',
    ' ',
    '\u200b',
    '\u3164\u3164',
    '\u202e',
    '\u0000',
    '\ufeff',
    '\u200d',
    `${'\u200d'.repeat(64)}a`,
  ])('a name of nothing visible is none: %j', (raw) => expect(clean(raw)).toBe('微信用户'));
});

test('white space around what can’t be shown is one space', () => {
  expect(clean('¡\t\u0000\u202e\t¡')).toBe('¡ ¡');
});

test('whatever comes in, what comes out is short, trimmed, normal and free of controls, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (raw) => {
      const name = clean(raw);
      expect([...name].length).toBeGreaterThanOrEqual(1);
      expect([...name].length).toBeLessThanOrEqual(64);
      expect(name).toBe(name.trim());
      expect(name).toBe(name.normalize('NFC'));
      expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      expect(clean(name)).toBe(name);
    }),
    { numRuns: 500 },
  );
});
