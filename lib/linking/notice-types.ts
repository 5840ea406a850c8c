/**
 * What an owner is notified of; `signed_out` is a session that has ended others, or all, and `locked` one that has spent the guesses of an
 * identity check. `phone_changed` is a change that the company made, and `unfrozen` one of its support desk. `mail_stopped`: mail to the
 * account's address has come back.
 */
export const NOTICE_TYPES = [
  'linked',
  'unlinked',
  'replaced',
  'signed_in',
  'frozen',
  'unfrozen',
  'suspended',
  'cleared',
  'signed_out',
  'locked',
  'preferences_changed',
  'phone_changed',
  'mail_stopped',
] as const;
/** Of all that an owner may still say something of, this many are shown at once. */
export const NOTICES_MAX = 20;

export type NoticeType = (typeof NOTICE_TYPES)[number];

/** What the history has. `operator`: somebody of the support desk looked at the account, or changed it. */
export const HISTORY_TYPES = [
  'linked',
  'unlinked',
  'replaced',
  'refused',
  'signed_in',
  'frozen',
  'suspended',
  'cleared',
  'preferences_changed',
  'phone_changed',
  'mail_stopped',
  'operator',
] as const;
export type HistoryType = (typeof HISTORY_TYPES)[number];
