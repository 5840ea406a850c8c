import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { FailureCode } from '../../../client/src/failure.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';
import type { Language } from '../../../lib/linking/language.ts';
import { CATALOGUE } from './catalogue.ts';
import { type ErrorContext, type ErrorText, explain } from './explain.ts';
import { createTranslate, type Translate } from './translate.ts';

/** As much of a failure as its words depend on. */
export interface Explicable {
  readonly code: FailureCode;
  readonly retryAfterSeconds?: number | undefined;
}

/** What the texts have of the deployment. */
export interface Company {
  /** What the product is called. */
  readonly brandName: string;
  /** Its help; '' where there is none. */
  readonly helpUrl: string;
  /** Whether signing in inside WeChat is possible. */
  readonly weChatInApp: boolean;
}

export interface Words extends Company {
  readonly language: Language;
  readonly t: Translate;
  /** A provider's name on its own, or at the start of a sentence. */
  readonly providerName: (provider: WayIn) => string;
  /** A provider's name within a sentence. */
  readonly inlineName: (provider: WayIn) => string;
  readonly explain: (
    failure: Explicable | FailureCode,
    where?: { readonly context?: ErrorContext | undefined; readonly provider?: WayIn | undefined },
  ) => ErrorText;
}

function createWords(language: Language, company: Company): Words {
  const { texts, errors } = CATALOGUE[language];
  const t = createTranslate(texts);
  const providerName = (provider: WayIn) => t(`provider.${provider}`);
  const inlineName = (provider: WayIn) => t(`inline.${provider}`);
  return {
    ...company,
    language,
    t,
    providerName,
    inlineName,
    explain: (failure, where = {}) =>
      explain(errors, language, typeof failure === 'string' ? failure : failure.code, {
        context: where.context,
        provider: where.provider && {
          inline: inlineName(where.provider),
          initial: providerName(where.provider),
        },
        retryAfterSeconds: typeof failure === 'string' ? undefined : failure.retryAfterSeconds,
      }),
  };
}

const WordsContext = createContext<Words>(
  createWords('zh-CN', { brandName: '', helpUrl: '', weChatInApp: false }),
);

interface WordsProviderProps {
  readonly language: Language;
  readonly company: Company;
  readonly children: ReactNode;
}

export function WordsProvider({ language, company, children }: WordsProviderProps) {
  const { brandName, helpUrl, weChatInApp } = company;
  const words = useMemo(
    () => createWords(language, { brandName, helpUrl, weChatInApp }),
    [language, brandName, helpUrl, weChatInApp],
  );
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  return useContext(WordsContext);
}
