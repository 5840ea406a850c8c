import { useEffect, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import { type Outcome, parseOutcome, resultCode } from '../../../client/src/outcome.ts';
import { takeFinish } from '../../../client/src/own-windows.ts';
import { tellAndClose } from '../../../client/src/report-outcome.ts';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { keepFinish } from '../state/kept-finish.ts';
import { hintSlot } from '../state/memory.ts';
import { navigate } from '../state/router.ts';
import { cameBack } from '../state/same-tab.ts';
import { useWords } from '../texts/words.tsx';

/**
 * What came of the visit. A callback that came twice says `state_invalid` the second time, and any URL can be made up: where it does not
 * say success, the account does, if it can.
 *
 * @returns `elsewhere` where nobody is signed in and this browser knows of no visit: it began in another one
 */
async function findOutcome(
  client: Client,
  outcome: Outcome,
  went: string | null,
): Promise<Outcome & { readonly elsewhere?: boolean }> {
  if (outcome.result !== 'state_invalid') return outcome;
  const account = await client.showAccount().catch(() => null);
  if (!account) return { ...outcome, elsewhere: went === null };
  const { lastFlow } = account;
  if (went === 'sign_in') return { ...outcome, intent: 'sign_in', result: 'signed_in' };
  if (lastFlow?.result && resultCode(lastFlow.result) === 'success' && lastFlow.provider === outcome.provider)
    return { ...outcome, intent: lastFlow.intent, flowId: lastFlow.flowId, result: lastFlow.result };
  return outcome;
}

/** @returns true where the page goes on to another one, false in a window that only has to report and close */
function goOn(outcome: Outcome, { went, page }: ReturnType<typeof cameBack>, code: string | null): boolean {
  if (went === 'sign_in' || outcome.intent === 'sign_in') {
    const signedIn = resultCode(outcome.result) === 'success';
    const flow = { provider: outcome.provider ?? '', result: outcome.result };
    navigate(signedIn ? '/' : '/sign-in', { replace: true, state: signedIn ? { signedIn } : { flow } });
    return true;
  }
  if (went === 'link') {
    hintSlot.set(outcome.result);
    keepFinish(outcome.flowId, code);
    if (page.pathname === '/') navigate('/', { replace: true });
    // The linking part is on another page of this origin, as an element.
    else window.location.replace(page);
    return true;
  }
  return false;
}

/** Where the OAuth callback ends: hands the result on, by a message from a window of its own, else by going on itself. */
export function OauthResultPage({ client }: { readonly client: Client }) {
  const { t, explain, providerName } = useWords();
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof findOutcome>>>(() =>
    parseOutcome(window.location.search),
  );
  const [left, setLeft] = useState(false);
  const handled = useRef(false);

  useEffect(() => {
    if (handled.current) return;
    handled.current = true;
    const back = cameBack();
    const code = takeFinish();
    void findOutcome(client, parseOutcome(window.location.search), back.went).then((found) => {
      setOutcome(found);
      if (!goOn(found, back, code)) tellAndClose(found, code, () => setLeft(true));
    });
  }, [client]);

  const code = resultCode(outcome.result);
  const explained =
    code === 'success' ? null : explain(code, { context: 'oauth', provider: outcome.provider ?? undefined });
  const text = outcome.elsewhere
    ? { title: t('result.elsewhere'), next: t('result.elsewhere_next') }
    : explained;
  return (
    <div className="sign-in">
      <section className="card sign-in__card" aria-labelledby="result-title">
        <h1 id="result-title" className="sign-in__title">
          {t('result.title')}
        </h1>
        {left ? (
          <>
            <Notice
              theme={text ? 'error' : 'info'}
              title={
                text?.title ??
                t('result.done', { provider: outcome.provider ? providerName(outcome.provider) : '' })
              }
            >
              {text ? <p>{text.next}</p> : null}
              {outcome.elsewhere ? null : <p>{t('result.return')}</p>}
            </Notice>
            <div className="result__actions">
              <ActionButton look="primary" onClick={() => window.close()}>
                {t('result.close')}
              </ActionButton>
              <ActionButton look="text" onClick={() => navigate('/', { replace: true })}>
                {t('result.to_account')}
              </ActionButton>
            </div>
          </>
        ) : (
          <p role="status">{t('result.working')}</p>
        )}
      </section>
    </div>
  );
}
