/** A status as PullSmsSendStatus gives it: https://cloud.tencent.com/document/product/382/55977 */
interface Status {
  readonly UserReceiveTime: number;
  readonly CountryCode: string;
  readonly SubscriberNumber: string;
  readonly PhoneNumber: string;
  readonly SerialNo: string;
  readonly ReportStatus: 'SUCCESS' | 'FAIL';
  readonly Description: string;
  readonly SessionContext: string;
}

const LIMIT_MAX = 100;
const MAINLAND_DIGITS = 2;

/** The receipts that Tencent keeps until they are pulled: each is given once. */
export class TencentReceipts {
  readonly #waiting: Status[] = [];

  add(
    { to, serialNo }: { readonly to: string; readonly serialNo: string },
    status: Status['ReportStatus'],
    now: Date,
  ): void {
    const digits = to.slice(1);
    this.#waiting.push({
      UserReceiveTime: Math.floor(now.getTime() / 1000),
      CountryCode: digits.slice(0, MAINLAND_DIGITS),
      SubscriberNumber: digits.slice(MAINLAND_DIGITS),
      PhoneNumber: to,
      SerialNo: serialNo,
      ReportStatus: status,
      Description: status === 'SUCCESS' ? 'DELIVRD' : 'UNDELIV',
      SessionContext: '',
    });
  }

  /**
   * Answers the action.
   *
   * @param appId the SdkAppId that the account has
   * @returns the answer, or Tencent's code for what is wrong
   */
  pull(request: unknown, appId: string): { readonly PullSmsSendStatusSet: readonly Status[] } | string {
    const { Limit: limit, SmsSdkAppId: app } = (request ?? {}) as Record<string, unknown>;
    if (limit === undefined || app === undefined) return 'MissingParameter';
    if (!Number.isInteger(limit) || typeof app !== 'string') return 'InvalidParameter';
    if (Number(limit) < 1 || Number(limit) > LIMIT_MAX) return 'InvalidParameterValue';
    if (app !== appId) return 'UnauthorizedOperation.SmsSdkAppIdVerifyFail';
    return { PullSmsSendStatusSet: this.#waiting.splice(0, Number(limit)) };
  }
}
