import { CODE_LENGTH, readAddress, readCode } from '../../../lib/linking/typed.ts';

export { CODE_LENGTH };

/** The digits of a code out of what was typed so far, pasted or filled in, as the service reads it; of more than six, the first. */
export function codeDigits(typed: string): string {
  return (readCode(typed) || typed.replace(/\D/g, '')).slice(0, CODE_LENGTH);
}

/** Enough of a look at an address to spare a request; the service has the last word. */
export function looksLikeEmail(typed: string): boolean {
  return /^[^\s@]{1,64}@[^\s@]{1,253}$/.test(readAddress(typed));
}
