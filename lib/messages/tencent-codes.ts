import type { Delivery } from './delivery.ts';

type Refusal = Omit<Extract<Delivery, { outcome: 'refused' }>, 'reason'>;

const OURS: Refusal = { outcome: 'refused', fault: 'ours' };
/** For now: sent again later, it may go out. */
const NOT_NOW: Refusal = { outcome: 'refused' };
/** The number has had its share for now, and is not to get more of it from somebody else. */
const ENOUGH: Refusal = { outcome: 'refused', another: false };
const UNKNOWN = { outcome: 'unknown' } as const;

/**
 * What the codes of SendSms mean that aren't told by how they begin. The same code can be the whole answer's or the message's.
 *
 * https://cloud.tencent.com/document/api/382/59177, https://cloud.tencent.com/document/api/382/52075, and those that only the comments of
 * Tencent's SDK have: https://github.com/TencentCloud/tencentcloud-sdk-go, `tencentcloud/sms/v20210111/client.go`
 */
const MEANINGS: ReadonlyMap<string, Refusal | typeof UNKNOWN> = new Map<string, Refusal | typeof UNKNOWN>([
  // Of the number.
  [
    'FailedOperation.PhoneNumberInBlacklist',
    { outcome: 'refused', fault: 'recipient', problem: 'recipient_opted_out' },
  ],
  ['InvalidParameterValue.IncorrectPhoneNumber', { outcome: 'refused', fault: 'recipient' }],
  ['LimitExceeded.DeliveryFrequencyLimit', ENOUGH],
  ['LimitExceeded.PhoneNumberDailyLimit', ENOUGH],
  ['LimitExceeded.PhoneNumberOneHourLimit', ENOUGH],
  ['LimitExceeded.PhoneNumberSameContentDailyLimit', ENOUGH],
  ['LimitExceeded.PhoneNumberThirtySecondLimit', ENOUGH],
  // Of its country: one that the operator has barred, and one that Tencent doesn't send to.
  [
    'LimitExceeded.AppCountryOrRegionInBlacklist',
    { outcome: 'refused', fault: 'recipient', problem: 'country_not_served' },
  ],
  ...['UnsupportedOperation.UnsupportedRegion', 'UnsupportedOperation.UnsuportedRegion'].map(
    (code): [string, Refusal] => [
      code,
      { outcome: 'refused', fault: 'recipient', problem: 'country_not_served', another: true },
    ],
  ),
  // Of what is registered, bought or allowed.
  ['FailedOperation.ContainSensitiveWord', OURS],
  ['FailedOperation.FailResolvePacket', OURS],
  ['FailedOperation.InsufficientBalanceInSmsPackage', OURS],
  ['FailedOperation.JsonParseFail', OURS],
  ['FailedOperation.MarketingSendTimeConstraint', OURS],
  ['FailedOperation.MissingSignature', OURS],
  ['FailedOperation.MissingSignatureList', OURS],
  ['FailedOperation.MissingTemplateList', OURS],
  ['FailedOperation.NotEnterpriseCertification', OURS],
  ['FailedOperation.SignatureIncorrectOrUnapproved', OURS],
  ['FailedOperation.TemplateIdNotExist', OURS],
  ['FailedOperation.TemplateIncorrectOrUnapproved', OURS],
  ['FailedOperation.TemplateParamSetNotMatchApprovedTemplate', OURS],
  ['FailedOperation.TemplateUnapprovedOrNotExist', OURS],
  // Called errors of theirs, and of how we asked.
  ['InternalError.JsonParseFail', OURS],
  ['InternalError.RequestTimeException', OURS],
  ['InternalError.RestApiInterfaceNotExist', OURS],
  ['InternalError.SigFieldMissing', OURS],
  ['InternalError.SigVerificationFail', OURS],
]);

/** By what a code begins with, up to its first point: an error of how we ask, of what we may, or of how much. */
const KINDS: ReadonlyMap<string, Refusal> = new Map([
  ...[
    'ActionOffline',
    'AuthFailure',
    'DryRunOperation',
    'InvalidAction',
    'InvalidParameter',
    'InvalidParameterValue',
    'InvalidRequest',
    'IpInBlacklist',
    'IpNotInWhitelist',
    'LimitExceeded',
    'MissingParameter',
    'NoSuchProduct',
    'NoSuchVersion',
    'RequestSizeLimitExceeded',
    'ResourceNotFound',
    'UnauthorizedOperation',
    'UnknownParameter',
    'UnsupportedOperation',
    'UnsupportedProtocol',
    'UnsupportedRegion',
  ].map((kind): [string, Refusal] => [kind, OURS]),
  ['RequestLimitExceeded', NOT_NOW],
]);

const WELL_FORMED = /^[A-Za-z.]{1,80}$/;

/**
 * What became of a message that Tencent answered with an error. One that isn't known here, or is theirs, need not mean that nothing
 * goes out: `InternalError.Timeout` is one of sending.
 */
export function judgeTencentCode(code: string): Delivery {
  const [kind = ''] = code.split('.');
  const reason = WELL_FORMED.test(code) ? code : 'unreadable';
  return { ...(MEANINGS.get(code) ?? KINDS.get(kind) ?? UNKNOWN), reason };
}
