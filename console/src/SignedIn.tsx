import { type RefObject, useEffect, useState } from 'react';
import { announce } from '../../client/src/channel.ts';
import type { Client } from '../../client/src/client.ts';
import type { ServerClock } from '../../client/src/clock.ts';
import { AccountMenu } from './components/AccountMenu.tsx';
import { Shell, type ShellProps } from './components/Shell.tsx';
import { useProbation } from './linking/use-probation.ts';
import { AccountPage } from './pages/AccountPage.tsx';
import { SignedInAs } from './pages/SignedInAs.tsx';
import { SignOutEverywhere } from './pages/SignOutEverywhere.tsx';
import { lastUsedSlot } from './state/memory.ts';
import { type Farewell, navigate, takeSignedIn } from './state/router.ts';
import { useAccount } from './state/use-account.ts';
import { useTask } from './state/use-task.ts';

export interface SignedInProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly probationSeconds: number;
  /** Whether the customer is ending the session: its end is then no news. */
  readonly leaving: RefObject<boolean>;
  readonly onAccount: () => void;
  readonly onSignedOut: (farewell: Farewell) => void;
  readonly shell: Omit<ShellProps, 'menu' | 'children'>;
}

/** The console for somebody with a session: the account menu and the account page. */
export function SignedIn(props: SignedInProps) {
  const { client, clock, probationSeconds, leaving, onAccount, onSignedOut, shell } = props;
  const store = useAccount(client, leaving);
  const { account } = store;
  const probation = useProbation(account, clock);
  useEffect(() => {
    if (account) onAccount();
  });
  const openedBy = account?.session.openedBy;
  useEffect(() => {
    if (openedBy) lastUsedSlot.set(openedBy);
  }, [openedBy]);

  const signingOut = useTask<'sign_out'>();
  const signOut = () =>
    void signingOut.run('sign_out', async () => {
      await store.leave(client.endSession);
      // The other tabs are signed out too, and find out when they ask.
      announce({ type: 'changed' });
      onSignedOut({ notice: 'signed_out' });
    });
  const [everywhere, setEverywhere] = useState(false);
  const [justSignedIn, setJustSignedIn] = useState(takeSignedIn);

  const menu = account ? (
    <AccountMenu
      name={account.name}
      accountId={account.accountId}
      signingOut={signingOut.slow}
      onAccount={() => navigate('/')}
      onSignOut={signOut}
      onSignOutEverywhere={() => setEverywhere(true)}
      everywhereBlockedBy={probation}
    />
  ) : null;
  const signedInAs =
    account && justSignedIn ? (
      <SignedInAs
        name={account.name}
        onSignOut={signOut}
        signingOut={signingOut.slow}
        onClose={() => setJustSignedIn(false)}
      />
    ) : null;
  return (
    <Shell {...shell} menu={menu}>
      <AccountPage
        client={client}
        clock={clock}
        store={store}
        probation={probation}
        probationSeconds={probationSeconds}
        signedInAs={signedInAs}
        onSignedOut={onSignedOut}
        onSignOut={signOut}
        onSignOutEverywhere={() => setEverywhere(true)}
        signOutFailure={signingOut.failure}
      />
      {everywhere ? (
        <SignOutEverywhere
          client={client}
          store={store}
          onClose={() => setEverywhere(false)}
          onSignedOut={() => onSignedOut({ notice: 'signed_out_everywhere' })}
        />
      ) : null}
    </Shell>
  );
}
