import type { CallbackResult } from './provider.ts';

const VISIBLE_ASCII = /^[!-~]{1,512}$/;

/**
 * Reads the query of a callback; what counts as a refusal is up to the provider.
 *
 * A parameter that comes twice makes the whole query malformed: a reader of the first and a reader of the last
 * would see two different answers (RFC 6749, section 3.1: parameters must not be included more than once).
 *
 * @param judge what the provider's own parameters say, given the code ('' where there is none)
 */
export function readCallback(
  query: URLSearchParams,
  judge: (code: string) => 'code' | 'denied' | 'malformed',
): CallbackResult {
  const names = [...query.keys()];
  const states = query.getAll('state');
  const state = states.length === 1 ? states[0] : undefined;
  if (state === undefined || !VISIBLE_ASCII.test(state)) return { kind: 'malformed' };
  if (new Set(names).size !== names.length) return { kind: 'malformed', state };

  const code = query.get('code') ?? '';
  const verdict = judge(code);
  if (verdict === 'denied') return { kind: 'denied', state };
  if (verdict === 'malformed' || !VISIBLE_ASCII.test(code)) return { kind: 'malformed', state };
  return { kind: 'code', state, code };
}
