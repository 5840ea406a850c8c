import { describe, expect, test } from '@jest/globals';
import { codeDigits, looksLikeEmail } from '../../../console/src/state/digits.ts';

describe('the digits of a code', () => {
  test.each([
    ['as typed', '123456', '123456'],
    ['so far', '123', '123'],
    ['full width', '１２３４５６', '123456'],
    ['mixed', '12３４56', '123456'],
    ['with spaces', ' 123 456 ', '123456'],
    ['with ideographic spaces', '１２３　４５６', '123456'],
    ['with a dash', '123-456', '123456'],
    ['with letters between', '12a34b56', '123456'],
    ['out of a whole message', '【云】您的验证码是 654321，5 分钟内有效。', '654321'],
    ['after a longer number', '订单 12345678，验证码 654321', '654321'],
    ['too many', '1234567', '123456'],
    ['none', 'abc', ''],
  ])('%s', (_name, typed, digits) => {
    expect(codeDigits(typed)).toBe(digits);
  });
});

describe('an address', () => {
  test.each(['a@example.com', ' a@example.com ', 'a@例子.中国', 'a+b.c@sub.example.com'])(
    '%p may be one',
    (typed) => {
      expect(looksLikeEmail(typed)).toBe(true);
    },
  );

  test.each(['', 'a', 'a@', '@example.com', 'a b@example.com', 'a@b@example.com'])('%p is none', (typed) => {
    expect(looksLikeEmail(typed)).toBe(false);
  });
});
