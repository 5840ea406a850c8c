import * as z from 'zod/mini';
import type { Core, WithHmacKey, WithMail } from '../dependencies.ts';
import type { EmailAddress } from '../linking/email.ts';
import { emailSubject } from '../linking/identity.ts';
import { epochSeconds, validMinutes } from '../linking/rules.ts';
import { makeCode, pseudonym } from '../linking/secrets.ts';
import { SIGN_IN } from '../linking/sign-in.ts';
import { SpendingCapReached } from '../linking/spending.ts';
import { mailContent } from '../messages/texts.ts';
import { noteCapReached } from '../observe.ts';
import { parseAccount } from '../table/accounts.ts';
import { type Owner, parseOwner } from '../table/claims.ts';
import { commit, type Item, readItems, type Table } from '../table/client.ts';
import { keys } from '../table/keys.ts';
import { retryWhenStale } from '../table/retry-when-stale.ts';
import { parseSignInChallenge, SignInOver, signInCodeStored } from '../table/sign-ins.ts';
import { sendCountedForDeployment } from '../table/spending.ts';
import { countingAt } from './count-sending.ts';
import { observeDelivery } from './observe-delivery.ts';

const languageSchema = z.object({ language: z.enum(['zh-CN', 'en']) });

/** A mail that certainly did not go out: the record is delivered again, and a new code with it. */
class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
}

/** Whose account an address opens; undefined where it is nobody's, or a sub-account's. */
async function findOwner(table: Table, address: EmailAddress): Promise<Owner | undefined> {
  const claimKey = keys.claim('email', emailSubject(address));
  const owner = parseOwner((await readItems(table, [claimKey])).get(claimKey));
  if (owner === undefined || owner.relation === 'sub_account') return undefined;
  const { accountId, methodId } = owner;
  const accountKey = keys.account(accountId);
  const accountItem = (await readItems(table, [accountKey])).get(accountKey);
  if (accountItem === undefined || parseAccount(accountItem).parentId !== undefined) return undefined;
  return { accountId, methodId };
}

/**
 * Makes, stores and mails the code of a sign-in that was asked for. It alone knows whether the address is anyone's; where it is
 * nobody's or a sub-account's, nothing happens, and nobody waits to see it not happen. Delivered twice, a record makes a second
 * code that takes the place of the first: the newest mail counts. It is here that the breaker counts the mail, and nothing is mailed
 * where it is closed: counted with the caller, addresses nobody has would close it for everybody.
 */
export async function mailSignInCode(item: Item, dependencies: Core & WithHmacKey & WithMail): Promise<void> {
  const { table, settings, random, hmacKey, mail, observer } = dependencies;
  const challenge = parseSignInChallenge(item);
  const { language } = languageSchema.parse(item);
  const { id, address } = challenge;
  const now = epochSeconds(dependencies.clock);
  if (challenge.expiresAt <= now) return;

  const owner = await findOwner(table, address);
  if (owner === undefined) return;

  const { code, hmac } = makeCode(random, hmacKey, SIGN_IN, id);
  const { accountId, methodId } = owner;
  const ref = { addressKey: pseudonym(hmacKey, 'email', address), id };
  try {
    await retryWhenStale(table, () =>
      commit(table, [
        signInCodeStored(table, ref, { hmac, accountId, methodId }, now),
        ...sendCountedForDeployment(table, 'mail', countingAt(dependencies, now)),
      ]),
    );
  } catch (error) {
    if (error instanceof SignInOver) return;
    if (!(error instanceof SpendingCapReached)) throw error;
    noteCapReached(observer, error);
    return;
  }

  const content = mailContent({
    purpose: SIGN_IN,
    code,
    validMinutes: validMinutes(settings.rules.mailCodeTtlSeconds),
    language,
    brand: settings.BRAND_NAME,
  });
  const { outcome } = await observeDelivery(observer, 'mail', mail.send({ to: address, ...content }));
  if (outcome === 'refused') throw new MailNotSent();
}
