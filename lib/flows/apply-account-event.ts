import type { Core, WithBus, WithKeys, WithPhoneKeys } from '../dependencies.ts';
import { EventRejected } from '../events/event-rejected.ts';
import { toConflictEvent } from '../events/events.ts';
import { type AccountRecord, parseAccountRecord, type Rejection } from '../linking/account-record.ts';
import { epochSeconds } from '../linking/rules.ts';
import { type Applied, applyAccount } from './apply-account.ts';

type Dependencies = Core & WithKeys & WithPhoneKeys & WithBus;

/** What became of an account. Lambda drops it; the local world shows it. */
type Step = Extract<Applied, string>;

/**
 * Brings an account in step with what an `account.changed` event says of it. One that says other things than the event of that revision that
 * was applied changes nothing: whatever is true by now has a newer one.
 *
 * @throws EventRejected for what can't be applied; why is in the log, by member and never by value
 */
export async function applyAccountEvent(detail: unknown, dependencies: Dependencies): Promise<Step> {
  const { observer, clock } = dependencies;
  const parsed = parseAccountRecord(detail, epochSeconds(clock));
  if ('rejected' in parsed) return reject(dependencies, parsed);
  const { record } = parsed;
  const applied = await applyAccount(dependencies, record);
  if (typeof applied === 'string') {
    if (applied !== 'unchanged') observer.count('AccountInStep');
    return applied;
  }
  if (applied.because === 'same_revision') {
    observer.warn('two account events of one revision say different things', { revision: record.revision });
    return 'unchanged';
  }
  await publishConflict(dependencies, record, applied);
  return reject(dependencies, applied);
}

/** The company is told, who alone can say whose identity it is. */
async function publishConflict(
  { bus, observer, clock }: Dependencies,
  record: AccountRecord,
  { because }: Rejection,
): Promise<void> {
  if (typeof because !== 'object') return;
  observer.count('IdentityConflict');
  await bus.publish(toConflictEvent(record, because, new Date(clock()).toISOString()));
}

function reject({ observer }: Dependencies, { rejected }: Rejection): never {
  observer.count('AccountEventRejected');
  observer.error('an account event was rejected', { reason: rejected });
  throw new EventRejected(rejected);
}
