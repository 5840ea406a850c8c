/** Where a browser runs, as far as signing in with WeChat goes by it. */
export type WeChatPlace = 'in_wechat' | 'phone' | 'elsewhere';
/** Where nobody can be sent to WeChat from: a phone can't scan its own screen, and WeChat itself may have no app of ours. */
export type DeadEnd = Exclude<WeChatPlace, 'elsewhere'>;

/** WeCom says both. WeChat's service accounts are of no use in it. */
const WECHAT = /MicroMessenger\//i;
const WECOM = /wxwork/i;
/** Tablets leave `Mobile` out, or are called what they are; iPads say that they are a Mac. */
const PHONE = /iPhone|iPod|Android.*\bMobile\b|\bPhone\b.*(?:OpenHarmony|HarmonyOS)|\bIEMobile\b/i;
const TABLET = /\biPad\b|\bTablet\b/i;

/**
 * Whether a User-Agent is of WeChat's own browser, or else of a phone, which can't scan the QR code that it shows itself.
 * Any caller can say any: nothing but the way to WeChat goes by it.
 */
export function weChatPlace(userAgent: string): WeChatPlace {
  if (WECHAT.test(userAgent) && !WECOM.test(userAgent)) return 'in_wechat';
  return PHONE.test(userAgent) && !TABLET.test(userAgent) ? 'phone' : 'elsewhere';
}
