import { createHash } from 'node:crypto';
import { AssertionInvalid, JTI_KEPT_SECONDS } from '../linking/assertion.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { type Fragment, put, type Table } from './client.ts';
import { keys } from './keys.ts';

/** An assertion is used now, and was not used before. Refused with AssertionInvalid. */
export function assertionUsed(
  table: Table,
  of: { readonly issuer: string; readonly jti: string },
  now: EpochSeconds,
): Fragment {
  const isUnused = { if: 'attribute_not_exists(pk) OR expiresAt <= :now', values: { ':now': now } };
  const id = createHash('sha256')
    .update(JSON.stringify([of.issuer, of.jti]))
    .digest('base64url');
  const item = { expiresAt: now + JTI_KEPT_SECONDS };
  return put(table, keys.assertion(id), item, isUnused, () => new AssertionInvalid('used'));
}
