import type { HumanAnswer, HumanChallenge } from '../../../lib/linking/human-check.ts';
import type { Language } from '../../../lib/linking/language.ts';
import { showTencentCaptcha } from './tencent.ts';
import { showTurnstile } from './turnstile.ts';

/** Where a check is shown, and who hears how it went. */
export interface HumanCheckView {
  /** Empty; a widget is drawn into it. */
  readonly holder: HTMLElement;
  readonly language: Language;
  readonly dark: boolean;
  readonly onAnswer: (answer: HumanAnswer) => void;
  /** It is there to be answered. */
  readonly onShown: () => void;
  /** The person has closed it without an answer. */
  readonly onClosed: () => void;
  /** It can't be done: unreachable, misconfigured, or a browser it does not support. */
  readonly onFailed: () => void;
}

/** Takes the check off the page. */
export type StopHumanCheck = () => void;

/**
 * Load a provider's script and show its check. Nothing of either provider is on the page before.
 *
 * @throws Error where its script can't be loaded
 */
export function showHumanCheck(
  { kind, siteKey }: HumanChallenge,
  view: HumanCheckView,
): Promise<StopHumanCheck> {
  switch (kind) {
    case 'turnstile':
      return showTurnstile(siteKey, view);
    case 'tencent':
      return showTencentCaptcha(siteKey, view);
  }
}
