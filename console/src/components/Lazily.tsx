import { Component, type ReactNode, Suspense } from 'react';
import { Loading } from 'tdesign-react/es/loading';
import { useWords } from '../texts/words.tsx';
import { ActionButton } from './ActionButton.tsx';
import { Notice } from './Notice.tsx';

function NotLoaded() {
  const { t } = useWords();
  return (
    <div className="sign-in">
      <section className="card card--failed sign-in__card">
        <Notice theme="error" title={t('page.failed')}>
          {t('page.failed_next')}
        </Notice>
        <ActionButton look="primary" onClick={() => window.location.reload()}>
          {t('page.reload')}
        </ActionButton>
      </section>
    </div>
  );
}

function NotYet() {
  const { t } = useWords();
  return (
    <p className="not-yet waiting-mark" role="status">
      <Loading size="small" /> {t('page.loading')}
    </p>
  );
}

interface LazilyProps {
  readonly children: ReactNode;
}

/** Around a page whose code is loaded when it is asked for, and may fail to be: a lost connection, or a new release. */
export class Lazily extends Component<LazilyProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? (
      <NotLoaded />
    ) : (
      <Suspense fallback={<NotYet />}>{this.props.children}</Suspense>
    );
  }
}
