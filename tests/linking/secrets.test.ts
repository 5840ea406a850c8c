import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Code,
  computeSeal,
  deriveKeys,
  findCodeKey,
  hashToken,
  hmacCode,
  isSameHmac,
  isSealed,
  type KeySet,
  newCode,
  newId,
  newToken,
  parseCode,
  parseToken,
  pseudonym,
  type Randomness,
  systemRandomness,
} from '../../lib/linking/secrets.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

const SECRET = 'a-key-of-the-tests-of-at-least-32-characters';
const { codes: key, pseudonyms } = deriveKeys(SECRET).current;
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 6 });

describe('a new code', () => {
  const withInt = (int: Randomness['int']): Randomness => ({ ...systemRandomness, int });

  test('is one of a million, asked for as such, with its leading zeros', () => {
    const asked: number[] = [];
    const give = (value: number) =>
      withInt((below) => {
        asked.push(below);
        return value;
      });
    expect(newCode(give(0))).toBe('000000');
    expect(newCode(give(42))).toBe('000042');
    expect(newCode(give(999_999))).toBe('999999');
    expect(asked).toEqual([1_000_000, 1_000_000, 1_000_000]);
  });

  test('comes evenly from all of them', () => {
    const firstDigits = new Map<string, number>();
    for (let codes = 0; codes < 5000; codes += 1) {
      const first = newCode(systemRandomness).charAt(0);
      firstDigits.set(first, (firstDigits.get(first) ?? 0) + 1);
    }
    // 500 expected of each; 8 standard deviations to either side.
    for (const digit of '0123456789') {
      expect(firstDigits.get(digit)).toBeGreaterThan(330);
      expect(firstDigits.get(digit)).toBeLessThan(670);
    }
  });
});

describe('a code as it is typed', () => {
  const spaces = fc.string({
    unit: fc.constantFrom(' ', '\t', '\n', '\u3000', '\u00a0', '\u2009'),
    maxLength: 3,
  });

  test('is its digits, whatever the white space and the width', () => {
    const typed = fc.tuple(digits, fc.array(fc.tuple(fc.boolean(), spaces), { minLength: 6, maxLength: 6 }));
    fc.assert(
      fc.property(typed, ([code, how]) => {
        const text = how
          .map(([wide, before], index) => {
            const digit = code.charAt(index);
            return before + (wide ? String.fromCharCode(digit.charCodeAt(0) + 0xfee0) : digit);
          })
          .join('');
        expect(parseCode(`${text} `)).toBe(code);
      }),
    );
  });

  test('is found where a whole message was pasted that holds one', () => {
    const messages = [
      (code: string) => `【示例云】验证码 ${code}，用于关联邮箱，5 分钟内有效。`,
      (code: string) => `Example Cloud: ${code} is your code to link an email. Valid 5 min.`,
      (code: string) => `\u200b订单 12345678，验证码 ${code.slice(0, 3)}-${code.slice(3)}。`,
      (code: string) => `${code}\u202c\u200e`,
      (code: string) => ` ${code.slice(0, 3)}–${code.slice(3)}`,
    ];
    fc.assert(
      fc.property(digits, fc.constantFrom(...messages), (code, write) => {
        expect(parseCode(write(code))).toBe(code);
      }),
    );
    for (const typed of ['验证码 123456 或 654321', 'code 1234567', 'call 138-0013-8001'])
      expect(parseCode(typed)).toBeUndefined();
  });

  test('is six ASCII digits or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 12 }), (typed) => {
        const code = parseCode(typed);
        if (code !== undefined) expect(code).toMatch(/^[0-9]{6}$/);
      }),
      { numRuns: 1000 },
    );
    for (const typed of ['', '12345', '1234567', '٠١٢٣٤٥', '¹²³⁴⁵⁶', '１２３４５', '1234５x'])
      expect(parseCode(typed)).toBeUndefined();
  });
});

