import type { PhoneNumber } from '../../lib/linking/phone.ts';
import type { Code } from '../../lib/linking/secrets.ts';
import type { SmsMessage } from '../../lib/messages/sms.ts';

/** Who writes the SMS of the tests. */
export const SIGNATURE = { brand: 'Example Cloud', notMeUrl: 'https://console.example.com/not-me' };

/** An SMS with a code, as the port takes it. */
export const CODE_SMS: SmsMessage = {
  kind: 'code',
  purpose: 'link_wechat',
  code: '047281' as Code,
  validMinutes: 5,
  to: '+15005550006' as PhoneNumber,
  language: 'en',
};
/** The same to mainland China. */
export const MAINLAND_SMS: SmsMessage = {
  ...CODE_SMS,
  to: '+8613800138001' as PhoneNumber,
  language: 'zh-CN',
};
/** The first as a text. */
export const CODE_TEXT =
  'Example Cloud: 047281 is your code to link WeChat. Valid 5 min. Never share it, not even with our staff. ' +
  'Not you? Check your account now.';
