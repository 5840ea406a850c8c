import { cleanText } from './text.ts';

/** Somebody of the support desk, as IAM names them: an ARN. */
export interface Operator {
  readonly by: string;
}

/** What an operator may do to an account, as its history has it. The owner is shown what was done, and never by whom or why. */
export const OPERATOR_ACTIONS = [
  'looked_up',
  'read_history',
  'ended_sessions',
  'unlinked',
  'released',
  'unfroze',
  'cleared',
] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** What an operator did. */
export interface OperatorDeed extends Operator {
  readonly action: OperatorAction;
  readonly reason?: string;
}

export const REASON_MAX = 200;

/** Why an operator does something, fit to be kept and shown. @returns undefined if nothing of it can be seen, or it is too long */
export function parseReason(typed: string): string | undefined {
  const text = cleanText(typed);
  const { length } = [...text];
  return length > 0 && length <= REASON_MAX ? text : undefined;
}
