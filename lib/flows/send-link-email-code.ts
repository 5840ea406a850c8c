import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithMail } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, challengeOf, requireActionPossible, requireFactor } from '../linking/account.ts';
import { requireVerified } from '../linking/challenge.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { stillSignedIn } from '../table/views.ts';
import { sendAddressCode } from './send-code.ts';

/** Mails a code to the address that is to be linked. */
export async function sendLinkEmailCode(
  dependencies: Core & WithKeys & WithMail,
  caller: Caller,
  { email, view, now }: { email: EmailAddress; view: AccountView; now: EpochSeconds },
): Promise<SentAnswer> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  const { account, session } = view;
  requireActionPossible(view, 'link_email', { rules, now });
  requireFactor(account);
  return sendAddressCode(dependencies, caller, {
    view,
    check: requireVerified(challengeOf(view, 'link_email'), session.hash, now),
    address: email,
    now,
    conditions: stillSignedIn(table, view, 'link_email', { now, rules }),
  });
}
