/** What became of an SMS that its vendor had accepted, as far as that is known for good. */
export interface SmsReceipt {
  readonly outcome: 'delivered' | 'undelivered';
  /** The vendor's. */
  readonly messageId: string;
  /** A calling code of `SMS_COUNTRIES`, or `other`. */
  readonly country: string;
}
