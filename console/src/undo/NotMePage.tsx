import { type ReactNode, useEffect, useRef } from 'react';
import { Skeleton } from 'tdesign-react/es/skeleton';
import '../styles/undo.css';
import type { Client } from '../api/client.ts';
import type { ServerClock } from '../api/clock.ts';
import type { Failure } from '../api/failure.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { navigate } from '../state/router.ts';
import { forgetUndoToken } from '../state/undo-token.ts';
import { useWords } from '../texts/words.tsx';
import { Confirm } from './Confirm.tsx';
import { Confirmed } from './Confirmed.tsx';
import { type UndoState, useUndo } from './use-undo.ts';

type View = 'loading' | 'failed' | 'gone' | 'asked' | 'confirmed' | 'restored';

function viewOf(state: UndoState): View {
  if (state.phase !== 'told') return state.phase;
  if (state.story.confirmedAt === null) return 'asked';
  return state.story.restoredAt === null ? 'confirmed' : 'restored';
}

const TITLES = {
  loading: 'undo.title',
  failed: 'undo.title',
  gone: 'undo.gone',
  asked: 'undo.title',
  confirmed: 'undo.protected',
  restored: 'undo.protected',
} as const;

function Card({ view, children }: { readonly view: View; readonly children: ReactNode }) {
  const { t } = useWords();
  // What was pressed is gone with the view before: the focus goes to where the new one begins.
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current !== view && shown.current !== 'loading') heading.current?.focus();
    shown.current = view;
  }, [view]);
  return (
    <div className="undo">
      <section className="card" aria-labelledby="undo-title" aria-busy={view === 'loading'} data-view={view}>
        <h1 id="undo-title" ref={heading} tabIndex={-1} className="undo__title">
          {t(TITLES[view])}
        </h1>
        {children}
      </section>
    </div>
  );
}

/** Going on to the console means being done with the link. */
function leave(): void {
  forgetUndoToken();
  navigate('/');
}

const HEIGHTS = ['24px', '22px', '22px', '22px', '22px', '128px', '40px'];
const ROWS = HEIGHTS.map((height) => ({ width: '100%', height }));

function Waiting() {
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

function Gone() {
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

function Failed({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
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

interface NotMeProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly token: string;
}

function NotMe({ client, clock, token }: NotMeProps) {
  const undo = useUndo(client, token);
  const { state } = undo;
  const body = () => {
    switch (state.phase) {
      case 'loading':
        return <Waiting />;
      case 'gone':
        return <Gone />;
      case 'failed':
        return <Failed failure={state.failure} onRetry={undo.reload} />;
      case 'told': {
        const told = { story: state.story, parseDevice: state.parseDevice };
        return state.story.confirmedAt === null ? (
          <Confirm {...told} confirming={undo.confirming} onConfirm={undo.confirm} onLeave={leave} />
        ) : (
          <Confirmed {...told} undo={undo} clock={clock} onSignIn={leave} />
        );
      }
    }
  };
  return <Card view={viewOf(state)}>{body()}</Card>;
}

export interface NotMePageProps extends Omit<NotMeProps, 'token'> {
  /** Of the link; null where the page was opened without one. */
  readonly token: string | null;
}

/**
 * Where the "this wasn't me" link of a notice leads. Opening it changes nothing; what it shows is what the service tells
 * to the holder of the link.
 */
export default function NotMePage({ client, clock, token }: NotMePageProps) {
  if (token !== null) return <NotMe key={token} client={client} clock={clock} token={token} />;
  return (
    <Card view="gone">
      <Gone />
    </Card>
  );
}
