import { lazy, useEffect, useMemo, useRef } from 'react';
import { ConfigProvider } from 'tdesign-react/es/config-provider';
import enUS from 'tdesign-react/es/locale/en_US';
import zhCN from 'tdesign-react/es/locale/zh_CN';
import { createClient } from '../../client/src/client.ts';
import type { Language } from '../../lib/linking/language.ts';
import type { PageSettings } from '../page-settings.ts';
import { Lazily } from './components/Lazily.tsx';
import { QUIET } from './components/quiet.ts';
import { Shell } from './components/Shell.tsx';
import { OauthResultPage } from './pages/OauthResultPage.tsx';
import { SignInPage } from './pages/SignInPage.tsx';
import { UnknownPage } from './pages/UnknownPage.tsx';
import { WeChatOnPhonePage } from './pages/WeChatOnPhonePage.tsx';
import { SignedIn, type SignedInProps } from './SignedIn.tsx';
import { forgetSession } from './state/memory.ts';
import { useDark, useLanguage } from './state/preferences.ts';
import { navigate, usePath } from './state/router.ts';
import { useUndoToken } from './state/use-undo-token.ts';
import { useWords, WordsProvider } from './texts/words.tsx';

/** Few will ever open it: its code is not part of the first load. */
const NotMePage = lazy(() => import('./undo/NotMePage.tsx'));

const TDESIGN = { 'zh-CN': { ...zhCN, ...QUIET }, en: { ...enUS, ...QUIET } };

export interface AppProps {
  readonly settings: PageSettings;
}

/** The console: its preferences, its client, and the page the path asks for. */
export function App({ settings }: AppProps) {
  const { apiOrigin, probationSeconds } = settings;
  const { language, choose, suggest } = useLanguage();
  const [dark, toggleDark] = useDark();
  const spoken = useRef<Language>(language);
  spoken.current = language;
  const signedIn = useRef(false);
  const leaving = useRef(false);

  const client = useMemo(
    () =>
      createClient({
        apiOrigin,
        language: () => spoken.current,
        onNotSignedIn: () => {
          // Said once: another request of the page that was left may still be answered.
          if (leaving.current || ['/sign-in', '/oauth-result'].includes(window.location.pathname)) return;
          forgetSession();
          navigate('/sign-in', {
            replace: true,
            ...(signedIn.current ? { state: { notice: 'session_ended' } } : {}),
          });
          signedIn.current = false;
        },
      }),
    [apiOrigin],
  );
  const { clock } = client;

  return (
    <ConfigProvider globalConfig={TDESIGN[language]}>
      <WordsProvider language={language} company={settings}>
        <Pages
          settings={settings}
          onLanguage={suggest}
          client={client}
          clock={clock}
          probationSeconds={probationSeconds}
          leaving={leaving}
          onAccount={() => {
            signedIn.current = true;
          }}
          onSignedOut={(farewell) => {
            signedIn.current = false;
            leaving.current = false;
            forgetSession();
            navigate('/sign-in', { state: farewell });
          }}
          shell={{
            dark,
            onToggleDark: toggleDark,
            onToggleLanguage: () => choose(language === 'en' ? 'zh-CN' : 'en'),
          }}
        />
      </WordsProvider>
    </ConfigProvider>
  );
}

const TITLES = {
  '/': 'title.account',
  '/sign-in': 'title.sign_in',
  '/oauth-result': 'title.result',
  '/not-me': 'title.not_me',
  '/wechat-on-phone': 'title.wechat_on_phone',
} as const;
const isPage = (path: string): path is keyof typeof TITLES => path in TITLES;

interface NotMeProps extends SignedInProps {
  readonly onLanguage: (language: Language) => void;
}

function NotMe({ client, clock, shell, onLanguage }: NotMeProps) {
  const [token, setToken] = useUndoToken();
  return (
    <Shell {...shell}>
      <Lazily>
        <NotMePage client={client} clock={clock} token={token} onToken={setToken} onLanguage={onLanguage} />
      </Lazily>
    </Shell>
  );
}

function Pages({ settings, ...props }: NotMeProps & AppProps) {
  const { t, brandName } = useWords();
  const path = usePath();
  useEffect(() => {
    document.title = `${t(isPage(path) ? TITLES[path] : 'title.unknown')} - ${brandName}`;
  }, [path, t, brandName]);

  if (path === '/sign-in') {
    return (
      <Shell {...props.shell}>
        <SignInPage
          settings={settings}
          client={props.client}
          clock={props.clock}
          onSignedIn={() => navigate('/', { replace: true, state: { signedIn: true } })}
        />
      </Shell>
    );
  }
  if (path === '/oauth-result') {
    return (
      <Shell {...props.shell}>
        <OauthResultPage client={props.client} />
      </Shell>
    );
  }
  if (path === '/not-me') return <NotMe {...props} />;
  if (path === '/wechat-on-phone') {
    return (
      <Shell {...props.shell}>
        <WeChatOnPhonePage settings={settings} />
      </Shell>
    );
  }
  if (!isPage(path)) {
    return (
      <Shell {...props.shell}>
        <UnknownPage />
      </Shell>
    );
  }
  return <SignedIn {...props} />;
}
