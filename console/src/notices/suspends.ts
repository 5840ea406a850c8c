import type { NoticeRow } from '../../../lib/contract/answers.ts';
import type { NoticeType } from '../../../lib/linking/notice-types.ts';

/** Those about somebody who used a method; in the others, nobody did. */
const BY_METHOD: readonly NoticeType[] = [
  'linked',
  'replaced',
  'signed_in',
  'cleared',
  'signed_out',
  'locked',
  'preferences_changed',
];

/** Whether nobody signs in with the method any more once its owner has said "this wasn't me", on an account with a phone: it takes one to undo that. */
export function suspendsMethod({ type, byOperator }: Pick<NoticeRow, 'type' | 'byOperator'>): boolean {
  return BY_METHOD.includes(type) && !(byOperator && type === 'signed_out');
}
