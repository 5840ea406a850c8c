import type { Core, WithBus, WithKeys } from '../dependencies.ts';
import { toConflictEvent } from '../events/events.ts';
import { type AccountRecord, parseAccountRecord, type Rejection } from '../linking/account-record.ts';
import { epochSeconds } from '../linking/rules.ts';
import { applyAccount } from './apply-account.ts';

type Dependencies = Core & WithKeys & WithBus;

/** An event that can't be applied, however often it is tried, until somebody has looked into it. */
class EventRejected extends Error {
  override readonly name = 'EventRejected';
}

/**
 * Brings an account in step with what an `account.changed` event says of it. One that says other things than the event of that revision that
 * was applied changes nothing: whatever is true by now has a newer one.
 *
 * @throws EventRejected for what can't be applied; why is in the log, by member and never by value
 */
export async function applyAccountEvent(detail: unknown, dependencies: Dependencies): Promise<void> {
  const { observer, clock } = dependencies;
  const parsed = parseAccountRecord(detail, epochSeconds(clock));
  if ('rejected' in parsed) return reject(dependencies, parsed);
  const { record } = parsed;
  const applied = await applyAccount(dependencies, record);
  if (typeof applied === 'string') {
    if (applied !== 'unchanged') observer.count('AccountInStep');
    return;
  }
  if (applied.because === 'same_revision') {
    observer.warn('two account events of one revision say different things', { revision: record.revision });
    return;
  }
  await publishConflict(dependencies, record, applied);
  reject(dependencies, applied);
}

/** The company is told, who alone can say whose identity it is. */
async function publishConflict(
  { bus, observer, clock }: Dependencies,
  record: AccountRecord,
  { because }: Rejection,
): Promise<void> {
  if (because === undefined || because === 'same_revision') return;
  observer.count('IdentityConflict');
  await bus.publish(toConflictEvent(record, because, new Date(clock()).toISOString()));
}

function reject({ observer }: Dependencies, { rejected }: Rejection): never {
  observer.count('AccountEventRejected');
  observer.error('an account event was rejected', { reason: rejected });
  throw new EventRejected('an account event was rejected');
}
