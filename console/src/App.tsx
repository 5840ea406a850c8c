import { useEffect, useMemo, useRef } from 'react';
import { ConfigProvider } from 'tdesign-react/es/config-provider';
import enUS from 'tdesign-react/es/locale/en_US';
import zhCN from 'tdesign-react/es/locale/zh_CN';
import { type Client, createClient } from './api/client.ts';
import { createServerClock, type ServerClock } from './api/clock.ts';
import { AccountMenu } from './components/AccountMenu.tsx';
import { Shell } from './components/Shell.tsx';
import { AccountPage } from './pages/AccountPage.tsx';
import { OauthResultPage } from './pages/OauthResultPage.tsx';
import { SignInPage } from './pages/SignInPage.tsx';
import { forgetSession } from './state/memory.ts';
import { useDark, useLanguage } from './state/preferences.ts';
import { navigate, usePath } from './state/router.ts';
import { useAccount } from './state/use-account.ts';
import { useTask } from './state/use-task.ts';
import type { Language } from './texts/format.ts';
import { useWords, WordsProvider } from './texts/words.tsx';

const TDESIGN_LOCALES = { 'zh-CN': zhCN, en: enUS };

export interface AppProps {
  /** Origin of the API, no slash at the end. */
  readonly apiOrigin: string;
}

/** The console: its preferences, its client, and the page the path asks for. */
export function App({ apiOrigin }: AppProps) {
  const [language, setLanguage] = useLanguage();
  const [dark, toggleDark] = useDark();
  const spoken = useRef<Language>(language);
  spoken.current = language;
  const signedIn = useRef(false);

  const { client, clock } = useMemo(() => {
    const localNow = () => Date.now();
    const serverClock = createServerClock(localNow);
    return {
      clock: serverClock,
      client: createClient({
        apiOrigin,
        fetch: (input, init) => window.fetch(input, init),
        clock: serverClock,
        localNow,
        language: () => spoken.current,
        onNotSignedIn: () => {
          forgetSession();
          navigate('/sign-in', {
            replace: true,
            ...(signedIn.current ? { state: { notice: 'session_ended' } } : {}),
          });
          signedIn.current = false;
        },
      }),
    };
  }, [apiOrigin]);

  return (
    <ConfigProvider globalConfig={TDESIGN_LOCALES[language]}>
      <WordsProvider language={language}>
        <Pages
          client={client}
          clock={clock}
          onAccount={() => {
            signedIn.current = true;
          }}
          onSignedOut={() => {
            signedIn.current = false;
            forgetSession();
            navigate('/sign-in', { state: { notice: 'signed_out' } });
          }}
          shell={{
            dark,
            onToggleDark: toggleDark,
            onToggleLanguage: () => setLanguage(language === 'en' ? 'zh-CN' : 'en'),
          }}
        />
      </WordsProvider>
    </ConfigProvider>
  );
}

interface PagesProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly onAccount: () => void;
  readonly onSignedOut: () => void;
  readonly shell: {
    readonly dark: boolean;
    readonly onToggleDark: () => void;
    readonly onToggleLanguage: () => void;
  };
}

const TITLES: Readonly<Record<string, 'title.sign_in' | 'title.result'>> = {
  '/sign-in': 'title.sign_in',
  '/oauth-result': 'title.result',
};

function Pages(props: PagesProps) {
  const { t } = useWords();
  const path = usePath();
  useEffect(() => {
    document.title = t(TITLES[path] ?? 'title.account');
  }, [path, t]);

  if (path === '/sign-in') {
    return (
      <Shell {...props.shell}>
        <SignInPage
          client={props.client}
          clock={props.clock}
          onSignedIn={() => navigate('/', { replace: true })}
        />
      </Shell>
    );
  }
  if (path === '/oauth-result') {
    return (
      <Shell {...props.shell}>
        <OauthResultPage />
      </Shell>
    );
  }
  return <SignedIn {...props} />;
}

function SignedIn({ client, clock, onAccount, onSignedOut, shell }: PagesProps) {
  const store = useAccount(client);
  const { account } = store;
  useEffect(() => {
    if (account) onAccount();
  });

  const leaving = useTask<'sign_out'>();
  const signOut = () =>
    leaving.run('sign_out', async () => {
      await client.signOut();
      store.retire();
      onSignedOut();
    });

  const menu = account ? (
    <AccountMenu name={account.name} onAccount={() => navigate('/')} onSignOut={() => void signOut()} />
  ) : null;
  return (
    <Shell {...shell} menu={menu}>
      <AccountPage
        client={client}
        clock={clock}
        store={store}
        onSignedOut={onSignedOut}
        signOutFailure={leaving.failure}
      />
    </Shell>
  );
}
