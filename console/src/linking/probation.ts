import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import type { WayIn } from '../../../lib/linking/identity.ts';

/** The method that opened this session, while it is on probation: then the session can be looked at and ended, and nothing else. */
export function findProbation({ methods, session }: Pick<AccountAnswer, 'methods' | 'session'>): {
  readonly provider: WayIn;
  readonly until: string;
} | null {
  const method = methods.find(({ provider }) => provider === session.openedBy);
  const { state, stateUntil: until } = method ?? {};
  return state === 'probation' && until ? { provider: session.openedBy, until } : null;
}
