import type { Core, WithKeys } from '../dependencies.ts';
import { EventRejected } from '../events/event-rejected.ts';
import { hasIdentity, shownDisplay } from '../linking/account.ts';
import type { EmailAddress } from '../linking/email.ts';
import { emailSubject } from '../linking/identity.ts';
import { MAIL_STOP_REASONS, type MailStopReason, saysMore } from '../linking/mail-stop.ts';
import { listPhone } from '../linking/notice.ts';
import { epochSeconds } from '../linking/rules.ts';
import { pseudonym } from '../linking/secrets.ts';
import { countCameBack } from '../linking/spent.ts';
import { type MailEvent, type MailOutcome, parseMailEvent } from '../messages/mail-events.ts';
import type { MetricName } from '../observe.ts';
import { accountThere, mailIsStopped, readAccountMethod } from '../table/accounts.ts';
import { checksChanged, readChecks } from '../table/challenges.ts';
import { readOwner } from '../table/claims.ts';
import { commit } from '../table/client.ts';
import { retryWhenStale } from '../table/views.ts';
import { recordAndNotify } from './record-event.ts';

type Dependencies = Core & WithKeys;

const METRICS: Readonly<Record<MailOutcome, MetricName | undefined>> = {
  bounced: 'MailBounced',
  complained: 'MailComplained',
  suppressed: 'MailSuppressed',
  delivered: 'MailDelivered',
  rejected: 'MailRefused',
  soft: undefined,
};

const isStop = (outcome: MailOutcome): outcome is MailStopReason =>
  MAIL_STOP_REASONS.some((reason) => reason === outcome);

/** Nobody's browser: it is a mail server that says so. */
const MAIL_SERVER = { maskedIp: '*', device: '' };

/**
 * Takes what SES says has become of a mail. An address that mail has come back from is sent no more, until its reader proves it anew; its
 * owner is told by SMS; and who asked for the mail has that counted. An event may come twice, late, and in any order: one about a mail that
 * is older than the newest proof of its address changes nothing.
 *
 * @throws EventRejected for one that can't be made sense of
 */
export async function takeMailEvent(detail: unknown, dependencies: Dependencies): Promise<MailOutcome> {
  const { observer } = dependencies;
  const event = parseMailEvent(detail);
  if (event === undefined) {
    observer.count('MailEventRejected');
    observer.error('an event about a mail was rejected');
    throw new EventRejected('not of the form that SES documents');
  }
  const { outcome } = event;
  const metric = METRICS[outcome];
  if (metric) observer.count(metric);
  if (outcome === 'rejected') observer.error('SES has rejected a mail: it takes it for a virus');
  if (!isStop(outcome)) return outcome;
  for (const address of event.addresses) {
    await chargeAsker(dependencies, event, address);
    await retryWhenStale(dependencies.table, () => stopMail(dependencies, { ...event, outcome }, address));
  }
  return outcome;
}

/** Counts that mail to an address came back for who chose the address. */
async function chargeAsker(
  { table, keys, clock }: Dependencies,
  { askedBy }: MailEvent,
  address: EmailAddress,
): Promise<void> {
  if (askedBy === undefined) return;
  const addressKey = pseudonym(keys.current.pseudonyms, 'email', address);
  await retryWhenStale(table, async () => {
    const now = epochSeconds(clock);
    const checks = await readChecks(table, askedBy, now);
    // Nothing is kept of an account that was closed since.
    if (checks.version === 0) return;
    const spent = countCameBack(checks.spent, addressKey, now);
    await commit(table, [checksChanged(table, askedBy, { ...checks, spent }, now)]);
  });
}

/** Marks the method whose address it is, if it is anyone's, and tells the owner; once, however often it comes. */
async function stopMail(
  dependencies: Dependencies,
  { outcome: reason, sentAt }: MailEvent & { readonly outcome: MailStopReason },
  address: EmailAddress,
): Promise<void> {
  const { table, clock } = dependencies;
  const owner = await readOwner(table, 'email', emailSubject(address));
  if (owner === undefined) return;
  const { accountId } = owner;
  const { account, method } = await readAccountMethod(table, accountId, 'email');
  if (account === undefined || method === undefined || !hasIdentity(method)) return;
  if (!method.subjects.includes(emailSubject(address)) || !saysMore(method, sentAt)) return;
  const display = shownDisplay(method);
  await commit(table, [
    accountThere(table, accountId),
    mailIsStopped(table, accountId, method, { reason, at: epochSeconds(clock), sentAt }),
    ...recordAndNotify(dependencies, MAIL_SERVER, accountId, {
      type: 'mail_stopped',
      provider: 'email',
      display,
      destinations: listPhone(account),
      phoneOnly: true,
    }),
  ]);
}
