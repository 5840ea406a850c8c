import { useEffect, useState } from 'react';
import { hintSlot } from './memory.ts';

/** How a visit to the provider in this tab ended, where only the URL told. It is about one visit: a later reload must not tell it again. */
export function useHint(): string | undefined {
  const [hint] = useState(() => hintSlot.get() ?? undefined);
  useEffect(() => hintSlot.set(null), []);
  return hint;
}
