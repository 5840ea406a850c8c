import type { Core, WithKeys, WithMail } from '../dependencies.ts';
import type { EmailAddress } from '../linking/email.ts';
import { emailSubject } from '../linking/identity.ts';
import { epochSeconds, validMinutes } from '../linking/rules.ts';
import { makeCode } from '../linking/secrets.ts';
import { SIGN_IN } from '../linking/sign-in.ts';
import { SpendingCapReached } from '../linking/spending.ts';
import { mailContent } from '../messages/texts.ts';
import { describeError, noteCapReached } from '../observe.ts';
import { mailTried, readAccountMethod } from '../table/accounts.ts';
import { type Owner, readOwner } from '../table/claims.ts';
import { commit, type Item, type Table } from '../table/client.ts';
import { countsAdded } from '../table/counters.ts';
import {
  parseSignInRequest,
  SignInLost,
  SignInOver,
  type SignInRequest,
  signInCodeStored,
} from '../table/sign-ins.ts';
import { codeCounted } from '../table/spending.ts';
import { retryWhenStale } from '../table/views.ts';
import { countingAt } from './count-sending.ts';
import { countStep } from './count-step.ts';
import { observeDelivery } from './observe-delivery.ts';

/** A mail that certainly did not go out: the record is delivered again, and a new code with it. */
class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
}

/** Mail to the address has come back: nothing is mailed there, or not so soon. */
class MailStays extends Error {
  override readonly name = 'MailStays';
}

/** Whose account an address opens, and whether mail to it has come back; undefined if it is unowned, or a sub-account's. */
async function findOwner(
  table: Table,
  address: EmailAddress,
): Promise<(Owner & { readonly isStopped: boolean }) | undefined> {
  const owner = await readOwner(table, 'email', emailSubject(address));
  if (owner === undefined || owner.relation === 'sub_account') return undefined;
  const { accountId, methodId } = owner;
  const { account, method } = await readAccountMethod(table, accountId, 'email');
  if (account === undefined || account.parentId !== undefined) return undefined;
  return { accountId, methodId, isStopped: method?.mailStopped !== undefined };
}

/**
 * Makes, stores and mails the code of a sign-in that was requested. It alone knows whether the address is owned; if it is unowned or a
 * sub-account's, nothing happens, and no caller waits to see it not happen. Delivered twice, a record makes a second code that takes
 * the place of the first: the newest mail counts. The spending cap counts the mail here, and once it is reached nothing is mailed:
 * counted with the request, unowned addresses would use it up for everybody. A record that no code can be made for is not failed:
 * delivered again, it would hold up the mails behind it for nothing. An address that mail has come back from gets none, but for one a day
 * that a browser asks for which is known to it: so its reader can prove it anew, and nobody else costs us our name as a sender.
 */
export async function mailSignInCode(item: Item, dependencies: Core & WithKeys & WithMail): Promise<void> {
  const { observer } = dependencies;
  try {
    await mailCode(dependencies, parseSignInRequest(item));
  } catch (error) {
    if (error instanceof SignInOver || error instanceof MailStays) return;
    if (error instanceof SignInLost) {
      observer.count('SignInCodeFailed');
      observer.error('a sign-in code could not be made', describeError(error));
    } else if (error instanceof SpendingCapReached) noteCapReached(observer, error);
    else throw error;
  }
}

async function mailCode(
  dependencies: Core & WithKeys & WithMail,
  { ref, challenge, language }: SignInRequest,
): Promise<void> {
  const { table, settings, random, keys, mail } = dependencies;
  const { id, address, expiresAt, deviceId } = challenge;
  const now = epochSeconds(dependencies.clock);
  if (expiresAt <= now) return;

  const owner = await findOwner(table, address);
  if (owner === undefined) return;

  const { accountId, methodId, isStopped } = owner;
  if (isStopped && deviceId === undefined) return;

  const { code, hmac } = makeCode(random, keys.current.codes, SIGN_IN, id);
  const kind = deviceId === undefined ? 'stranger_mail' : 'mail';
  await retryWhenStale(table, () =>
    commit(table, [
      signInCodeStored(table, ref, { hmac, accountId, methodId }, now),
      ...(isStopped ? [mailTried(table, accountId, methodId, { now, refusal: () => new MailStays() })] : []),
      ...countsAdded(table, codeCounted(table, kind, countingAt(dependencies, now)).caps),
    ]),
  );

  const content = mailContent({
    purpose: SIGN_IN,
    code,
    validMinutes: validMinutes(settings.rules.mailCodeTtlSeconds),
    language,
    brand: settings.BRAND_NAME,
    helpUrl: settings.HELP_URL,
  });
  const sending = mail.send({ to: address, ...content });
  const { outcome } = await observeDelivery(dependencies, { by: 'mail', to: address }, sending);
  if (outcome === 'refused') throw new MailNotSent();
  if (outcome === 'accepted') countStep(dependencies, 'CodeSent', { by: 'mail' });
}
