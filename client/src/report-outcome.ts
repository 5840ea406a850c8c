import { announce } from './channel.ts';
import { type Outcome, parseOutcome } from './outcome.ts';
import { handOver, takeFinish } from './own-windows.ts';

/** A message that was just posted must get out before its window goes. */
const CLOSE_MILLIS = 100;

/**
 * Tells the page that has opened this window what came of it, and closes the window.
 *
 * @param code what `takeFinish` has taken from its address
 * @param whenLeft called once it has tried: the window is still here where the browser leaves closing to the customer
 */
export function tellAndClose(
  { provider, flowId, result }: Pick<Outcome, 'provider' | 'flowId' | 'result'>,
  code: string | null,
  whenLeft?: () => void,
): void {
  announce({ type: 'flow', provider: provider ?? '', flowId, result, finish: handOver(code) });
  setTimeout(() => {
    window.close();
    whenLeft?.();
  }, CLOSE_MILLIS);
}

/**
 * For the page where flows end (`/oauth-result`, or `returnTo`): tells the page that has opened this window, and closes it. A browser may leave
 * closing to the customer, so say there that it can be closed.
 *
 * @returns how the flow ended; after `intent: 'sign_in'` nothing is told or closed, and the page goes on by itself
 */
export function reportOutcome(): Outcome {
  const code = takeFinish();
  const outcome = parseOutcome(window.location.search);
  if (outcome.intent === 'sign_in') return outcome;
  tellAndClose(outcome, code);
  return outcome;
}
