import type { Device } from '../../../lib/linking/browsers.ts';
import type { TextKey, Translate } from '../texts/translate.ts';

/** Those that have a Chinese name. */
const TRANSLATED = {
  WeChat: 'provider.wechat',
  'QQ Browser': 'device.qq_browser',
  'UC Browser': 'device.uc_browser',
  'Mi Browser': 'device.mi_browser',
  'Sogou Browser': 'device.sogou_browser',
} as const satisfies Readonly<Record<string, TextKey>>;

function isTranslated(browser: string): browser is keyof typeof TRANSLATED {
  return Object.hasOwn(TRANSLATED, browser);
}

/** A device in words: `Chrome on Windows`, or as much of it as is known. */
export function deviceName({ browser, system }: Device, t: Translate): string {
  const name = browser !== null && isTranslated(browser) ? t(TRANSLATED[browser]) : browser;
  if (name !== null && system !== null) return t('device.both', { browser: name, system });
  return name ?? system ?? t('device.unknown');
}
