import { provide } from '../../lib/dependencies.ts';
import { mailSignInCode } from '../../lib/flows/mail-sign-in-code.ts';
import type { CoreDependencies } from '../../lib/http/route.ts';
import { MAIL, type MailDependencies } from '../../lib/needs.ts';
import { createStreamHandler } from '../../lib/stream/handler.ts';

/** The table's stream: mails the code of each sign-in that was asked for, where the address is anyone's. */
export const consume = mailSignInCode;

export const handler = createStreamHandler<CoreDependencies & MailDependencies>(consume, provide(MAIL));
