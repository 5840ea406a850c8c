export const CODE_LENGTH = 6;

const FULL_WIDTH_ZERO = '０'.charCodeAt(0);

/**
 * The digits of a code out of what was typed, pasted or filled in: full-width digits of an input method, spaces, or a
 * whole text message around it. A run of exactly six digits is the code; else the first six digits are.
 */
export function codeDigits(typed: string): string {
  const ascii = typed.replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - FULL_WIDTH_ZERO));
  const run = /(?<!\d)\d{6}(?!\d)/.exec(ascii);
  return run ? run[0] : ascii.replace(/\D/g, '').slice(0, CODE_LENGTH);
}

/** Enough of a look at an address to spare a request; the service has the last word. */
export function looksLikeEmail(typed: string): boolean {
  return /^[^\s@]{1,64}@[^\s@]{1,253}$/.test(typed.trim());
}
