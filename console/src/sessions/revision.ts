import type { AccountAnswer } from '../../../lib/contract/answers.ts';

/** Changes whenever sessions may have been opened or ended: with a method, by a sign-in that is told of, or when this one is renewed. */
export function sessionsRevision({ methods, notices, session }: AccountAnswer): string {
  const states = methods.map(({ provider, relation, since, state }) => [provider, relation, since, state]);
  return JSON.stringify([states, notices.map(({ id }) => id), session.expiresAt]);
}
