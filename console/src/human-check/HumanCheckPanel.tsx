import { useEffect, useRef, useState } from 'react';
import { Loading } from 'tdesign-react/es/loading';
import type { HumanAnswer, HumanChallenge } from '../../../lib/linking/human-check.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';

type Phase = 'loading' | 'shown' | 'closed' | 'failed' | 'answered';

interface WidgetProps {
  readonly check: HumanChallenge;
  readonly onPhase: (phase: Phase) => void;
  readonly onAnswer: (answer: HumanAnswer) => void;
}

/** What the provider draws. Its code is loaded now, and not before. */
function Widget(props: WidgetProps) {
  const { language } = useWords();
  const { check } = props;
  const holder = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    // Its own element: React must not find changed what a provider has drawn.
    const place = holder.current?.appendChild(document.createElement('div'));
    if (!place) return;
    let left = false;
    let stop = () => {};
    const become = (phase: Phase) => {
      if (!left) latest.current.onPhase(phase);
    };
    const show = async () => {
      become('loading');
      const { showHumanCheck } = await import('./show.ts');
      const shown = await showHumanCheck(check, {
        holder: place,
        language,
        dark: document.documentElement.getAttribute('theme-mode') === 'dark',
        onAnswer: (answer) => {
          become('answered');
          if (!left) latest.current.onAnswer(answer);
        },
        onShown: () => become('shown'),
        onClosed: () => become('closed'),
        onFailed: () => become('failed'),
      });
      if (left) shown();
      else stop = shown;
    };
    show().catch(() => become('failed'));
    return () => {
      left = true;
      stop();
      place.remove();
    };
  }, [check, language]);

  return <div ref={holder} />;
}

export interface HumanCheckPanelProps {
  readonly check: HumanChallenge;
  /** The answer to the last one was not accepted. */
  readonly refused: boolean;
  readonly onAnswer: (answer: HumanAnswer) => void;
}

/** A check that a person is here, by Turnstile or Tencent's captcha. */
export function HumanCheckPanel({ check, refused, onAnswer }: HumanCheckPanelProps) {
  const { t } = useWords();
  const [phase, setPhase] = useState<Phase>('loading');
  const [round, setRound] = useState(0);
  const panel = useRef<HTMLFieldSetElement>(null);
  useEffect(() => panel.current?.focus(), []);

  const said = { loading: 'human.loading', answered: 'human.answered', closed: 'human.closed' } as const;
  return (
    <fieldset ref={panel} className="human-check" tabIndex={-1}>
      <legend>{t('human.title')}</legend>
      {refused && phase !== 'failed' ? <p role="alert">{t('human.refused')}</p> : null}
      <Widget key={round} check={check} onPhase={setPhase} onAnswer={onAnswer} />
      <p role="status">
        {phase === 'loading' || phase === 'answered' ? <Loading size="small" /> : null}{' '}
        {phase === 'shown' || phase === 'failed' ? '' : t(said[phase])}
      </p>
      {phase === 'failed' ? (
        <Notice theme="error" title={t('human.failed')}>
          {t('human.failed_next')}
        </Notice>
      ) : null}
      {phase === 'failed' || phase === 'closed' ? (
        <ActionButton look="outline" onClick={() => setRound(round + 1)}>
          {t(phase === 'failed' ? 'account.retry' : 'human.again')}
        </ActionButton>
      ) : null}
    </fieldset>
  );
}
