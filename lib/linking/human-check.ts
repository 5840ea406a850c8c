export const HUMAN_CHECK_KINDS = ['turnstile', 'tencent'] as const;
export type HumanCheckKind = (typeof HUMAN_CHECK_KINDS)[number];

/** Which check a page is to show, and the key it is shown with; no secret. */
export interface HumanChallenge {
  readonly kind: HumanCheckKind;
  readonly siteKey: string;
}

/** What a page asks for the check for. Turnstile says so of an answer: one that was given for anything else is not for us. */
export const HUMAN_CHECK_ACTION = 'send_sign_in_code';

/** What the check gave the page: Turnstile a token, Tencent a ticket and a random string. */
export type HumanAnswer = { readonly token: string } | { readonly ticket: string; readonly randstr: string };
