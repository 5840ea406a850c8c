import { parseOutcome, resultCode } from '../../../client/src/outcome.ts';
import { takeFinish } from '../../../client/src/own-windows.ts';
import { tellAndClose } from '../../../client/src/report-outcome.ts';
import { keepFinish } from '../state/kept-finish.ts';
import { hintSlot } from '../state/memory.ts';
import { cameBack } from '../state/same-tab.ts';

/**
 * For a console's own `/oauth-result`, where the OAuth callback ends:
 *
 * `<script type="module" src="/element/oauth-result.js" data-oauth-result data-signed-in="/" data-sign-in="/sign-in"></script>`
 *
 * In a window that the element has opened it tells the element, and closes. In a tab that went to WeChat by itself it goes back to
 * where the element is. After signing in it goes to `data-signed-in`, or, where that failed, to `data-sign-in` with `?result=` and the
 * code. What is `hidden` and has `data-oauth-left` is shown where the browser leaves closing to the customer.
 */

function afterSignIn(result: string): string {
  const { signedIn = '/', signIn = '/' } =
    document.querySelector<HTMLElement>('script[data-oauth-result]')?.dataset ?? {};
  if (resultCode(result) === 'success') return signedIn;
  const url = new URL(signIn, window.location.href);
  url.searchParams.set('result', result);
  return url.href;
}

const code = takeFinish();
const outcome = parseOutcome(window.location.search);
const { intent, flowId, result } = outcome;
const { went, page } = cameBack();

if (intent === 'sign_in' || went === 'sign_in') window.location.replace(afterSignIn(result));
else if (went === 'link') {
  hintSlot.set(result);
  keepFinish(flowId, code);
  window.location.replace(page);
} else
  tellAndClose(outcome, code, () => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-oauth-left]')) element.hidden = false;
  });
