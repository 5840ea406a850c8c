import {
  type Core,
  hmacKey,
  mail,
  provide,
  type WithHmacKey,
  type WithMail,
} from '../../lib/dependencies.ts';
import { mailSignInCode } from '../../lib/flows/mail-sign-in-code.ts';
import { createStreamHandler } from '../../lib/stream/handler.ts';

/** The table's stream: mails the code of each sign-in that was asked for, where the address is anyone's. */
export const consume = mailSignInCode;

export const handler = createStreamHandler<Core & WithHmacKey & WithMail>(consume, provide(hmacKey, mail));
