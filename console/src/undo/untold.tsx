import { Skeleton } from 'tdesign-react/es/skeleton';
import type { Failure } from '../../../client/src/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';
import { leave } from './leave.ts';
import { OpenByCode, type OpenByCodeProps } from './OpenByCode.tsx';
import { PasteLink } from './PasteLink.tsx';

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

/**
 * Opened without a token: by somebody whose text message has a code in place of a link, or by a link that has lost its own on its way.
 */
export function Unopened({ client, onToken }: OpenByCodeProps) {
  const { t } = useWords();
  return (
    <>
      <section className="undo__open" aria-labelledby="open-title">
        <h2 id="open-title" className="card__title">
          {t('open.title')}
        </h2>
        <p className="card__hint">{t('open.text')}</p>
        <OpenByCode client={client} onToken={onToken} />
      </section>
      <section className="undo__next" aria-labelledby="paste-title">
        <h2 id="paste-title" className="card__title">
          {t('paste.title')}
        </h2>
        <p className="card__hint">{t('paste.text')}</p>
        <PasteLink onToken={onToken} />
      </section>
      <p className="undo__hint undo__worried">{t('undo.worried')}</p>
    </>
  );
}
