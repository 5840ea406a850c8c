import type { NoticeRow } from '../../../lib/contract/answers.ts';

/** What is told of a notice: of a suspension, or of a sign-in that it refused; and of what owners do too, if the support desk did it. */
export function topicOf({
  type,
  isAttempt,
  byOperator,
}: Pick<NoticeRow, 'type' | 'isAttempt' | 'byOperator'>) {
  if (isAttempt) return 'attempt' as const;
  if (byOperator && (type === 'unlinked' || type === 'cleared' || type === 'signed_out'))
    return `support_${type}` as const;
  return type;
}
