import type { Failure } from '../../../client/src/failure.ts';
import type { NoticeRow } from '../../../lib/contract/answers.ts';
import { ActionButton, type Block } from '../components/ActionButton.tsx';
import { Facts } from '../components/Facts.tsx';
import { Notice } from '../components/Notice.tsx';
import type { ParseDevice } from '../devices/load.ts';
import { useWords } from '../texts/words.tsx';
import { topicOf } from './topic.ts';

export interface NoticeItemProps {
  readonly notice: NoticeRow;
  readonly parseDevice: ParseDevice | null;
  /** Why it could not be dismissed. */
  readonly failure: Failure | undefined;
  /** Why nothing can be said about it now. */
  readonly blockedBy: Block | undefined;
  readonly onDismiss: () => void;
  readonly onDisown: () => void;
}

/** One thing that happened, and what its owner can say about it. */
export function NoticeItem(props: NoticeItemProps) {
  const { notice, parseDevice, failure, blockedBy, onDismiss, onDisown } = props;
  const { t, inlineName, explain } = useWords();
  const { type, provider } = notice;
  const what = t(`told.${topicOf(notice)}`, { provider: inlineName(provider) });
  // These are what somebody has said already, or what that has led to: there is nothing more to stop by them.
  const isAsked = type !== 'frozen' && type !== 'suspended';
  const mine = t(isAsked ? 'notices.mine' : 'notices.seen');
  return (
    <li tabIndex={-1} className="notices__item" data-notice={type}>
      <p className="notices__what">{what}</p>
      <Facts of={notice} parseDevice={parseDevice} />
      {failure ? (
        <Notice theme="error" title={t('notices.failed')}>
          {explain(failure, { context: 'notice' }).next}
        </Notice>
      ) : null}
      <div className="notices__actions">
        <ActionButton
          look="outline"
          onClick={onDismiss}
          blockedBy={blockedBy}
          label={t('notices.about', { button: mine, what })}
        >
          {mine}
        </ActionButton>
        {isAsked ? (
          <ActionButton
            look="danger-outline"
            onClick={onDisown}
            blockedBy={blockedBy}
            label={t('notices.about', { button: t('notices.not_mine'), what })}
          >
            {t('notices.not_mine')}
          </ActionButton>
        ) : null}
      </div>
    </li>
  );
}
