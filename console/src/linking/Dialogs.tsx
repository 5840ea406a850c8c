import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import { EmailDialog } from './EmailDialog.tsx';
import { IdentityCheck } from './IdentityCheck.tsx';
import { ProviderDialog } from './ProviderDialog.tsx';
import { isOauth, stageOf } from './progress.ts';
import { SuccessDialog } from './SuccessDialog.tsx';
import type { Linking } from './use-linking.ts';

export interface DialogsProps {
  readonly account: AccountAnswer;
  readonly linking: Linking;
  readonly clock: ServerClock;
  /** The customer has closed the last dialog of a session that is over. */
  readonly onSignedOut: () => void;
}

/** The one dialog that belongs to where the linking stands, if any. */
export function Dialogs({ account, linking, clock, onSignedOut }: DialogsProps) {
  const { purpose, done } = linking;
  if (done) {
    const close = () => {
      linking.close();
      if (done.signedOut) onSignedOut();
    };
    return <SuccessDialog done={done} onClose={close} />;
  }
  if (!purpose) return null;
  const { provider } = parsePurpose(purpose);
  const shared = { account, linking, clock, purpose };
  switch (stageOf(account, purpose, clock.now())) {
    case 'check':
      return <IdentityCheck key={purpose} {...shared} />;
    case 'email':
      return <EmailDialog {...shared} />;
    case 'oauth':
      return isOauth(provider) ? <ProviderDialog {...shared} provider={provider} /> : null;
  }
}
