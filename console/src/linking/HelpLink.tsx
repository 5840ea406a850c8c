import type { FailureCode } from '../../../client/src/failure.ts';
import { useWords } from '../texts/words.tsx';

/** What a customer can't mend here, and may want explained. */
const WANT_HELP: readonly FailureCode[] = [
  'identity_registered',
  'identity_linked',
  'identity_sub_account',
  'phone_missing',
  'country_not_served',
  'recipient_opted_out',
];

/** 为什么？ The company's help, where it has one and a failure asks for it. */
export function HelpLink({ code }: { readonly code: FailureCode | undefined }) {
  const { t, helpUrl } = useWords();
  if (helpUrl === '' || code === undefined || !WANT_HELP.includes(code)) return null;
  return (
    <p className="help-link">
      <a href={helpUrl} target="_blank" rel="noopener noreferrer">
        {t('dialog.help')}
      </a>
    </p>
  );
}
