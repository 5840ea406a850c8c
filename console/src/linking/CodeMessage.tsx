import type { WayIn } from '../../../lib/linking/identity.ts';
import { FieldMessage } from '../components/FieldMessage.tsx';
import type { ErrorContext } from '../texts/explain.ts';
import { formatClock, formatWait } from '../texts/format.ts';
import { useWords } from '../texts/words.tsx';
import { HelpLink } from './HelpLink.tsx';
import type { CodeForm, Waiting } from './use-code-form.ts';

export interface CodeMessageProps {
  readonly id: string;
  readonly form: CodeForm;
  readonly waiting: Waiting | null;
  readonly context: ErrorContext;
  readonly provider: WayIn;
  readonly attemptsLeft: number | null;
  /** What the form says by itself, before anything the code has to say. */
  readonly hint?: string | null;
}

/** Under the fields of a code: what is wrong and what to do, else where the code went and how long it lives. */
export function CodeMessage(props: CodeMessageProps) {
  const { t, language, explain } = useWords();
  const { form, waiting } = props;
  const { failure } = form.task;

  const error = () => {
    if (form.omission === 'first') return { title: t('code.first') };
    if (form.omission === 'incomplete') return { title: t('code.incomplete') };
    if (form.omission === 'email') return { title: t('email.invalid') };
    if (failure) {
      // A refused sending gives its quota back; a countdown that runs all the same means that nobody knows.
      const unknown = failure.code === 'delivery_failed' && form.resendLeft > 0;
      const text = explain(failure, {
        context: unknown ? 'unknown' : props.context,
        provider: props.provider,
      });
      const left = failure.code === 'code_wrong' ? (failure.attemptsLeft ?? props.attemptsLeft) : null;
      if (left === null) return text;
      return {
        title: text.title,
        next: left > 0 ? t('code.attempts', { count: left }) : t('code.no_attempts'),
      };
    }
    if (form.lapsed) return { title: t('code.lapsed') };
    // As it is after a reload: what made it so was told before.
    return waiting?.sentTo && props.attemptsLeft === 0 ? { title: t('code.no_attempts') } : null;
  };

  const hint = () => {
    if (props.hint) return props.hint;
    if (!waiting?.sentTo) return null;
    const to = waiting.sentTo;
    return form.sentForSeconds !== null
      ? t('code.sent', { to, minutes: formatWait(form.sentForSeconds, language) })
      : t('code.sent_earlier', { to, left: formatClock(form.codeLeft) });
  };

  return (
    <>
      <FieldMessage id={props.id} error={error()} quiet={form.sentForSeconds === null}>
        {hint()}
      </FieldMessage>
      <HelpLink code={failure?.code} />
    </>
  );
}
