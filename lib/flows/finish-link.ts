import type { Core } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import {
  type AccountView,
  challengeOf,
  type IdentityMethod,
  type LinkAction,
  linkAction,
  requireActionPossible,
  requireFactor,
  resolveFlow,
} from '../linking/account.ts';
import { consumeCheck, requireVerified } from '../linking/challenge.ts';
import type { OAuthProviderName } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Token } from '../linking/secrets.ts';
import { type Scan, scanUsed } from '../table/scans.ts';
import { linkIdentity, recordRefusal } from './link.ts';

export interface FinishForm {
  readonly provider: OAuthProviderName;
  readonly flowId: string;
  /** Undefined if what was sent can't be one. */
  readonly code: Token | undefined;
}

/** What a session has to say of a scan is said by the one that began the flow, for what it began it. @throws Problem `code_expired` */
function requireScan(
  scan: Scan | undefined,
  { session }: AccountView,
  { provider, flowId, code, action }: FinishForm & { readonly action: LinkAction },
  now: EpochSeconds,
): { readonly scan: Scan; readonly code: Token } {
  const isGood =
    scan !== undefined &&
    scan.provider === provider &&
    scan.intent === action &&
    scan.flowId === flowId &&
    scan.sessionHash === session.hash &&
    scan.expiresAt > now;
  if (!isGood || code === undefined) throw new Problem('code_expired');
  return { scan, code };
}

/**
 * Links who has scanned in a window: the session that began the flow brings the code that the window ended with, and so says that it was
 * a window of its own. Uses up scan and check with it; a person who is somebody else's uses up the scan alone.
 */
export async function finishLink(
  dependencies: Core,
  caller: Caller,
  {
    form,
    kept,
    view,
    now,
  }: { form: FinishForm; kept: Scan | undefined; view: AccountView; now: EpochSeconds },
): Promise<IdentityMethod> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  const action = linkAction(view, form.provider);
  const purpose = `${action}_${form.provider}` as const;
  requireActionPossible(view, purpose, { rules, now });
  requireFactor(view.account);
  const challenge = challengeOf(view, purpose);
  requireVerified(challenge, view.session.hash, now);
  const { scan, code } = requireScan(kept, view, { ...form, action }, now);
  const { identity, flowId, provider } = scan;
  const change = (result: string) => {
    const endsFlow = resolveFlow(view, { flowId, provider, intent: action }, result, now);
    return { view, now, action, also: [scanUsed(table, code, now)], ...(endsFlow && { endsFlow }) };
  };
  try {
    const linked = {
      ...change(action === 'link' ? 'linked' : 'replaced'),
      challenge: consumeCheck(challenge),
    };
    return await linkIdentity(dependencies, caller, identity, linked);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await recordRefusal(dependencies, caller, identity, error, change(error.code));
    throw error;
  }
}
