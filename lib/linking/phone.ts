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
