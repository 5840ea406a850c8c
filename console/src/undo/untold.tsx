import { Skeleton } from 'tdesign-react/es/skeleton';
import type { Failure } from '../../../client/src/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { leave } from './leave.ts';
import { PasteLink, type PasteLinkProps } from './PasteLink.tsx';

const HEIGHTS = ['24px', '22px', '22px', '22px', '22px', '128px', '40px'];
const ROWS = HEIGHTS.map((height) => ({ width: '100%', height }));

/** Before the service has told what the link is about. */
export function Waiting() {
  const { t } = useWords();
  return (
    <>
      <p className="visually-hidden" role="status">
        {t('undo.loading')}
      </p>
      <div aria-hidden>
        <Skeleton animation="gradient" rowCol={ROWS} />
      </div>
    </>
  );
}

/** The link is expired, used or made up. */
export function Gone() {
  const { t, explain } = useWords();
  return (
    <>
      <Notice theme="warning" title={explain('undo_expired').next}>
        {t('undo.worried')}
      </Notice>
      <div className="undo__actions">
        <ActionButton look="primary" size="large" onClick={leave}>
          {t('undo.sign_in')}
        </ActionButton>
      </div>
    </>
  );
}

/** The service did not tell what the link is about. */
export function Failed({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const { t, explain } = useWords();
  const text = explain(failure, { context: 'undo' });
  return (
    <>
      <Notice theme="error" title={text.title}>
        {text.next}
      </Notice>
      <div className="undo__actions">
        <ActionButton look="primary" size="large" onClick={onRetry}>
          {t('account.retry')}
        </ActionButton>
      </div>
    </>
  );
}

/** The link has lost its token on its way. */
export function Incomplete({ onToken }: PasteLinkProps) {
  const { t } = useWords();
  return (
    <>
      <Notice theme="warning" title={t('undo.incomplete_why')}>
        {t('undo.incomplete_next')}
      </Notice>
      <PasteLink onToken={onToken} />
      <p className="undo__hint">{t('undo.worried')}</p>
    </>
  );
}
