import { type RefObject, useRef, useState } from 'react';
import type { ServerClock } from '../api/clock.ts';
import { looksLikeEmail } from '../state/digits.ts';
import { type CodeForm, useCodeForm, type Waiting } from './use-code-form.ts';

/** A form with an address and the code that is mailed to it. */
export interface EmailForm extends CodeForm {
  /** As typed, without white space around it. */
  readonly email: string;
  readonly typed: string;
  readonly typeEmail: (typed: string) => void;
  readonly emailRef: RefObject<HTMLInputElement | null>;
  /** Says so and leads to the field where there is no address yet. */
  readonly emailMissing: () => boolean;
}

export function useEmailForm(waiting: Waiting | null, clock: ServerClock): EmailForm {
  const form = useCodeForm(waiting, clock);
  const [typed, setTyped] = useState('');
  const emailRef = useRef<HTMLInputElement>(null);

  const typeEmail = (text: string) => {
    setTyped(text);
    form.setOmission(null);
    form.task.setFailure(null);
  };

  const emailMissing = () => {
    if (looksLikeEmail(typed)) return false;
    form.setOmission('email');
    emailRef.current?.focus();
    return true;
  };

  return { ...form, email: typed.trim(), typed, typeEmail, emailRef, emailMissing };
}
