import type { Core, WithHumanCheck, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { HumanCheckError } from '../human-check/human-check.ts';
import type { HumanAnswer } from '../linking/human-check.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { commit, type Fragment } from '../table/client.ts';
import { countsAdded, ipSendCounted, type SoftLimit } from '../table/counters.ts';
import { isStrangersPartNearlySpent } from '../table/spending.ts';
import { retryWhenStale } from '../table/views.ts';
import { countingAt, networkKey } from './count-sending.ts';

type Dependencies = Core & WithKeys & WithHumanCheck;

interface Asking {
  readonly caller: Caller;
  /** Whether the browser is not known to the address it asks a code for. */
  readonly isStranger: boolean;
  /** The caller's answer to the check that a page showed. */
  readonly answer: HumanAnswer | undefined;
  readonly now: EpochSeconds;
}

const RETRY_SECONDS = 5;

/**
 * Stores what a caller asks for, counted for the caller's IP address. Once that has asked for many, and if `HUMAN_CHECK` is on, only a
 * human goes on; of strangers, from the first request on once all of them together have nearly spent their part of the mail cap. An
 * answer is verified only when it is needed: it can be used once, and verifying costs.
 *
 * @param store commits with the count it is given
 * @throws Problem `quota_exceeded`, `human_check_required`, and `unavailable` if the check can't be made
 */
export async function storeForHuman(
  dependencies: Dependencies,
  asking: Asking,
  store: (counted: readonly Fragment[]) => Promise<void>,
): Promise<void> {
  const { table, settings, humanCheck } = dependencies;
  const { caller, isStranger, answer, now } = asking;
  const counting = countingAt(dependencies, now);
  const counted = (soft?: SoftLimit) =>
    countsAdded(table, [ipSendCounted(table, networkKey(dependencies, caller), counting, soft)]);
  if (humanCheck === undefined) return store(counted());

  const { kind, siteKey } = humanCheck;
  const required = new Problem('human_check_required', { humanCheck: { kind, siteKey } });
  const after = isStranger && isStrangersPartNearlySpent(table, counting) ? 0 : settings.HUMAN_CHECK_AFTER;
  try {
    await store(counted({ after, refusal: () => required }));
    return;
  } catch (error) {
    if (error !== required || answer === undefined) throw error;
  }
  try {
    if (!(await isHuman(dependencies, caller, answer))) throw required;
  } catch (error) {
    // A try costs as much as a send, so that the service is not asked without end.
    await commit(table, counted());
    throw error;
  }
  // The answer is used up: from here on a stale view is retried with it, not with another.
  await retryWhenStale(table, () => store(counted()));
}

async function isHuman(
  { humanCheck, observer }: Dependencies,
  { ip }: Caller,
  answer: HumanAnswer,
): Promise<boolean> {
  try {
    const verdict = await humanCheck?.verify(answer, ip);
    if (verdict?.mismatch !== undefined)
      observer.warn('an answer to the human check was not given for us', {
        kind: humanCheck?.kind,
        mismatch: verdict.mismatch,
      });
    return verdict?.isHuman ?? false;
  } catch (error) {
    if (!(error instanceof HumanCheckError)) throw error;
    observer.count('HumanCheckFailed');
    observer.error('the human check could not be made', { kind: humanCheck?.kind, reason: error.reason });
    throw new Problem('unavailable', { retryAfter: RETRY_SECONDS });
  }
}
