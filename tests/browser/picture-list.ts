/** A picture of the visual guide. */
export interface Look {
  /** The state of the tour that it shows. */
  readonly state: string;
  /** Below docs/images/guide, in a folder for each language. */
  readonly file: string;
  /** The whole page, where the state is about a part of it. */
  readonly whole?: boolean;
  readonly size?: 'desktop' | 'phone';
  readonly mode?: 'light' | 'dark';
}

/** In the order of the guide. */
const LOOKS: readonly Omit<Look, 'file'>[] = [
  { state: 'sign-in' },
  { state: 'menu' },
  { state: 'account-new' },
  { state: 'check', whole: true },
  { state: 'check-typed' },
  { state: 'email' },
  { state: 'email-typed' },
  { state: 'email-linked' },
  { state: 'account-email' },
  { state: 'wechat-check' },
  { state: 'wechat-waiting' },
  { state: 'wechat-window' },
  { state: 'wechat-linked' },
  { state: 'account-linked' },
  { state: 'unlink-email' },
  { state: 'unlink-email-typed' },
  { state: 'unlinked-email' },
  { state: 'account-unlinked' },
  { state: 'unlink-wechat' },
  { state: 'unlinked-wechat' },
  { state: 'unlink-own' },
  { state: 'email-registered' },
  { state: 'email-taken' },
  { state: 'email-sub-account' },
  { state: 'wechat-taken' },
  { state: 'no-phone' },
  { state: 'history' },
  { state: 'everywhere' },
  { state: 'signed-out' },
  { state: 'not-me' },
  { state: 'not-me-confirmed' },
  { state: 'not-me-restored' },
  { state: 'not-me-gone' },
  { state: 'frozen' },
  { state: 'check-sent' },
  { state: 'check-wrong' },
  { state: 'check-too-many' },
  { state: 'check-quota-exceeded' },
  { state: 'check-delivery-failed' },
  { state: 'email-invalid' },
  { state: 'email-resumed' },
  { state: 'wechat-blocked' },
  { state: 'wechat-denied' },
  { state: 'wechat-expired' },
  { state: 'wechat-failed' },
  { state: 'unlink-failed' },
  { state: 'sign-in-code-sent' },
  { state: 'sign-in-unknown' },
  { state: 'result-denied' },
  { state: 'loading' },
  { state: 'failed' },
  { state: 'session-ended' },
  { state: 'account-linked', size: 'phone' },
  { state: 'account-linked', mode: 'dark' },
  { state: 'unlink-email', size: 'phone', whole: true, mode: 'dark' },
  { state: 'signed-in' },
  { state: 'probation' },
  { state: 'notices' },
  { state: 'disown' },
  { state: 'disowned' },
  { state: 'only' },
  { state: 'account-suspended' },
  { state: 'clear-email' },
  { state: 'not-me-sure' },
  { state: 'not-me-suspended' },
  { state: 'not-me-incomplete' },
  { state: 'sign-in-suspended' },
];

/** Numbered, and named for what they show. */
export const PICTURES: readonly Look[] = LOOKS.map((look, index) => {
  const number = String(index + 1).padStart(2, '0');
  const name = [look.state, look.size, look.mode].filter(Boolean).join('-');
  return { ...look, file: `${number}-${name}.png` };
});
