import type { AssertionAnswer } from '../contract/answers.ts';
import type { Core, WithSigner } from '../dependencies.ts';
import type { AccountView } from '../linking/account.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { newId } from '../linking/secrets.ts';
import { sessionId } from '../linking/session.ts';
import { SIGNED_SECONDS } from '../session-assertions/signer.ts';

/**
 * Says in a signed JWT who is signed in, since when and by what, for an audience that the deployment lets know.
 *
 * @throws Problem `invalid_request` for any other audience
 */
export async function assertSession(
  { settings, random, signer }: Core & WithSigner,
  { audience, view, now }: { audience: string; view: AccountView; now: EpochSeconds },
): Promise<AssertionAnswer> {
  const { session } = view;
  if (signer === undefined || !settings.ASSERTION_AUDIENCES.includes(audience)) {
    const errors = [{ path: 'audience', message: 'must be one of ASSERTION_AUDIENCES' }];
    throw new Problem('invalid_request', { errors });
  }
  const { accountId, openedBy, endsAt } = session;
  const openedAt = session.openedAt ?? endsAt - settings.rules.sessionMaxSeconds;
  const assertionId = newId(random);
  const claims = { audience, accountId, sessionId: sessionId(session), openedBy, openedAt, assertionId };
  const assertion = await signer.sign(claims, now);
  return { assertion, expiresAt: toIso(now + SIGNED_SECONDS) };
}
