import type { HttpRequest } from '../http/request.ts';
import type { CoreDependencies } from '../http/route.ts';
import { HumanCheckError } from '../human-check/human-check.ts';
import type { HumanAnswer } from '../linking/human-check.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { HumanCheckDependencies } from '../needs.ts';
import { commit, type Fragment } from '../table/client.ts';
import { ipSendCounted, type SoftLimit } from '../table/guards.ts';
import { judgeAnew } from '../table/judge-anew.ts';
import { countingAt, networkKey } from './guarded-code.ts';

type Dependencies = CoreDependencies & HumanCheckDependencies;

interface Caller {
  readonly request: HttpRequest;
  /** What the caller brought to be taken for human. */
  readonly answer: HumanAnswer | undefined;
  readonly now: EpochSeconds;
}

const RETRY_SECONDS = 5;

/**
 * Stores what a caller asks for, counted for the caller's IP. Where that has asked for many already, and `HUMAN_CHECK` is on, only a
 * human goes on. An answer is looked at where it is needed and not before: it can be used once, and looking costs.
 *
 * @param store commits with the count it is given
 * @throws Problem `quota_exceeded`, `human_check_required`, and `unavailable` where the check can't be made
 */
export async function storeForHuman(
  dependencies: Dependencies,
  caller: Caller,
  store: (counted: Fragment) => Promise<void>,
): Promise<void> {
  const { table, settings, humanCheck } = dependencies;
  const { request, answer, now } = caller;
  const counted = (soft?: SoftLimit) =>
    ipSendCounted(table, networkKey(dependencies, request), countingAt(dependencies, now), soft).fragment;
  if (humanCheck === undefined) return store(counted());

  const { kind, siteKey } = humanCheck;
  const required = new Problem('human_check_required', { humanCheck: { kind, siteKey } });
  try {
    await store(counted({ after: settings.HUMAN_CHECK_AFTER, refusal: () => required }));
    return;
  } catch (error) {
    if (error !== required || answer === undefined) throw error;
  }
  try {
    if (!(await isHuman(dependencies, request, answer))) throw required;
  } catch (error) {
    // A try costs as much as a send: nobody has the service asked without end.
    await commit(table, [counted()]);
    throw error;
  }
  // The answer is used up: what is found stale from here on is done again with it.
  await judgeAnew(table, () => store(counted()));
}

async function isHuman(
  { humanCheck, observer }: Dependencies,
  { event }: HttpRequest,
  answer: HumanAnswer,
): Promise<boolean> {
  try {
    return (await humanCheck?.isHuman(answer, event.requestContext.http.sourceIp)) ?? false;
  } catch (error) {
    if (!(error instanceof HumanCheckError)) throw error;
    observer.count('HumanCheckFailed');
    observer.error('the human check could not be made', { kind: humanCheck?.kind, reason: error.reason });
    throw new Problem('unavailable', { retryAfter: RETRY_SECONDS });
  }
}
