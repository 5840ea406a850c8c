import type { MethodRow } from '../../../lib/contract/answers.ts';
import { useWords } from '../texts/words.tsx';

/** Several methods in a sentence: `微信（林同学）和QQ（小明）`. */
export function useMethodList(): (methods: readonly MethodRow[]) => string {
  const { t, language, providerName } = useWords();
  const name = ({ provider, display }: MethodRow) =>
    display ? t('unlink.method', { provider: providerName(provider), display }) : providerName(provider);
  return (methods) => new Intl.ListFormat(language, { type: 'conjunction' }).format(methods.map(name));
}
