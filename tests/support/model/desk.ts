import { endEverySession, record } from './accounts.ts';
import { registeredOf } from './company.ts';
import { release } from './identities.ts';
import { proveMail } from './mail.ts';
import { destinationsOf, tellOwner } from './notices.ts';
import { type Label, methodOf, PROVIDERS, type Provider, type State, shown } from './state.ts';
import { clear } from './suspensions.ts';

/** What the support desk may do for an account; `provider` says of which method, where it is about one. */
export interface Help {
  readonly does: 'end sessions' | 'unlink' | 'unfreeze' | 'clear';
  readonly account: string;
  readonly provider: Provider;
}

/** Whether there is such a method to do it to; the rest can always be done. */
function isPossible(state: State, { does, account, provider }: Help): boolean {
  const method = methodOf(state, account, provider);
  if (does === 'unlink') return method?.relation === 'linked' && !state.accounts[account]?.isSub;
  return does !== 'clear' || method?.isSuspended === true || method?.mailStoppedAt !== undefined;
}

const isFrozen = ({ accounts, now }: State, account: string) => (accounts[account]?.frozenUntil ?? 0) > now;

/** What takes something back from an account, or gives it back. */
export function usefulTo(state: State, account: string): Help[] {
  const ofMethods = PROVIDERS.flatMap((provider) =>
    (['unlink', 'clear'] as const).map((does): Help => ({ does, account, provider })),
  );
  const possible = ofMethods.filter((help) => isPossible(state, help));
  return isFrozen(state, account)
    ? [...possible, { does: 'unfreeze', account, provider: 'email' }]
    : possible;
}

/** The support desk helps: the history says so beside what was done, and the owner is told. What is refused changes nothing. */
export function helpOut(draft: State, help: Help, by: Label): void {
  const { does, account: accountId, provider } = help;
  const account = draft.accounts[accountId];
  const [registeredAt, registered] = registeredOf(draft, accountId) ?? [];
  if (!account || !registeredAt || !registered || !isPossible(draft, help)) return;
  const method = does === 'unlink' || does === 'clear' ? methodOf(draft, accountId, provider) : undefined;
  const about = method
    ? { provider, display: method.display }
    : { provider: registeredAt, display: registered.display };
  const display = shown(about.provider, about.display);
  // A link opens nothing for a sub-account.
  const destinations = destinationsOf(draft, accountId).map((to) => ({
    ...to,
    hasLink: to.hasLink && !account.isSub,
  }));
  const doing = { byOperator: true, destinations } as const;
  const ofAccount = { provider: about.provider, display, method: { subjects: [], display }, ...doing };
  switch (does) {
    case 'end sessions':
      endEverySession(draft, accountId, by);
      tellOwner(draft, accountId, by, { type: 'signed_out', ...ofAccount });
      break;
    case 'unfreeze':
      if (isFrozen(draft, accountId)) {
        account.frozenUntil = draft.now;
        tellOwner(draft, accountId, by, { type: 'unfrozen', ...ofAccount });
      }
      break;
    case 'clear':
      clear(draft, accountId, provider, { by, ...doing });
      if (method?.mailStoppedAt !== undefined) proveMail(draft, accountId);
      break;
    case 'unlink':
      if (method) {
        release(draft, accountId, provider);
        tellOwner(draft, accountId, by, { type: 'unlinked', provider, method, before: method, ...doing });
      }
  }
  record(draft, accountId, { type: 'operator', provider: about.provider, display });
}

/** The request that asks for it. */
export function requestOf({ does, account, provider }: Help): [method: string, path: string, query: string] {
  const reason = 'reason=asked';
  const of = `/operator/accounts/${account}`;
  switch (does) {
    case 'end sessions':
      return ['DELETE', `${of}/sessions`, reason];
    case 'unlink':
      return ['DELETE', `${of}/links/${provider}`, reason];
    case 'unfreeze':
      return ['POST', `${of}/unfreeze`, reason];
    case 'clear':
      return ['POST', `${of}/unfreeze`, `${reason}&provider=${provider}`];
  }
}
