import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST_CODE_POINT = 0x10ffff;

/**
 * A unit of `fc.string`: any code point. The same as fast-check's own `binary`, which first writes all million of them into a map, in
 * each file that it is used in.
 */
export const anyCharacter = fc.nat({ max: LAST_CODE_POINT - SURROGATES }).map(
  (index) => String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES),
  (character) => {
    const [first = '', ...others] = typeof character === 'string' ? character : [];
    if (first === '' || others.length > 0 || !first.isWellFormed()) throw new TypeError('not one code point');
    const codePoint = first.codePointAt(0) ?? 0;
    return codePoint < FIRST_SURROGATE ? codePoint : codePoint - SURROGATES;
  },
);
