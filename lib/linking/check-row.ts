import type { Challenge, CheckBinding, PendingCode } from './challenge.ts';
import { checkBudget } from './code-budget.ts';
import { maskEmail } from './email.ts';
import type { Purpose } from './identity.ts';
import { type EpochSeconds, type Rules, toIso } from './rules.ts';
import { roomLeft } from './windows.ts';

/** One of the account page's `checks`; times ISO 8601 UTC. */
export interface CheckRow {
  readonly purpose: Purpose;
  readonly step: 'phone' | 'verified' | 'email';
  readonly sentTo: string | null;
  readonly expiresAt: string | null;
  readonly resendAt: string | null;
  readonly verifiedUntil: string | null;
  readonly attemptsLeft: number | null;
}

/** What a page shows of the check a session has under way, or undefined if it has none. */
export function checkRow(
  purpose: Purpose,
  challenge: Challenge,
  boundTo: CheckBinding,
  now: EpochSeconds,
  rules: Rules,
): CheckRow | undefined {
  const check = challenge.check;
  if (check?.boundTo !== boundTo) return undefined;
  const today = roomLeft(challenge.failures, checkBudget(rules).guesses, now);
  const { verifiedUntil, factor, code, mail } = check;
  const waiting = ({ attempts, expiresAt }: PendingCode, resendAt: EpochSeconds | undefined) => ({
    expiresAt: toIso(expiresAt),
    resendAt: resendAt === undefined ? null : toIso(resendAt),
    attemptsLeft: Math.max(0, Math.min(rules.codeAttempts - attempts, today)),
  });
  if (verifiedUntil === undefined) {
    if (code === undefined || code.expiresAt <= now) return undefined;
    return {
      purpose,
      step: 'phone',
      sentTo: check.sentTo,
      verifiedUntil: null,
      ...waiting(code, challenge.resendAt[factor]),
    };
  }
  if (verifiedUntil <= now) return undefined;
  const open = { purpose, verifiedUntil: toIso(verifiedUntil) };
  if (mail !== undefined && mail.code.expiresAt > now)
    return {
      ...open,
      step: 'email',
      sentTo: maskEmail(mail.address),
      ...waiting(mail.code, challenge.mailResendAt[mail.address]),
    };
  return { ...open, step: 'verified', sentTo: null, expiresAt: null, resendAt: null, attemptsLeft: null };
}
