import type { SentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithMail } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  isMailProof,
  linkAction,
  requireActionPossible,
  requireFactor,
} from '../linking/account.ts';
import { requireVerified } from '../linking/challenge.ts';
import type { EmailAddress } from '../linking/email.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { stillSignedIn } from '../table/views.ts';
import { sendAddressCode } from './send-code.ts';

/** Mails a code to the address that is to be linked; or to the one that is, where mail to it has come back and its reader is to prove it anew. */
export async function sendLinkEmailCode(
  dependencies: Core & WithKeys & WithMail,
  caller: Caller,
  { email, view, now }: { email: EmailAddress; view: AccountView; now: EpochSeconds },
): Promise<SentAnswer> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  const { account, session } = view;
  const purpose = `${linkAction(view, 'email')}_email` as const;
  requireActionPossible(view, purpose, { rules, now });
  requireFactor(account);
  const check = requireVerified(challengeOf(view, purpose), session.hash, now);
  // Of the caller's own: it says nothing about anybody else's.
  isMailProof(view, email, rules);
  return sendAddressCode(dependencies, caller, {
    view,
    purpose,
    check,
    address: email,
    now,
    conditions: stillSignedIn(table, view, purpose, { now, rules }),
  });
}
