import { useEffect, useRef, useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { type Outcome, parseOutcome, resultCode } from '../linking/flow-result.ts';
import { announce } from '../state/channel.ts';
import { hintSlot } from '../state/memory.ts';
import { navigate } from '../state/router.ts';
import { cameBack } from '../state/same-tab.ts';
import { useWords } from '../texts/words.tsx';

/** A message that was just posted must get out before its window goes. */
const CLOSE_MILLIS = 100;

/** @returns true where the page goes on to another one, false in a window that only has to report and close */
function goOn(outcome: Outcome): boolean {
  const { went, page } = cameBack();
  if (went === 'sign_in' || outcome.intent === 'sign_in') {
    const signedIn = resultCode(outcome.result) === 'success';
    const flow = { provider: outcome.provider ?? '', result: outcome.result };
    navigate(signedIn ? '/' : '/sign-in', { replace: true, state: signedIn ? { signedIn } : { flow } });
    return true;
  }
  if (went === 'link') {
    hintSlot.set(outcome.result);
    if (page.pathname === '/') navigate('/', { replace: true });
    // The linking part is on another page of this origin, as an element.
    else window.location.replace(page);
    return true;
  }
  return false;
}

/** Where the OAuth callback ends: hands the result on, by a message from a window of its own, else by going on itself. */
export function OauthResultPage() {
  const { t, explain, providerName } = useWords();
  const [outcome] = useState(() => parseOutcome(window.location.search));
  const [left, setLeft] = useState(false);
  const handled = useRef(false);

  useEffect(() => {
    if (handled.current) return;
    handled.current = true;
    if (goOn(outcome)) return;
    announce({
      type: 'flow',
      provider: outcome.provider ?? '',
      flowId: outcome.flowId,
      result: outcome.result,
    });
    setTimeout(() => {
      window.close();
      // Still here: the browser leaves closing to the customer.
      setLeft(true);
    }, CLOSE_MILLIS);
  }, [outcome]);

  const code = resultCode(outcome.result);
  const text =
    code === 'success' ? null : explain(code, { context: 'oauth', provider: outcome.provider ?? undefined });
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
              <p>{t('result.return')}</p>
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
