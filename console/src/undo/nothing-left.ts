import type { Notice as UndoStory } from '../../../client/src/contract.ts';

/**
 * Why there is nothing to put back; null where something is, or has been restored. `gone`: the method is the account's no more. `back`:
 * it is the account's again. `usable`: it is not suspended.
 */
export function nothingLeft({
  type,
  restore,
  restoredAt,
  byOperator,
}: Pick<UndoStory, 'type' | 'restore' | 'restoredAt' | 'byOperator'>): 'gone' | 'back' | 'usable' | null {
  if (restore !== null || restoredAt !== null || type === 'frozen') return null;
  // By no method.
  if (type === 'unfrozen' || (type === 'signed_out' && byOperator)) return null;
  if (type === 'unlinked' || type === 'replaced') return 'back';
  return type === 'cleared' ? 'usable' : 'gone';
}
