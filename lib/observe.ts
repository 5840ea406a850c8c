import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AssertionInvalid } from './linking/assertion.ts';
import type { SpendingCapReached } from './linking/spending.ts';

/** What is worth counting; an operator's dashboards and alarms are made of these. */
export const METRICS = [
  'SmsAccepted',
  'SmsRefused',
  'SmsUnknown',
  /** A receipt says that an SMS arrived, as far as its carrier tells. */
  'SmsDelivered',
  /** A receipt says that an SMS will not arrive. */
  'SmsUndelivered',
  /** Receipts of Tencent's can't be pulled. */
  'SmsReceiptsFailed',
  'MailAccepted',
  'MailRefused',
  'MailUnknown',
  'MailDelivered',
  /** The mail server of an address has refused a mail for good. */
  'MailBounced',
  /** Somebody has called a mail of ours spam. */
  'MailComplained',
  /** SES did not send a mail, since the address is on one of its suppression lists. */
  'MailSuppressed',
  /** An event of SES that can't be made sense of: it is parked, and somebody must look into it. */
  'MailEventRejected',
  'CodeWrong',
  'GuessBudgetSpent',
  'QuotaExceeded',
  /** A spending cap of the whole deployment is reached: codes or notices are not sent. */
  'SpendGuardClosed',
  'UnverifiedRatioHigh',
  'CountryNotServed',
  'HumanCheckRequired',
  /** Turnstile or Tencent don't answer, or not as they should: those who need a check can't sign in by email. */
  'HumanCheckFailed',
  /** A record of a sign-in that no code can be made for: its mail will not come. */
  'SignInCodeFailed',
  /** What is left to do about a notice waits in the queue for another try. */
  'NoticeDeferred',
  /** A notice to an owner is not sent: no message reaches their number or address, or their country is not served. */
  'NoticeDropped',
  /** A notice to an owner was deferred until its time was over: they were not told. */
  'NoticeNeverSent',
  'Frozen',
  'Restored',
  'KeptOnly',
  'Cleared',
  'SuspendedRefused',
  'Linked',
  'Replaced',
  'Unlinked',
  'SignedIn',
  /** An assertion of the company's login was wrong, or used before: its backend has a fault, or somebody tries. */
  'AssertionRefused',
  /** The keys of the company's login can't be read: nobody signs in with it. */
  'OwnLoginFailed',
  'IdentityConflict',
  /** An account was brought in step by an event of the company's account system. */
  'AccountInStep',
  /** An event of the company's account system that can't be applied: it is parked, and somebody must look into it. */
  'AccountEventRejected',
  'ProviderFailed',
  'ProviderMisconfigured',
  /** The openid and the unionid of one person belong to two accounts: somebody must look into it. */
  'IdentitySplit',
  'Fault',
] as const;
export type MetricName = (typeof METRICS)[number];

/** Fields of a log line: never a code, token, secret, full phone, full address or URL. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** By what a count is told apart, besides being in the sum of them. */
export interface SmsDimensions {
  /** A calling code of `SMS_COUNTRIES`, such as `86`, or `other`: never more of a number. */
  readonly country: string;
  /** By whose service it went: `aws`, `tencent`. */
  readonly vendor: string;
}

export interface Observer {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** @param by counts it under these dimensions as well: a metric has a sum of all, and one for each of their values */
  count(metric: MetricName, by?: SmsDimensions): void;
}

const SERVICE = { serviceName: 'account-linking' };

/** Powertools warns, in a line of no form, each time there is nothing to publish: that is most requests. */
class StoredMetrics extends Metrics {
  override publishStoredMetrics(): this {
    if (this.hasStoredMetrics()) super.publishStoredMetrics();
    return this;
  }
}

/** The function's own, for the middlewares that add what Lambda says of an invocation, and publish what was counted in it. */
export const logger = new Logger(SERVICE);
export const metrics = new StoredMetrics({ ...SERVICE, namespace: 'AccountLinking' });

export const systemObserver: Observer = {
  info: (message, fields = {}) => logger.info(message, { ...fields }),
  warn: (message, fields = {}) => logger.warn(message, { ...fields }),
  error: (message, fields = {}) => logger.error(message, { ...fields }),
  count: (metric, by) => {
    metrics.addMetric(metric, MetricUnit.Count, 1);
    if (by)
      metrics
        .singleMetric()
        .addDimensions({ ...by })
        .addMetric(metric, MetricUnit.Count, 1);
  },
};

/** Something was not sent because a spending cap is reached: that is for an alarm. */
export function noteCapReached(observer: Observer, { cap }: SpendingCapReached): void {
  observer.count('SpendGuardClosed');
  observer.warn('a spending cap is reached', { cap });
}

/** Which rule an assertion has broken is said here alone. */
export function noteAssertionRefused(observer: Observer, { flaw }: AssertionInvalid): void {
  observer.count('AssertionRefused');
  observer.warn('an assertion was refused', { flaw });
}

/** A code by SMS was asked for while far more are sent than are verified. */
export function noteRatioOver(observer: Observer): void {
  observer.count('UnverifiedRatioHigh');
  observer.warn('the ratio of codes sent to codes verified is over its limit');
}

const FRAME = /^\s+at .*:\d+:\d+\)?$/;

/**
 * What may be logged of any error: its name, the service's status, and where it was thrown. Never its message, which can hold
 * what somebody typed, and never its other members: a cancelled transaction carries whole items.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const { httpStatusCode, requestId } =
    (error as { $metadata?: { httpStatusCode?: number; requestId?: string } }).$metadata ?? {};
  const { stack = '', message } = error;
  // A message can look like frames; what comes after it are frames, and frames end in a place in the code.
  const frames = stack
    .slice(message === '' ? 0 : stack.lastIndexOf(message) + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line));
  const cause = error.cause instanceof Error ? error.cause.name : undefined;
  return {
    errorName: error.name,
    cause,
    httpStatusCode,
    requestId,
    frames: frames.slice(0, 12).map((line) => line.trim()),
  };
}
