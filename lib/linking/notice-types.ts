/** What an owner is notified of; `locked` is a session that has spent the guesses of an identity check. */
export const NOTICE_TYPES = [
  'linked',
  'unlinked',
  'replaced',
  'signed_in',
  'frozen',
  'suspended',
  'cleared',
  'locked',
] as const;
/** Of all that an owner may still say something of, this many are shown at once. */
export const NOTICES_MAX = 20;

export type NoticeType = (typeof NOTICE_TYPES)[number];
