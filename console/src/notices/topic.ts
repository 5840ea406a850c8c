import type { NoticeRow } from '../../../lib/contract/answers.ts';

/** What is told of a notice: of a suspension, or of a sign-in that it refused. */
export function topicOf({ type, isAttempt }: Pick<NoticeRow, 'type' | 'isAttempt'>) {
  return isAttempt ? ('attempt' as const) : type;
}
