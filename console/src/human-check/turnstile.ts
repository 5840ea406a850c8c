import { HUMAN_CHECK_ACTION } from '../../../lib/linking/human-check.ts';
import type { Language } from '../../../lib/linking/language.ts';
import { loadScript } from './load-script.ts';
import type { HumanCheckView, StopHumanCheck } from './show.ts';

/** Cloudflare allows it from here only. */
const SCRIPT = 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit';

/** As much of its API as is used (developers.cloudflare.com/turnstile, "Widget configurations"). */
export interface Turnstile {
  readonly render: (
    holder: HTMLElement,
    options: Readonly<Record<string, unknown>>,
  ) => string | null | undefined;
  readonly remove: (widgetId: string) => void;
}

const LANGUAGE: Readonly<Record<Language, string>> = { 'zh-CN': 'zh-cn', en: 'en' };

/** Draw the widget; it works by itself, and asks for a click where it is in doubt. */
export function renderTurnstile(turnstile: Turnstile, siteKey: string, view: HumanCheckView): StopHumanCheck {
  const widgetId = turnstile.render(view.holder, {
    sitekey: siteKey,
    action: HUMAN_CHECK_ACTION,
    language: LANGUAGE[view.language],
    theme: view.dark ? 'dark' : 'light',
    size: 'flexible',
    // The page says what is wrong, and when to try again.
    retry: 'never',
    callback: (token: string) => view.onAnswer({ token }),
    'error-callback': () => {
      view.onFailed();
      return true;
    },
    'unsupported-callback': view.onFailed,
  });
  if (!widgetId) throw new Error('Turnstile draws no widget');
  view.onShown();
  return () => turnstile.remove(widgetId);
}

export async function showTurnstile(siteKey: string, view: HumanCheckView): Promise<StopHumanCheck> {
  await loadScript(SCRIPT, document);
  const { turnstile } = window as { readonly turnstile?: Turnstile };
  if (!turnstile) throw new Error('Turnstile is not there');
  return renderTurnstile(turnstile, siteKey, view);
}
