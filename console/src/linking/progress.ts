import {
  ACTIONS,
  type Account,
  type Action,
  type Check,
  type Method,
  type OauthProvider,
  PROVIDERS,
  type Provider,
  type Purpose,
  type Sent,
} from '../api/types.ts';

/** What an open dialog is at. All of it follows from the account, so that a reload or another tab changes nothing. */
export type Stage = 'check' | 'email' | 'oauth';

export interface Goal {
  readonly action: Action;
  readonly provider: Provider;
}

const GOALS = Object.fromEntries(
  ACTIONS.flatMap((action) =>
    PROVIDERS.map((provider): [Purpose, Goal] => [`${action}_${provider}`, { action, provider }]),
  ),
) as Record<Purpose, Goal>;

export function goalOf(purpose: Purpose): Goal {
  return GOALS[purpose];
}

/** What this page has dialogs for. */
const OFFERED: readonly Action[] = ['link', 'unlink'];

const isPurpose = (text: string): text is Purpose => Object.hasOwn(GOALS, text);

/** A purpose that this page has a dialog for, or null. */
export function parsePurpose(text: string | null): Purpose | null {
  return text !== null && isPurpose(text) && OFFERED.includes(GOALS[text].action) ? text : null;
}

export function isOauth(provider: Provider): provider is OauthProvider {
  return provider !== 'email';
}

export function methodOf(account: Account, provider: Provider): Method | undefined {
  return account.methods.find((method) => method.provider === provider);
}

export function checkOf(account: Account, purpose: Purpose): Check | null {
  return account.checks.find((check) => check.purpose === purpose) ?? null;
}

/** The identity check has been passed, and its action is open by the server's time. */
export function isVerified(check: Check | null, nowMillis: number): boolean {
  return check !== null && check.step !== 'phone' && Date.parse(check.verifiedUntil ?? '') > nowMillis;
}

export function stageOf(account: Account, purpose: Purpose, nowMillis: number): Stage {
  const { action, provider } = goalOf(purpose);
  if (action !== 'link' || !isVerified(checkOf(account, purpose), nowMillis)) return 'check';
  return isOauth(provider) ? 'oauth' : 'email';
}

/** What the dialog was opened for has come true, whoever did it: this tab, another one, or a request whose answer got lost. */
export function isReached(account: Account, purpose: Purpose): boolean {
  const { action, provider } = goalOf(purpose);
  const relation = methodOf(account, provider)?.relation;
  return relation === (action === 'link' ? 'linked' : 'none');
}

/** A dialog that a reload or a visit to WeChat in this tab has closed may be opened again. */
export function mayResume(account: Account, purpose: Purpose): boolean {
  const { action, provider } = goalOf(purpose);
  return isReached(account, purpose) || (methodOf(account, provider)?.actions.includes(action) ?? false);
}

/** What else the account can be entered by, once `provider` is unlinked. */
export function remainingMethods(account: Account, provider: Provider): readonly Method[] {
  return account.methods.filter((method) => method.relation !== 'none' && method.provider !== provider);
}

function withCheck(account: Account, check: Check): Account {
  return {
    ...account,
    checks: [...account.checks.filter((other) => other.purpose !== check.purpose), check],
  };
}

const NOTHING_WAITING = { sentTo: null, expiresAt: null, resendAt: null, attemptsLeft: null };

/** An SMS code is on its way. */
export function afterSmsSent(account: Account, purpose: Purpose, sent: Sent): Account {
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
export function afterVerified(account: Account, purpose: Purpose, verifiedUntil: string): Account {
  return withCheck(account, { purpose, step: 'verified', ...NOTHING_WAITING, verifiedUntil });
}

/** A mail code is on its way, for a check that has been passed. */
export function afterMailSent(account: Account, purpose: Purpose, sent: Sent): Account {
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
  account: Account,
  purpose: Purpose,
  attemptsLeft: number | undefined,
): Account {
  const check = checkOf(account, purpose);
  return check && attemptsLeft !== undefined ? withCheck(account, { ...check, attemptsLeft }) : account;
}

/** A method is as the service has just said; its check is used up. */
export function afterMethodChange(account: Account, purpose: Purpose, changed: Method): Account {
  return {
    ...account,
    methods: account.methods.map((method) => (method.provider === changed.provider ? changed : method)),
    checks: account.checks.filter((check) => check.purpose !== purpose),
  };
}

/** A method is gone, and most likely can be linked again: the next reading of the account tells. */
export function afterUnlinked(account: Account, purpose: Purpose): Account {
  const { provider } = goalOf(purpose);
  return afterMethodChange(account, purpose, {
    provider,
    relation: 'none',
    display: null,
    since: null,
    actions: ['link'],
  });
}
