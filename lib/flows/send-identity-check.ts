import type { IdentityCheckSentAnswer } from '../contract/answers.ts';
import type { Core, WithKeys, WithSms } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { type AccountView, requireActionPossible, requireFactor } from '../linking/account.ts';
import type { Purpose } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { stillSignedIn } from '../table/views.ts';
import { sendCheckCode } from './send-code.ts';

/** Begins an identity check with a code to the registered phone. */
export async function sendIdentityCheck(
  dependencies: Core & WithKeys & WithSms,
  caller: Caller,
  { purpose, view, now }: { purpose: Purpose; view: AccountView; now: EpochSeconds },
): Promise<IdentityCheckSentAnswer> {
  const { table, settings } = dependencies;
  const { rules } = settings;
  requireActionPossible(view, purpose, { rules, now });
  const sent = await sendCheckCode(dependencies, caller, {
    view,
    purpose,
    factor: requireFactor(view.account),
    now,
    conditions: stillSignedIn(table, view, purpose, { now, rules }),
  });
  return { purpose, ...sent };
}
