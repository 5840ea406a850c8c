import { useEffect, useMemo, useRef, useState } from 'react';
import { ConfigProvider } from 'tdesign-react/es/config-provider';
import type { GetToken } from '../../../client/src/bearer.ts';
import { createClient } from '../../../client/src/client.ts';
import type { Language } from '../../../lib/linking/language.ts';
import { PROBATION_SECONDS } from '../../page-settings.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { QUIET } from '../components/quiet.ts';
import { AccountLinking } from '../linking/AccountLinking.tsx';
import { MethodsSkeleton } from '../linking/MethodsSkeleton.tsx';
import { ProbationNotice } from '../linking/ProbationNotice.tsx';
import { type Done, useLinking } from '../linking/use-linking.ts';
import { useProbation } from '../linking/use-probation.ts';
import { forgetSession } from '../state/memory.ts';
import { useAccount } from '../state/use-account.ts';
import { useHint } from '../state/use-hint.ts';
import { type Company, useWords, WordsProvider } from '../texts/words.tsx';

export interface EmbeddedLinkingProps {
  /** Where the API is, no slash at the end, e.g. `https://api.example.com`; on the same site as the page, unless there is `getToken`. */
  readonly apiBase: string;
  readonly language: Language;
  /** `PROBATION_SECONDS` of the service, if it is not the one that it comes with. */
  readonly probationSeconds?: number | undefined;
  readonly company: Company;
  /** Of a console on another site than the API: what its requests are sent with, in place of cookies. */
  readonly getToken?: GetToken | undefined;
  /** The page of the console's origin where windows of WeChat and QQ end. */
  readonly resultPage: string;
  /** Something was linked or unlinked, and the account shows it. */
  readonly onChanged?: ((done: Done) => void) | undefined;
  /** The customer has unlinked what they had signed in by, and has read so: show them how to sign in. */
  readonly onSignedOut?: (() => void) | undefined;
  /** There is no session, or it has ended elsewhere. Told once for each time it is found out. */
  readonly onNotSignedIn?: (() => void) | undefined;
}

function NotSignedIn({ everSignedIn }: { readonly everSignedIn: boolean }) {
  const { t } = useWords();
  return (
    <Notice theme="warning" title={t(everSignedIn ? 'sign_in.session_ended' : 'sign_in.not_signed_in')}>
      {t(everSignedIn ? 'sign_in.session_ended_next' : 'sign_in.not_signed_in_next')}
    </Notice>
  );
}

function Part(props: EmbeddedLinkingProps) {
  const {
    apiBase,
    language,
    probationSeconds = PROBATION_SECONDS,
    getToken,
    resultPage,
    onChanged,
    onSignedOut,
    onNotSignedIn,
  } = props;
  const { t, explain } = useWords();
  const [ended, setEnded] = useState(false);
  const leaving = useRef(false);
  const latest = useRef({ language, onNotSignedIn, ended });
  latest.current = { language, onNotSignedIn, ended };
  const hint = useHint();

  const client = useMemo(
    () =>
      createClient({
        apiOrigin: apiBase,
        getToken,
        language: () => latest.current.language,
        onNotSignedIn: () => {
          // Said once: what is asked after that finds the same.
          if (leaving.current || latest.current.ended) return;
          latest.current.ended = true;
          forgetSession();
          setEnded(true);
          latest.current.onNotSignedIn?.();
        },
      }),
    [apiBase, getToken],
  );
  const { clock } = client;
  const store = useAccount(client, leaving);
  const { account, failure, loading, reload } = store;
  const linking = useLinking({ client, clock, store, probationSeconds, hint, resultPage });
  const probation = useProbation(account, clock);

  // Somebody who has signed in by now, in another tab, goes on here.
  useEffect(() => {
    if (account && !failure) setEnded(false);
  }, [account, failure]);

  if (ended) return <NotSignedIn everSignedIn={account !== null} />;
  if (account) {
    return (
      <>
        {probation ? <ProbationNotice probation={probation} /> : null}
        <AccountLinking
          clock={clock}
          account={account}
          linking={linking}
          probation={probation}
          onChanged={onChanged}
          onSignedOut={() => {
            leaving.current = false;
            setEnded(true);
            forgetSession();
            onSignedOut?.();
          }}
        />
      </>
    );
  }
  if (!failure) {
    return (
      <div aria-busy="true">
        <p className="visually-hidden" role="status">
          {t('account.loading')}
        </p>
        <MethodsSkeleton />
      </div>
    );
  }
  const text = explain(failure);
  return (
    <div className="embedded__failed">
      <Notice theme="error" title={t('account.failed')}>
        <p>{text.title}</p>
        <p>{text.next}</p>
      </Notice>
      <ActionButton look="primary" onClick={() => void reload()} slow={loading}>
        {t('account.retry')}
      </ActionButton>
    </div>
  );
}

/**
 * The linking part with all it needs: the table of methods and its dialogs, over an account it reads by itself. A page made with
 * React can render it as it is; any other has it as the custom element `account-linking`.
 */
export function EmbeddedLinking(props: EmbeddedLinkingProps) {
  return (
    <ConfigProvider globalConfig={QUIET}>
      <WordsProvider language={props.language} company={props.company}>
        <Part key={props.apiBase} {...props} />
      </WordsProvider>
    </ConfigProvider>
  );
}
