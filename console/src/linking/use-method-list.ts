import { useWords } from '../texts/words.tsx';
import type { WayRow } from './progress.ts';

/** Several methods in a sentence: `微信（林同学）和QQ（小明）`. */
export function useMethodList(): (methods: readonly WayRow[]) => string {
  const { t, language, providerName } = useWords();
  const name = ({ provider, display }: WayRow) =>
    display ? t('unlink.method', { provider: providerName(provider), display }) : providerName(provider);
  return (methods) => new Intl.ListFormat(language, { type: 'conjunction' }).format(methods.map(name));
}
