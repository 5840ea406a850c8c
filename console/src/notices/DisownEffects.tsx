import type { NoticeRow } from '../../../lib/contract/answers.ts';
import { useWords } from '../texts/words.tsx';
import { suspendsMethod } from './suspends.ts';

export interface DisownEffectsProps {
  readonly story: Pick<NoticeRow, 'type' | 'byOperator' | 'provider' | 'display'>;
  /** Where the way back goes to, masked; null where there is no phone, undefined where it is not known. */
  readonly phone: string | null | undefined;
}

/** What saying "this wasn't me" does, as the items of a list. */
export function DisownEffects({ story, phone }: DisownEffectsProps) {
  const { t, providerName } = useWords();
  const suspends = suspendsMethod(story);
  const { provider, display } = story;
  const method = t('unlink.method', { provider: providerName(provider), display });
  return (
    <ul className="notice__list">
      <li>{t('undo.will_sign_out')}</li>
      {suspends && phone === undefined ? <li>{t('undo.will_suspend_by_phone', { method })}</li> : null}
      {suspends && phone ? (
        <>
          <li>{t('undo.will_suspend', { method })}</li>
          <li>{t('undo.will_send', { phone })}</li>
        </>
      ) : null}
      <li>{t('undo.will_freeze')}</li>
    </ul>
  );
}
