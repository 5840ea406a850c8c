/**
 * What people type and paste, taken for what they mean; the page and the API read it alike. Nothing here judges: `parseEmail`,
 * `parsePhone` and `parseCode` do.
 */

/** White space, and marks that can't be seen, as they come along with what is copied out of joined text. */
const UNSEEN = String.raw`\s\p{Cf}`;
/** No address begins with these. ASCII brackets and quotes are not among them: they are the syntax of mail, and make it no plain address. */
const BEFORE_ADDRESS = new RegExp(`[${UNSEEN}“‘「『（【《〈]`, 'u');
/** What a list of addresses or a sentence goes on with, too. */
const AFTER_ADDRESS = new RegExp(`[${UNSEEN}”’」』）】》〉,;，；、。｡]`, 'u');

/**
 * An address without what came along with it: white space, invisible marks and Chinese brackets around it, a comma or a Chinese full stop
 * after it, and the `＠` of an input method. Inside it nothing is changed: what can't be seen there makes it no address.
 */
export function readAddress(typed: string): string {
  const characters = [...typed];
  let [start, end] = [0, characters.length];
  while (start < end && BEFORE_ADDRESS.test(characters[start] ?? '')) start += 1;
  while (start < end && AFTER_ADDRESS.test(characters[end - 1] ?? '')) end -= 1;
  return characters.slice(start, end).join('').replaceAll('＠', '@');
}

/** A phone number without what came along with it, in ASCII where an input method wrote it in full width. */
export function readPhone(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
}

export const CODE_LENGTH = 6;
/** A number, however dashes divide it. Safari before 16.4 knows no lookbehind. */
const NUMBER = /\d+(?:-\d+)*/g;
const GROUP_OF_SIX = /^(?:\d{6}|\d{3}-\d{3})$/;
/** Also one that is not complete. */
const BARE_CODE = /^(?:\d*|\d{3}-\d*)$/;
const BETWEEN_DIGITS = new RegExp(`[${UNSEEN}]`, 'gu');
const DASHES = /[‐‑–—]/g;
const FULL_WIDTH_ZERO = '０'.charCodeAt(0);

/**
 * The digits of a code: full-width ones, with spaces or invisible marks between and around them, in halves, or out of a whole message that
 * holds one group of six.
 *
 * @returns all the digits, also of a code that is not complete; '' where the text is no code and holds none, or more than one
 */
export function readCode(typed: string): string {
  const ascii = typed
    .replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - FULL_WIDTH_ZERO))
    .replace(DASHES, '-');
  const bare = ascii.replace(BETWEEN_DIGITS, '');
  if (BARE_CODE.test(bare)) return bare.replace('-', '');
  const numbers = ascii.replace(/\p{Cf}/gu, '').match(NUMBER) ?? [];
  const groups = new Set(
    numbers.filter((number) => GROUP_OF_SIX.test(number)).map((group) => group.replace('-', '')),
  );
  const [only = ''] = groups;
  return groups.size === 1 ? only : '';
}
