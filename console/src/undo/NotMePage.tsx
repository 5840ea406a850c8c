import { useEffect, useState } from 'react';
import type { Language } from '../../../lib/linking/language.ts';
import '../styles/undo.css';
import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import { Card } from './Card.tsx';
import { Told } from './Told.tsx';
import { Failed, Gone, Unopened, Waiting } from './untold.tsx';
import { useUndo } from './use-undo.ts';
import { viewOf } from './views.ts';

interface NotMeProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly token: string;
  /** What was pressed before is gone. */
  readonly takesFocus: boolean;
  /** What the message was written in. */
  readonly onLanguage: (language: Language) => void;
}

function NotMe({ client, clock, token, takesFocus, onLanguage }: NotMeProps) {
  const undo = useUndo(client, token);
  const { state } = undo;
  const language = state.phase === 'told' ? state.story.language : null;
  useEffect(() => {
    if (language) onLanguage(language);
  }, [language, onLanguage]);
  const body = () => {
    switch (state.phase) {
      case 'loading':
        return <Waiting />;
      case 'gone':
        return <Gone />;
      case 'failed':
        return <Failed failure={state.failure} onRetry={undo.reload} />;
      case 'told':
        return <Told undo={undo} state={state} clock={clock} />;
    }
  };
  return (
    <Card view={viewOf(state)} takesFocus={takesFocus}>
      {body()}
    </Card>
  );
}

export interface NotMePageProps extends Pick<NotMeProps, 'client' | 'clock' | 'onLanguage'> {
  /** Of the link; null where it has lost it on its way, or a message had none. */
  readonly token: string | null;
  /** It was pasted, or opened with a code. */
  readonly onToken: (token: string) => void;
}

/**
 * Where the "this wasn't me" link of a notice leads, and a notice without one. Opening it changes nothing; what it shows is what the service tells
 * to the holder of the link.
 */
export default function NotMePage({ client, clock, token, onToken, onLanguage }: NotMePageProps) {
  const [found, setFound] = useState(false);
  if (token !== null)
    return (
      <NotMe
        key={token}
        client={client}
        clock={clock}
        token={token}
        takesFocus={found}
        onLanguage={onLanguage}
      />
    );
  const take = (opened: string) => {
    setFound(true);
    onToken(opened);
  };
  return (
    <Card view="unopened">
      <Unopened client={client} onToken={take} />
    </Card>
  );
}
