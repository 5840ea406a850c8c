import type { AccountAnswer, CheckRow, MethodRow, SentAnswer } from '../../../lib/contract/answers.ts';
import {
  type OAuthProviderName,
  type Provider,
  PURPOSES,
  type Purpose,
  parsePurpose,
} from '../../../lib/linking/identity.ts';

/** What an open dialog is at. All of it follows from the account, so that a reload or another tab changes nothing. */
export type Stage = 'check' | 'email' | 'oauth';

/** Each purpose has a dialog. */
export function findPurpose(text: string | null): Purpose | null {
  return PURPOSES.find((purpose) => purpose === text) ?? null;
}

export function isOauth(provider: Provider): provider is OAuthProviderName {
  return provider !== 'email';
}

export function methodOf(account: AccountAnswer, provider: Provider): MethodRow | undefined {
  return account.methods.find((method) => method.provider === provider);
}

export function checkOf(account: AccountAnswer, purpose: Purpose): CheckRow | null {
  return account.checks.find((check) => check.purpose === purpose) ?? null;
}

/** The identity check has been passed, and its action is open by the server's time. */
export function isVerified(check: CheckRow | null, nowMillis: number): boolean {
  return check !== null && check.step !== 'phone' && Date.parse(check.verifiedUntil ?? '') > nowMillis;
}

export function stageOf(account: AccountAnswer, purpose: Purpose, nowMillis: number): Stage {
  const { action, provider } = parsePurpose(purpose);
  if (action !== 'link' || !isVerified(checkOf(account, purpose), nowMillis)) return 'check';
  return isOauth(provider) ? 'oauth' : 'email';
}

/** What the dialog was opened for has come true, no matter what did it: this tab, another one, or a request whose answer got lost. */
export function isReached(account: AccountAnswer, purpose: Purpose): boolean {
  const { action, provider } = parsePurpose(purpose);
  const relation = methodOf(account, provider)?.relation;
  return relation === (action === 'link' ? 'linked' : 'none');
}

/** A dialog that a reload or a visit to WeChat in this tab has closed may be opened again. */
export function mayResume(account: AccountAnswer, purpose: Purpose): boolean {
  const { action, provider } = parsePurpose(purpose);
  return isReached(account, purpose) || (methodOf(account, provider)?.actions.includes(action) ?? false);
}

/** What else the account can be entered by, once `provider` is unlinked. */
export function remainingMethods(account: AccountAnswer, provider: Provider): readonly MethodRow[] {
  return account.methods.filter((method) => method.relation !== 'none' && method.provider !== provider);
}

function withCheck(account: AccountAnswer, check: CheckRow): AccountAnswer {
  return {
    ...account,
    checks: [...account.checks.filter((other) => other.purpose !== check.purpose), check],
  };
}

const NOTHING_WAITING = { sentTo: null, expiresAt: null, resendAt: null, attemptsLeft: null };

/** An SMS code is on its way. */
export function afterSmsSent(account: AccountAnswer, purpose: Purpose, sent: SentAnswer): AccountAnswer {
  const { sentTo, expiresAt, resendAt } = sent;
  return withCheck(account, {
    purpose,
    step: 'phone',
    sentTo,
    expiresAt,
    resendAt,
    verifiedUntil: null,
    attemptsLeft: null,
  });
}

/** The identity check has been passed. */
export function afterVerified(
  account: AccountAnswer,
  purpose: Purpose,
  verifiedUntil: string,
): AccountAnswer {
  return withCheck(account, { purpose, step: 'verified', ...NOTHING_WAITING, verifiedUntil });
}

/** A mail code is on its way, for a check that has been passed. */
export function afterMailSent(account: AccountAnswer, purpose: Purpose, sent: SentAnswer): AccountAnswer {
  const { sentTo, expiresAt, resendAt } = sent;
  const verifiedUntil = checkOf(account, purpose)?.verifiedUntil ?? null;
  return withCheck(account, {
    purpose,
    step: 'email',
    sentTo,
    expiresAt,
    resendAt,
    verifiedUntil,
    attemptsLeft: null,
  });
}

/** A guess was wrong. */
export function afterWrongCode(
  account: AccountAnswer,
  purpose: Purpose,
  attemptsLeft: number | undefined,
): AccountAnswer {
  const check = checkOf(account, purpose);
  return check && attemptsLeft !== undefined ? withCheck(account, { ...check, attemptsLeft }) : account;
}

/** A method is as the service has just said; its check is used up. */
export function afterMethodChange(
  account: AccountAnswer,
  purpose: Purpose,
  changed: MethodRow,
): AccountAnswer {
  return {
    ...account,
    methods: account.methods.map((method) => (method.provider === changed.provider ? changed : method)),
    checks: account.checks.filter((check) => check.purpose !== purpose),
  };
}

/** A method is gone, and most likely can be linked again: the next reading of the account tells. */
export function afterUnlinked(account: AccountAnswer, purpose: Purpose): AccountAnswer {
  const { provider } = parsePurpose(purpose);
  return afterMethodChange(account, purpose, {
    provider,
    relation: 'none',
    display: null,
    since: null,
    actions: ['link'],
  });
}
