import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { Purpose } from '../../../lib/linking/identity.ts';
import { remainingMethods, type WayRow } from './progress.ts';

/** What a row of the table offers, by the action of the purpose it opens. */
export type RowAction = 'link' | 'unlink' | 'replace' | 'prove' | 'clear' | 'only';

/** One method is kept alone from the row of the one that this session was opened by; where there is no other, there is nothing to do. */
export function canKeepOnly(account: AccountAnswer): boolean {
  return remainingMethods(account, account.session.openedBy).length > 0;
}

/** The buttons of a row, the one that gives something back first. */
export function rowActions(
  account: AccountAnswer,
  { provider, state, actions, mailStopped }: WayRow,
): readonly RowAction[] {
  const isOwn = account.session.openedBy === provider;
  return [
    ...(state === 'suspended' ? (['clear'] as const) : []),
    ...(mailStopped ? (['prove'] as const) : []),
    ...actions,
    ...(isOwn && canKeepOnly(account) ? (['only'] as const) : []),
  ];
}

export function rowPurpose(action: RowAction, { provider }: WayRow): Purpose {
  if (action === 'only') return 'only';
  // By the same dialog, with the address that is there.
  if (action === 'prove') return 'replace_email';
  // The company's own login can be cleared, and nothing else.
  return provider === 'assertion' ? 'clear_assertion' : `${action}_${provider}`;
}
