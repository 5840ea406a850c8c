import type { Language } from '../../../lib/linking/language.ts';
import { loadScript } from './load-script.ts';
import type { HumanCheckView, StopHumanCheck } from './show.ts';

/** Tencent requires it to be loaded from here. */
const SCRIPT = 'https://turing.captcha.qcloud.com/TJCaptcha.js';

/** What its callback gets (cloud.tencent.com/document/product/1110/36841). */
export interface TencentResult {
  /** 0: answered; 2: closed by the person. */
  readonly ret: number;
  readonly ticket?: string | null;
  readonly randstr?: string | null;
  /** There where Tencent could not be asked: the ticket is then one that anybody can make up. */
  readonly errorCode?: number;
}

interface Captcha {
  readonly show: () => void;
  readonly destroy: () => void;
}

export type TencentCaptcha = new (
  appId: string,
  callback: (result: TencentResult) => void,
  options: Readonly<Record<string, unknown>>,
) => Captcha;

const LANGUAGE: Readonly<Record<Language, string>> = { 'zh-CN': 'zh-cn', en: 'en' };

/** Open the captcha, which is a window over the page. */
export function openTencentCaptcha(
  Constructor: TencentCaptcha,
  siteKey: string,
  view: HumanCheckView,
): StopHumanCheck {
  const captcha = new Constructor(
    siteKey,
    ({ ret, ticket, randstr, errorCode }) => {
      if (errorCode) view.onFailed();
      else if (ret === 0 && ticket && randstr) view.onAnswer({ ticket, randstr });
      else view.onClosed();
    },
    { userLanguage: LANGUAGE[view.language], enableDarkMode: view.dark },
  );
  view.onShown();
  captcha.show();
  return () => captcha.destroy();
}

export async function showTencentCaptcha(siteKey: string, view: HumanCheckView): Promise<StopHumanCheck> {
  await loadScript(SCRIPT, document);
  const { TencentCaptcha } = window as { readonly TencentCaptcha?: TencentCaptcha };
  if (!TencentCaptcha) throw new Error('TencentCaptcha is not there');
  return openTencentCaptcha(TencentCaptcha, siteKey, view);
}
