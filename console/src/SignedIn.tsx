import { type RefObject, useEffect, useState } from 'react';
import type { Client } from './api/client.ts';
import type { ServerClock } from './api/clock.ts';
import { AccountMenu } from './components/AccountMenu.tsx';
import { Shell, type ShellProps } from './components/Shell.tsx';
import { AccountPage } from './pages/AccountPage.tsx';
import { SignOutEverywhere } from './pages/SignOutEverywhere.tsx';
import { announce } from './state/channel.ts';
import { navigate } from './state/router.ts';
import { useAccount } from './state/use-account.ts';
import { useTask } from './state/use-task.ts';

export interface SignedInProps {
  readonly client: Client;
  readonly clock: ServerClock;
  /** Whether the customer is ending the session: its end is then no news. */
  readonly leaving: RefObject<boolean>;
  readonly onAccount: () => void;
  readonly onSignedOut: (everywhere: boolean) => void;
  readonly shell: Omit<ShellProps, 'menu' | 'children'>;
}

/** The console for somebody with a session: the account menu and the account page. */
export function SignedIn({ client, clock, leaving, onAccount, onSignedOut, shell }: SignedInProps) {
  const store = useAccount(client, leaving);
  const { account } = store;
  useEffect(() => {
    if (account) onAccount();
  });

  const signingOut = useTask<'sign_out'>();
  const signOut = () =>
    signingOut.run('sign_out', async () => {
      await store.leave(client.signOut);
      // The other tabs are signed out too, and find out when they ask.
      announce({ type: 'changed' });
      onSignedOut(false);
    });
  const [everywhere, setEverywhere] = useState(false);

  const menu = account ? (
    <AccountMenu
      name={account.name}
      signingOut={signingOut.slow}
      onAccount={() => navigate('/')}
      onSignOut={() => void signOut()}
      onSignOutEverywhere={() => setEverywhere(true)}
    />
  ) : null;
  return (
    <Shell {...shell} menu={menu}>
      <AccountPage
        client={client}
        clock={clock}
        store={store}
        onSignedOut={() => onSignedOut(false)}
        signOutFailure={signingOut.failure}
      />
      {everywhere ? (
        <SignOutEverywhere
          client={client}
          store={store}
          onClose={() => setEverywhere(false)}
          onSignedOut={() => onSignedOut(true)}
        />
      ) : null}
    </Shell>
  );
}
