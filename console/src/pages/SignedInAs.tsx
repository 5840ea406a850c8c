import { CloseIcon } from 'tdesign-icons-react';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { useWords } from '../texts/words.tsx';

export interface SignedInAsProps {
  readonly name: string;
  readonly onSignOut: () => void;
  readonly signingOut: boolean;
  readonly onClose: () => void;
}

/** Whose account has just been signed in to: who was made to scan an attacker's code sees a name that is not theirs. It stays until it is closed. */
export function SignedInAs({ name, onSignOut, signingOut, onClose }: SignedInAsProps) {
  const { t } = useWords();
  return (
    <div className="signed-in-as">
      <Notice theme="success" title={t('signed_in_as.title', { name })}>
        {t('signed_in_as.not_yours')}
      </Notice>
      <ActionButton look="outline" size="small" onClick={onSignOut} slow={signingOut}>
        {t('signed_in_as.sign_out')}
      </ActionButton>
      <button type="button" className="icon-button" aria-label={t('signed_in_as.close')} onClick={onClose}>
        <CloseIcon aria-hidden />
      </button>
    </div>
  );
}
