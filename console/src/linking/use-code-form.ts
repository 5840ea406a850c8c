import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import { secondsUntil } from '../../../client/src/countdown.ts';
import type { Failure } from '../../../client/src/failure.ts';
import type { SentAnswer } from '../../../lib/contract/answers.ts';
import { CODE_LENGTH } from '../state/digits.ts';
import { useCountdown } from '../state/use-countdown.ts';
import { type Task, useTask } from '../state/use-task.ts';

/** A code that is waiting to be typed; null members where none is. */
export interface Waiting {
  readonly sentTo: string | null;
  readonly expiresAt: string | null;
  readonly resendAt: string | null;
}

export interface CodeForm {
  readonly code: string;
  readonly setCode: (code: string) => void;
  readonly codeRef: RefObject<HTMLInputElement | null>;
  readonly task: Task<'send' | 'submit'>;
  /** What the customer forgot, found before anything is sent. */
  readonly omission: Omission | null;
  readonly setOmission: (omission: Omission | null) => void;
  /** Seconds until the code that is waiting expires. */
  readonly codeLeft: number;
  /** From when on another code can be sent, as far as this form knows. */
  readonly resendAt: string | null;
  readonly resendLeft: number;
  readonly lapsed: boolean;
  /** How long the code lives that this very form has sent, in seconds; null where it was sent before a reload. */
  readonly sentForSeconds: number | null;
  readonly send: (request: () => Promise<SentAnswer | undefined>) => void;
  readonly submit: (request: () => Promise<void>) => void;
}

export type Omission = 'first' | 'incomplete' | 'email';

/** After these the code that was typed is of no more use. */
const SPENT: readonly Failure['code'][] = [
  'code_wrong',
  'code_expired',
  'too_many_attempts',
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
];

function later(one: string | null, other: string | null): string | null {
  return Date.parse(one ?? '') > Date.parse(other ?? '') ? one : (other ?? one);
}

/**
 * What all forms with a code share: sending it, its countdowns, checking it, and where the focus goes.
 *
 * @param to where codes go, if the customer says so: the interval until the next one is counted for each address
 */
export function useCodeForm(waiting: Waiting | null, clock: ServerClock, to = ''): CodeForm {
  const task = useTask<'send' | 'submit'>();
  const [code, setCode] = useState('');
  const [omission, setOmission] = useState<Omission | null>(null);
  const [sentForSeconds, setSentForSeconds] = useState<number | null>(null);
  const codeRef = useRef<HTMLInputElement>(null);
  // A code that is used up is waiting no more, but the interval until the next one goes on.
  const [held, setHeld] = useState<Readonly<Record<string, string | null>>>({});
  const holdUntil = useCallback(
    (until: string | null) => setHeld((others) => ({ ...others, [to]: until })),
    [to],
  );
  const resendAt = later(waiting?.resendAt ?? null, held[to] ?? null);
  const codeLeft = useCountdown(waiting?.expiresAt ?? null, clock);
  const resendLeft = useCountdown(resendAt, clock);
  const { running, failure, run } = task;

  useEffect(() => {
    if (failure?.code === 'too_soon' && failure.retryAfterSeconds !== undefined) {
      holdUntil(new Date(clock.now() + failure.retryAfterSeconds * 1000).toISOString());
    }
    if (failure && SPENT.includes(failure.code)) setCode('');
    // A human check takes the focus to itself.
    if (failure && failure.code !== 'human_check_required') codeRef.current?.focus();
  }, [failure, clock, holdUntil]);

  const type = (digits: string) => {
    setCode(digits);
    setOmission(null);
    if (digits !== '') task.setFailure(null);
  };

  const send = (request: () => Promise<SentAnswer | undefined>) => {
    setOmission(null);
    const before = code;
    void run('send', async () => {
      const sent = await request();
      // A phone may fill in the new code before the answer is here.
      setCode((now) => (now === before ? '' : now));
      holdUntil(sent?.resendAt ?? null);
      setSentForSeconds(sent ? secondsUntil(sent.expiresAt, clock.now()) : null);
      codeRef.current?.focus();
    });
  };

  const submit = (request: () => Promise<void>) => {
    if (running) return;
    const forgotten = !waiting?.sentTo ? 'first' : code.length < CODE_LENGTH ? 'incomplete' : null;
    setOmission(forgotten);
    if (forgotten) {
      task.setFailure(null);
      codeRef.current?.focus();
    } else void run('submit', request);
  };

  return {
    code,
    setCode: type,
    codeRef,
    task,
    omission,
    setOmission,
    codeLeft,
    resendAt,
    resendLeft,
    lapsed: waiting?.expiresAt != null && codeLeft === 0,
    sentForSeconds,
    send,
    submit,
  };
}
