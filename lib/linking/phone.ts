/** A phone number in E.164 form, such as `+8613800138001`. */
export type PhoneNumber = string & { readonly __phone: unique symbol };

/** Of mainland China: Hong Kong, Macao and Taiwan have calling codes of their own, and no other begins with 86. */
export function isMainland(phone: PhoneNumber): boolean {
  return phone.startsWith('+86');
}

const MAINLAND_MOBILE = /^\+86(\d{3})\d{4}(\d{4})$/;

/**
 * A number of mainland China as its owner knows it, without +86: `138****8001`. Of any other the leading `+` and two
 * digits, and the last two: its country code may have one to three digits, and short numbers must stay hidden too.
 */
export function maskPhone(phone: PhoneNumber): string {
  const mainland = MAINLAND_MOBILE.exec(phone);
  if (mainland) return `${mainland[1]}****${mainland[2]}`;
  return `${phone.slice(0, 3)}****${phone.slice(-2)}`;
}

const MAINLAND_NATIONAL = /^1[3-9]\d{9}$/;
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * A number as people write it, in its one form: with spaces, hyphens and brackets, with `00` for `+`, or of mainland China without +86. A `+`
 * that a URL has turned into a space is one.
 *
 * @returns undefined if it is no phone number
 */
export function parsePhone(typed: string): PhoneNumber | undefined {
  const hasPlus = /^\s*\+|^ \d/.test(typed);
  const digits = typed.replace(/[\s()+-]/g, '');
  const national = !hasPlus && MAINLAND_NATIONAL.test(digits);
  const phone = national ? `+86${digits}` : `+${hasPlus ? digits : digits.replace(/^00/, '')}`;
  return /^\s*\+?[\d\s()-]+$/.test(typed) && E164.test(phone) ? (phone as PhoneNumber) : undefined;
}