describe('the HMAC of a code', () => {
  test('is of no use for another code, challenge, purpose or key', () => {
    const parts = fc.tuple(fc.string(), fc.string(), digits);
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [one, two] = [left, right].map(([id, purpose, code]) =>
          hmacCode(key, id, purpose, code as Code),
        );
        expect(one === two).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
    const code = '123456' as Code;
    expect(hmacCode(deriveKeys(`${SECRET}x`).current.codes, 'id', 'p', code)).not.toBe(
      hmacCode(key, 'id', 'p', code),
    );
    expect(hmacCode(key, 'a', 'bc', code)).not.toBe(hmacCode(key, 'ab', 'c', code));
  });

  test('is the same as itself only, of whatever length', () => {
    const one = hmacCode(key, 'id', 'p', '123456' as Code);
    expect(isSameHmac(one, hmacCode(key, 'id', 'p', '123456' as Code))).toBe(true);
    expect(isSameHmac(one, hmacCode(key, 'id', 'p', '123457' as Code))).toBe(false);
    expect(isSameHmac(one, one.slice(1) as typeof one)).toBe(false);
    expect(isSameHmac(one, '' as typeof one)).toBe(false);
  });
});

describe('the keys', () => {
  const keys = deriveKeys(SECRET, `${SECRET}-previous`);
  const { id, ...current } = keys.current;
  const uses = Object.keys(current) as (keyof typeof current)[];
  const bytesOf = (set: KeySet) => uses.map((use) => set[use].secret.export().toString('hex'));

  test('are one for each use and secret, and none is the secret', () => {
    const all = [...bytesOf(keys.current), ...bytesOf(deriveKeys(`${SECRET}-previous`).current)];
    expect(new Set(all).size).toBe(10);
    expect(all).not.toContain(Buffer.from(SECRET).toString('hex'));
    expect(bytesOf(deriveKeys(SECRET).current)).toEqual(bytesOf(keys.current));
  });

  test('are named by four characters, which lead what they made', () => {
    expect(id).toMatch(/^[A-Za-z0-9_-]{4}$/);
    expect(keys.previous?.id).not.toBe(id);
    expect(computeSeal(current.links, 'x').slice(0, 4)).toBe(id);
    const made = hmacCode(current.codes, 'id', 'p', '123456' as Code);
    expect(findCodeKey(keys, made)).toBe(current.codes);
    expect(findCodeKey(deriveKeys(`${SECRET}x`, SECRET), made)?.id).toBe(id);
    expect(findCodeKey(deriveKeys(`${SECRET}x`), made)).toBeUndefined();
  });

  test('seal for their own use alone, and know what the previous ones sealed', () => {
    for (const use of uses)
      for (const other of uses) {
        const seal = computeSeal(current[use], 'text');
        expect(isSealed(keys, other, 'text', seal)).toBe(use === other);
        expect(isSealed(deriveKeys(`${SECRET}-next`, SECRET), other, 'text', seal)).toBe(use === other);
        expect(isSealed(deriveKeys(`${SECRET}-next`), other, 'text', seal)).toBe(false);
      }
  });

  test('don’t compile where one for another use is asked for', () => {
    // @ts-expect-error a key for pseudonyms
    expect(() => hmacCode(current.pseudonyms, 'id', 'p', '123456' as Code)).not.toThrow();
    // @ts-expect-error a key for codes
    expect(() => pseudonym(current.codes, 'phone', '+8613800138001')).not.toThrow();
  });
});

describe('tokens and ids', () => {
  test('hold 256 and 128 random bits, and no two are the same', () => {
    const tokens = new Set(Array.from({ length: 200 }, () => newToken(systemRandomness)));
    const ids = new Set(Array.from({ length: 200 }, () => newId(systemRandomness)));
    expect([tokens.size, ids.size]).toEqual([200, 200]);
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect(parseToken(token)).toBe(token);
    }
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  });

  test('what is no token is none', () => {
    const token = newToken(systemRandomness);
    for (const text of [
      undefined,
      '',
      token.slice(1),
      `${token}A`,
      ` ${token}`,
      `${token}\n`,
      token.replace(/^./, '+'),
    ])
      expect(parseToken(text)).toBeUndefined();
  });

  test('a token’s hash does not hold the token', () => {
    const token = newToken(systemRandomness);
    expect(hashToken(token)).not.toContain(token.slice(0, 10));
    expect(hashToken(token)).toHaveLength(43);
  });

  test('a pseudonym is of one scope and value, and shows neither', () => {
    const one = pseudonym(pseudonyms, 'phone', '+8613800138001');
    expect(one).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(pseudonym(pseudonyms, 'phone', '+8613800138001')).toBe(one);
    expect(pseudonym(pseudonyms, 'email', '+8613800138001')).not.toBe(one);
    expect(pseudonym(pseudonyms, 'phone', '+8613800138002')).not.toBe(one);
  });
});
