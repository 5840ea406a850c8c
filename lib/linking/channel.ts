import type { EmailAddress } from './email.ts';
import type { PhoneNumber } from './phone.ts';

/** How a message goes out. *Mail* is the channel; *email* is the way to sign in. */
export type Channel = 'sms' | 'mail';

/** Where a message goes, and how. */
export type Destination =
  | { readonly by: 'mail'; readonly to: EmailAddress }
  | { readonly by: 'sms'; readonly to: PhoneNumber };

/** Where an owner is notified. */
export type NoticeDestination = Destination & {
  /** Whether it is trusted with a link to undo: an address that was linked a moment ago may be an attacker's. */
  readonly link: boolean;
};
