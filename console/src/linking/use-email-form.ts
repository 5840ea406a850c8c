import { type RefObject, useRef, useState } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import { readAddress } from '../../../lib/linking/typed.ts';
import { looksLikeEmail } from '../state/digits.ts';
import { type CodeForm, useCodeForm, type Waiting } from './use-code-form.ts';

/** A form with an address and the code that is mailed to it. */
export interface EmailForm extends CodeForm {
  /** As typed, without what came along with it. */
  readonly email: string;
  readonly typed: string;
  readonly typeEmail: (typed: string) => void;
  readonly emailRef: RefObject<HTMLInputElement | null>;
  /** Says so and leads to the field where there is no address yet. */
  readonly emailMissing: () => boolean;
}

export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * @param findWaiting the code that waits for this address: a code belongs to the address that it was sent to, and so does its countdown
 * @param remembered the address of before a reload
 */
export function useEmailForm(
  findWaiting: (email: string) => Waiting | null,
  clock: ServerClock,
  remembered = '',
): EmailForm {
  const [typed, setTyped] = useState(remembered);
  const email = readAddress(typed);
  const form = useCodeForm(findWaiting(email), clock, email.toLowerCase());
  const emailRef = useRef<HTMLInputElement>(null);

  const typeEmail = (text: string) => {
    // What was typed for one address is nothing to another.
    if (!isSameAddress(readAddress(text), email)) form.setCode('');
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

  return { ...form, email, typed, typeEmail, emailRef, emailMissing };
}
