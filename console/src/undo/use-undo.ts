import { useCallback, useEffect, useRef, useState } from 'react';
import { parseAnswer, READERS } from '../../../client/src/answers.ts';
import { announce } from '../../../client/src/channel.ts';
import type { Client } from '../../../client/src/client.ts';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { asFailure, type Failure } from '../../../client/src/failure.ts';
import type { SentAnswer } from '../../../lib/contract/answers.ts';
import { isWayIn } from '../../../lib/linking/identity.ts';
import { loadDeviceParser, type ParseDevice } from '../devices/load.ts';
import { undoCodeSlot } from '../state/memory.ts';
import { forgetUndoToken } from '../state/undo-token.ts';
import { type Task, useTask } from '../state/use-task.ts';
import { isSpent } from './conflicts.ts';
import type { Choice } from './restoration.ts';

export type UndoState =
  | { readonly phase: 'loading' }
  /** The link is expired, used or made up. */
  | { readonly phase: 'gone' }
  | { readonly phase: 'failed'; readonly failure: Failure }
  | ToldState;

export interface ToldState {
  readonly phase: 'told';
  readonly story: UndoStory;
  readonly parseDevice: ParseDevice;
}

export interface Undo {
  readonly state: UndoState;
  readonly reload: () => void;
  /** It was confirmed on this page just now, and not at an earlier visit. */
  readonly justConfirmed: boolean;
  readonly confirming: Task<'confirm'>;
  readonly confirm: () => void;
  /** What was restored on this page just now; null where that was at an earlier visit. */
  readonly restored: Choice | null;
  /** The SMS code that is waiting, if this tab has sent one. */
  readonly waiting: SentAnswer | null;
  /** Both reject with a `Failure`. */
  readonly sendCode: () => Promise<SentAnswer>;
  readonly restore: (code: string, choice: Choice) => Promise<void>;
}

/** The code that was on its way before a reload. */
function rememberedCode(): SentAnswer | null {
  try {
    return parseAnswer(READERS.sendUndoCode, JSON.parse(undoCodeSlot.get() ?? 'null'));
  } catch {
    return null;
  }
}

/** What a "this wasn't me" link is about, and what is done about it. */
export function useUndo(client: Client, token: string): Undo {
  const [state, setState] = useState<UndoState>({ phase: 'loading' });
  const [waiting, setWaiting] = useState(rememberedCode);
  const [justConfirmed, setJustConfirmed] = useState(false);
  const [restored, setRestored] = useState<Choice | null>(null);
  const confirming = useTask<'confirm'>();
  const parser = useRef<ParseDevice | null>(null);

  const tell = useCallback((story: UndoStory, parseDevice: ParseDevice | null = parser.current) => {
    if (!parseDevice) return;
    parser.current = parseDevice;
    setState({ phase: 'told', story, parseDevice });
  }, []);

  const end = useCallback(() => {
    forgetUndoToken();
    setState({ phase: 'gone' });
  }, []);

  const reload = useCallback(async () => {
    setState({ phase: 'loading' });
    try {
      const [story, parse] = await Promise.all([client.showUndo({ token }), loadDeviceParser()]);
      tell(story, parse);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'undo_expired') end();
      else setState({ phase: 'failed', failure });
    }
  }, [client, token, tell, end]);

  useEffect(() => void reload(), [reload]);

  /** A failed request may have done its work: what the service says now counts. */
  const settle = async (error: unknown, done: (story: UndoStory) => boolean): Promise<void> => {
    try {
      const story = await client.showUndo({ token });
      tell(story);
      if (done(story)) return;
    } catch (again) {
      if (asFailure(again).code === 'undo_expired') return end();
    }
    throw error;
  };

  const confirm = () => {
    void confirming.run('confirm', async () => {
      try {
        tell(await client.confirmUndo({ token }));
      } catch (error) {
        await settle(error, (story) => story.confirmedAt !== null);
      }
      setJustConfirmed(true);
      // Other tabs of this browser may show an account whose sessions have just ended.
      announce({ type: 'changed' });
    });
  };

  const keep = (sent: SentAnswer | null) => {
    setWaiting(sent);
    undoCodeSlot.set(sent && JSON.stringify(sent));
  };

  const sendCode = async () => {
    try {
      const sent = await client.sendUndoCode({ token });
      keep(sent);
      return sent;
    } catch (error) {
      if (asFailure(error).code === 'undo_expired') await settle(error, () => false);
      throw error;
    }
  };

  const restore = async (code: string, choice: Choice) => {
    const before = state.phase === 'told' ? state.story.restoredAt : null;
    try {
      tell(await client.restoreMethod({ token, code, only: isWayIn(choice) ? choice : undefined }));
    } catch (error) {
      const { code: why } = asFailure(error);
      if (isSpent(why)) keep(null);
      if (why === 'code_wrong' || isSpent(why)) throw error;
      await settle(error, ({ restoredAt }) => restoredAt !== null && restoredAt !== before);
    }
    keep(null);
    setRestored(choice);
    // It ends the sessions that other tabs of this browser may show.
    announce({ type: 'changed' });
  };

  return {
    state,
    reload: () => void reload(),
    justConfirmed,
    confirming,
    confirm,
    restored,
    waiting,
    sendCode,
    restore,
  };
}
