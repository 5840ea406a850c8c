import * as z from 'zod/mini';
import type { CoreDependencies } from '../http/route.ts';
import { nowOf } from '../http/route.ts';
import type { Subject } from '../linking/identity.ts';
import { pseudonym } from '../linking/secrets.ts';
import { SIGN_IN } from '../linking/sign-in.ts';
import { mailContent } from '../messages/texts.ts';
import type { MailDependencies } from '../needs.ts';
import { parseClaim } from '../table/claims.ts';
import { type Item, readItems } from '../table/client.ts';
import { keys } from '../table/keys.ts';
import { parseSignInChallenge, storeSignInCode } from '../table/sign-ins.ts';
import { makeCode, validMinutes } from './code-sending.ts';
import { send } from './deliver.ts';

const languageSchema = z.object({ language: z.enum(['zh-CN', 'en']) });

/** A mail that certainly did not go out: the record is delivered again, and a new code with it. */
class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
}

/**
 * Makes, stores and mails the code of a sign-in that was asked for. It alone knows whether the address is anyone's; where it is
 * nobody's or a sub-account's, nothing happens, and nobody waits to see it not happen. Delivered twice, a record makes a second
 * code that takes the place of the first: the newest mail counts.
 */
export async function mailSignInCode(
  item: Item,
  dependencies: CoreDependencies & MailDependencies,
): Promise<void> {
  const { table, settings, random, hmacKey, mail, observer } = dependencies;
  const challenge = parseSignInChallenge(item);
  const { language } = languageSchema.parse(item);
  const { id, address } = challenge;
  const now = nowOf(dependencies);
  if (challenge.expiresAt <= now) return;

  const claimKey = keys.claim('email', address as string as Subject);
  const claimItem = (await readItems(table, [claimKey])).get(claimKey);
  const claim = claimItem && parseClaim(claimItem);
  if (claim === undefined || claim.relation === 'sub_account') return;

  const { code, hmac } = makeCode(random, hmacKey, SIGN_IN, id);
  const { accountId, methodId } = claim;
  const ref = { addressKey: pseudonym(hmacKey, 'email', address), id };
  if (!(await storeSignInCode(table, ref, { hmac, accountId, methodId }, now))) return;

  const content = mailContent({
    purpose: SIGN_IN,
    code,
    validMinutes: validMinutes(settings.rules.mailCodeTtlSeconds),
    language,
    brand: settings.BRAND_NAME,
  });
  const { outcome } = await send(observer, 'mail', mail.send({ to: address, ...content }));
  if (outcome === 'refused') throw new MailNotSent();
}
