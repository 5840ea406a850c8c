import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { Loading } from 'tdesign-react/es/loading';
import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import { parseOutcome, resultCode } from '../../../client/src/outcome.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { OAuthProviderName, WayIn } from '../../../lib/linking/identity.ts';
import type { PageSettings } from '../../page-settings.ts';
import { Notice } from '../components/Notice.tsx';
import { ProviderIcon } from '../components/ProviderIcon.tsx';
import { isOauth } from '../linking/progress.ts';
import { lastUsedSlot, sameTabSlot } from '../state/memory.ts';
import { routeState } from '../state/router.ts';
import { useWords } from '../texts/words.tsx';
import { EmailSignIn } from './EmailSignIn.tsx';

export interface SignInPageProps {
  readonly settings: PageSettings;
  readonly client: Client;
  readonly clock: ServerClock;
  readonly onSignedIn: () => void;
}

/** Why somebody finds themselves here: a session that ended, or a scan that opened none. */
function Reason() {
  const { t, explain, providerName } = useWords();
  const { notice, suspended, flow } = routeState();
  if (notice === 'session_ended') {
    return (
      <Notice theme="warning" title={t('sign_in.session_ended')}>
        {t('sign_in.session_ended_next')}
      </Notice>
    );
  }
  if (notice === 'signed_out') return <Notice theme="success" title={t('sign_in.signed_out')} />;
  if (notice === 'signed_out_everywhere') {
    return (
      <Notice theme="success" title={t('sign_in.signed_out_everywhere')}>
        {t('sign_in.signed_out_everywhere_next')}
      </Notice>
    );
  }
  if (notice === 'disowned') {
    return (
      <Notice theme="success" title={t('disowned.title')}>
        <p>{t('disowned.done')}</p>
        {suspended ? <p>{t('disowned.suspended', { provider: providerName(suspended) })}</p> : null}
      </Notice>
    );
  }
  const code = flow && resultCode(flow.result);
  if (!flow || !code || code === 'success') return null;
  const { provider } = parseOutcome(`?provider=${encodeURIComponent(flow.provider)}`);
  const text = explain(code, { context: 'visit', provider: provider ?? undefined });
  return (
    <Notice theme="error" title={text.title}>
      {text.next}
    </Notice>
  );
}

const SLOW_MILLIS = 300;

/** Which provider the browser is on its way to, once that takes long enough to be noticed. Somebody who comes back is not leaving. */
function useLeavingTo() {
  const [leavingTo, setLeavingTo] = useState<OAuthProviderName | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const stay = () => {
      clearTimeout(timer.current);
      setLeavingTo(null);
    };
    window.addEventListener('pageshow', stay);
    return () => {
      window.removeEventListener('pageshow', stay);
      clearTimeout(timer.current);
    };
  }, []);
  const leave = (provider: OAuthProviderName) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setLeavingTo(provider), SLOW_MILLIS);
  };
  return { leavingTo, leave };
}

/**
 * Asks who is signed in, as the page opens: any browser is then given the token that its visits to WeChat and QQ share.
 *
 * @returns the account, if there is one; and what settles when that is known
 */
function useFirstAnswer(client: Client) {
  const [account, setAccount] = useState<AccountAnswer | null>(null);
  const first = useRef<Promise<void>>(undefined);
  useEffect(() => {
    first.current ??= client.showAccount().then(setAccount, () => undefined);
  }, [client]);
  return { account, answered: () => first.current ?? Promise.resolve() };
}

/** Where to register, and what one agrees to; those that the company has. */
function CompanyLinks({ settings }: Pick<SignInPageProps, 'settings'>) {
  const { t } = useWords();
  const links = [
    [settings.registerUrl, 'sign_in.register'],
    [settings.termsUrl, 'sign_in.terms'],
    [settings.privacyUrl, 'sign_in.privacy'],
    [settings.helpUrl, 'sign_in.help'],
  ] as const;
  const given = links.filter(([url]) => url !== '');
  if (given.length === 0) return null;
  return (
    <ul className="sign-in__links">
      {given.map(([url, key]) => (
        <li key={key}>
          <a href={url}>{t(key)}</a>
        </li>
      ))}
    </ul>
  );
}

/** By an email code, or by a provider's own page: whichever the account was registered by or has linked. */
export function SignInPage({ settings, client, clock, onSignedIn }: SignInPageProps) {
  const { t, providerName } = useWords();
  const { leavingTo, leave } = useLeavingTo();
  const { account, answered } = useFirstAnswer(client);
  const lastUsed = useState(() => lastUsedSlot.get())[0];
  const providers = settings.signInProviders;
  const byEmail = providers.includes('email');
  const elsewhere = providers.filter(isOauth);
  const badge = (provider: WayIn) =>
    lastUsed === provider ? <span className="last-used">{t('sign_in.last_used')}</span> : null;

  const go = async (event: MouseEvent<HTMLAnchorElement>, provider: OAuthProviderName) => {
    sameTabSlot.set('sign_in');
    leave(provider);
    // Another tab or window is the browser's own business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { href } = event.currentTarget;
    await answered();
    window.location.assign(href);
  };

  return (
    <div className="sign-in">
      <section className="card sign-in__card" aria-labelledby="sign-in-title">
        <h1 id="sign-in-title" className="sign-in__title">
          {t('sign_in.title')}
        </h1>
        <Reason />
        {account ? (
          <Notice theme="info" title={t('sign_in.already', { name: account.name })}>
            <a href="/">{t('unknown.home')}</a>
          </Notice>
        ) : null}
        {byEmail ? (
          <>
            <h2 className="sign-in__method">
              {t('sign_in.email')} {badge('email')}
            </h2>
            <EmailSignIn client={client} clock={clock} onSignedIn={onSignedIn} />
          </>
        ) : null}
        {byEmail && elsewhere.length > 0 ? (
          <div className="sign-in__other">
            <span>{t('sign_in.other')}</span>
          </div>
        ) : null}
        <div className="sign-in__windows">
          {elsewhere.map((provider) => (
            <a
              key={provider}
              className="provider-button"
              href={client.signInUrl(provider)}
              onClick={(event) => void go(event, provider)}
              aria-busy={leavingTo === provider}
            >
              {leavingTo === provider ? <Loading size="20px" /> : <ProviderIcon provider={provider} />}
              {t('sign_in.by', { provider: providerName(provider) })}
              {badge(provider)}
            </a>
          ))}
        </div>
        <p className="sign-in__footnote">{t('sign_in.footnote')}</p>
        <CompanyLinks settings={settings} />
      </section>
    </div>
  );
}
