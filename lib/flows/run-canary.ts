import * as z from 'zod/mini';
import { CanaryStopped, signInAndOut } from '../canary/sign-in.ts';
import type { Core, WithCanary } from '../dependencies.ts';
import { describeError } from '../observe.ts';

/** What the schedule tells the canary. */
const told = z.object({ address: z.string(), queueUrl: z.string() });

/** Signs in by email as a customer does, and counts whether that went well: alarms and the dashboard are made of it. */
export async function runCanary(detail: unknown, dependencies: Core & WithCanary): Promise<void> {
  const { settings, clock, observer, openInbox, fetch } = dependencies;
  const { address, queueUrl } = told.parse(detail);
  const startedAt = clock();
  try {
    const inbox = openInbox(queueUrl);
    await signInAndOut({ address, origin: settings.API_ORIGIN, inbox, fetch, clock });
  } catch (error) {
    observer.count('CanaryFailed');
    observer.error('the canary could not sign in', {
      ...describeError(error),
      ...(error instanceof CanaryStopped && { step: error.step, status: error.status, code: error.code }),
    });
    return;
  }
  observer.count('CanarySucceeded');
  observer.measure('CanaryDuration', clock() - startedAt);
}
