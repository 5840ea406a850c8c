import type { AccountAnswer, CheckRow, MethodRow, SentAnswer } from '../../../lib/contract/answers.ts';
import {
  OAUTH_PROVIDERS,
  type OAuthProviderName,
  PURPOSES,
  type Purpose,
  parsePurpose,
  type WayIn,
} from '../../../lib/linking/identity.ts';
import { formatPreferences, parsePreferences } from '../own/chosen.ts';

/** What an open dialog is at. All of it follows from the account, so that a reload or another tab changes nothing. */
export type Stage = 'check' | 'email' | 'oauth';

/** Each purpose has a dialog. */
export function findPurpose(text: string | null): Purpose | null {
  return PURPOSES.find((purpose) => purpose === text) ?? null;
}

export function isOauth(provider: WayIn | undefined): provider is OAuthProviderName {
  return OAUTH_PROVIDERS.some((one) => one === provider);
}

/** Whether an action has dialogs to come once the identity is checked: it links, or links in place of what is linked. */
export function isLinking(purpose: Purpose): boolean {
  const { action } = parsePurpose(purpose);
  return action === 'link' || action === 'replace';
}

/** A way into the account as the page lists it. */
export type WayRow = Omit<MethodRow, 'provider'> & { readonly provider: WayIn };

/** Every way into the account: the methods, and the company's own login, of which the service tells apart. */
export function waysInto({ accountId, methods, ownLogin }: AccountAnswer): readonly WayRow[] {
  if (!ownLogin) return methods;
  return [
    ...methods,
    {
      provider: 'assertion',
      relation: 'registered',
      // What it knows the account by.
      display: accountId,
      since: null,
      actions: [],
      state: ownLogin.state,
      stateUntil: null,
    },
  ];
}

export function methodOf(account: AccountAnswer, provider: WayIn): WayRow | undefined {
  return waysInto(account).find((method) => method.provider === provider);
}

/** Marks that mail had come back from what is to be replaced: then the same once more is enough. */
const STOPPED = '/stopped';

/** What tells a method from the one that takes its place, or from itself once its address is proved anew. */
export function replaceMark(method: WayRow | undefined): string | null {
  if (!method?.mailStopped) return method?.since ?? null;
  return `${method.since ?? ''}${STOPPED}`;
}

/** Whether a method is the one of before, which mail reaches again. @param before its `replaceMark` */
export function isProvedAnew(method: WayRow | undefined, before: string | null): boolean {
  const isOfMark = before?.endsWith(STOPPED) && `${method?.since ?? ''}${STOPPED}` === before;
  return isOfMark === true && method !== undefined && method.relation !== 'none' && !method.mailStopped;
}

function isReplaced(method: WayRow | undefined, before: string | null): boolean {
  if (isProvedAnew(method, before)) return true;
  return method?.relation === 'linked' && method.since !== (before?.replace(STOPPED, '') ?? null);
}

export function checkOf(account: AccountAnswer, purpose: Purpose): CheckRow | null {
  return account.checks.find((check) => check.purpose === purpose) ?? null;
}

/** The identity check has been passed, and its action is open by the server's time. */
export function isVerified(check: CheckRow | null, nowMillis: number): boolean {
  return check !== null && check.step !== 'phone' && Date.parse(check.verifiedUntil ?? '') > nowMillis;
}

/** The method that a purpose is about: to keep one alone is about the one that this session was opened by. */
export function providerOf(account: AccountAnswer, purpose: Purpose): WayIn {
  return parsePurpose(purpose).provider ?? account.session.openedBy;
}

export function stageOf(account: AccountAnswer, purpose: Purpose, nowMillis: number): Stage {
  if (!isLinking(purpose) || !isVerified(checkOf(account, purpose), nowMillis)) return 'check';
  return isOauth(parsePurpose(purpose).provider) ? 'oauth' : 'email';
}

const isUsable = ({ relation, state }: WayRow) => relation !== 'none' && state !== 'suspended';

/** What else the account can be entered by than by `provider`. */
export function remainingMethods(account: AccountAnswer, provider: WayIn): readonly WayRow[] {
  return waysInto(account).filter((method) => isUsable(method) && method.provider !== provider);
}

/**
 * What the dialog was opened for has come true, no matter what did it: this tab, another one, or a request whose answer got lost.
 *
 * @param before the `replaceMark` of what is to be replaced; the preferences that are to be
 */
export function isReached(account: AccountAnswer, purpose: Purpose, before: string | null = null): boolean {
  const provider = providerOf(account, purpose);
  const method = methodOf(account, provider);
  switch (parsePurpose(purpose).action) {
    case 'link':
      return method?.relation === 'linked';
    case 'replace':
      return isReplaced(method, before);
    case 'unlink':
      return method?.relation === 'none';
    case 'preferences':
      return formatPreferences(account.preferences) === before;
    // The account shows nothing of it: the answer does.
    case 'export':
      return false;
    case 'clear':
      return method !== undefined && isUsable(method);
    case 'only':
      return remainingMethods(account, provider).length === 0;
  }
}

/** A dialog that a reload or a visit to WeChat in this tab has closed may be opened again. */
export function mayResume(account: AccountAnswer, purpose: Purpose, before: string | null = null): boolean {
  if (isReached(account, purpose, before)) return true;
  const { action, provider } = parsePurpose(purpose);
  if (provider === undefined) return action !== 'preferences' || parsePreferences(before) !== null;
  const method = methodOf(account, provider);
  if (action === 'replace' && method?.mailStopped) return true;
  return action === 'clear' ? method?.state === 'suspended' : (method?.actions.includes(action) ?? false);
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

/** Preferences are as the service has just said; their check is used up. */
export function afterPreferencesSet(
  account: AccountAnswer,
  preferences: AccountAnswer['preferences'],
): AccountAnswer {
  const checks = account.checks.filter((check) => check.purpose !== 'preferences');
  return { ...account, preferences, checks };
}

/** A method is gone, and most likely can be linked again: the next reading of the account tells. */
export function afterUnlinked(account: AccountAnswer, provider: MethodRow['provider']): AccountAnswer {
  return afterMethodChange(account, `unlink_${provider}`, {
    provider,
    relation: 'none',
    display: null,
    since: null,
    actions: ['link'],
    state: null,
    stateUntil: null,
  });
}

/** A method can be used again; whether it is on probation still, the next reading of the account tells. */
export function afterCleared(account: AccountAnswer, provider: WayIn): AccountAnswer {
  if (provider === 'assertion') {
    const checks = account.checks.filter((check) => check.purpose !== 'clear_assertion');
    return { ...account, checks, ownLogin: { state: 'active' } };
  }
  const method = account.methods.find((one) => one.provider === provider);
  return method
    ? afterMethodChange(account, `clear_${provider}`, { ...method, state: 'active', stateUntil: null })
    : account;
}

/** One method alone is kept, as the service has just said. */
export function afterOnlyKept(account: AccountAnswer, methods: readonly MethodRow[]): AccountAnswer {
  const { session, ownLogin } = account;
  const state = session.openedBy === 'assertion' ? 'active' : 'suspended';
  return {
    ...account,
    methods,
    checks: account.checks.filter((check) => check.purpose !== 'only'),
    ...(ownLogin && { ownLogin: { state } }),
  };
}
