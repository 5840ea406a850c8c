import type { CodePurpose } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import type { Code } from '../linking/secrets.ts';
import type { Delivery } from './delivery.ts';
import type { NoticeFacts } from './notice-texts.ts';

/**
 * How the owner says "this wasn't me": by a link of the notice's own or, where the vendor takes no links, by a code that is typed on
 * the console's `/not-me`.
 */
export type SmsUndo = { readonly url: string } | { readonly code: Code };

/** What an SMS means. An adapter writes it as a text, or fills in a template that its vendor knows. */
export type SmsContent =
  | {
      readonly kind: 'code';
      readonly purpose: CodePurpose;
      readonly code: Code;
      readonly validMinutes: number;
    }
  | (NoticeFacts & {
      readonly kind: 'notice';
      /** Undefined where nothing can be said by this channel. */
      readonly undo: SmsUndo | undefined;
    });

export type SmsMessage = SmsContent & { readonly to: PhoneNumber; readonly language: Language };

/** Sends text messages. `send` never throws. */
export interface SmsSender {
  send(message: SmsMessage): Promise<Delivery>;
  /** Whether whatever may be used for the number takes a link that is different in each message. */
  takesLinks(to: PhoneNumber): boolean;
}
