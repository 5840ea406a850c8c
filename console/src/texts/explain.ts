import type { FailureCode } from '../../../client/src/failure.ts';
import type { Language } from '../../../lib/linking/language.ts';
import { formatWait } from './format.ts';
import { fillIn } from './translate.ts';

/**
 * Where a failure met the customer, where the words depend on it. `oauth` and `visit`: at a provider's page, to link or to sign in.
 * `unknown`: nobody knows whether a code went out.
 */
export type ErrorContext =
  | 'check'
  | 'email'
  | 'everywhere'
  | 'notice'
  | 'oauth'
  | 'open'
  | 'session'
  | 'sign_in'
  | 'undo'
  | 'unknown'
  | 'visit';

export interface ErrorText {
  /** What happened. `{provider}`, or `{Provider}` at the start of a sentence, is filled in. */
  readonly title: string;
  /** What to do next. `{provider}` and `{wait}` are filled in. */
  readonly next: string;
}

/** A text for every code, and for some codes another one in some contexts. */
export type ErrorTexts = Readonly<Record<FailureCode, ErrorText>> &
  Readonly<Partial<Record<`${FailureCode}/${ErrorContext}`, ErrorText>>>;

export interface ExplainOptions {
  readonly context?: ErrorContext | undefined;
  /** The provider's name, as it is written within a sentence and at the start of one. */
  readonly provider?: { readonly inline: string; readonly initial: string } | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Where a service that asks for patience does not say for how long. */
const DEFAULT_WAIT_SECONDS = 60;

/** A failure in words a customer understands: what happened and what to do next. */
export function explain(
  texts: ErrorTexts,
  language: Language,
  code: FailureCode,
  options: ExplainOptions = {},
): ErrorText {
  const text = (options.context && texts[`${code}/${options.context}`]) ?? texts[code];
  const values = {
    provider: options.provider?.inline ?? '',
    Provider: options.provider?.initial ?? '',
    wait: formatWait(options.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, language),
  };
  return { title: fillIn(text.title, values), next: fillIn(text.next, values) };
}
