import type { AccountAnswer, CheckRow, MethodRow } from '../../lib/contract/answers.ts';
import type { Provider, Purpose } from '../../lib/linking/identity.ts';

/** An account registered by QQ, with nothing linked. */
export function account(overrides: Partial<AccountAnswer> = {}): AccountAnswer {
  return {
    accountId: '100000001',
    name: 'Ming',
    phone: '138****8001',
    methods: [unlinked('email'), unlinked('wechat'), registered('qq')],
    checks: [],
    lastFlow: null,
    frozenUntil: null,
    notices: [],
    preferences: { language: null, notify: 'all' },
    session: { openedBy: 'qq', expiresAt: '2026-11-24T20:00:00.000Z' },
    ...overrides,
  };
}

export function registered(provider: Provider): MethodRow {
  return {
    provider,
    relation: 'registered',
    display: 'Ming',
    since: '2026-01-01T00:00:00.000Z',
    actions: [],
    state: 'active',
    stateUntil: null,
  };
}

export function unlinked(provider: Provider): MethodRow {
  return {
    provider,
    relation: 'none',
    display: null,
    since: null,
    actions: ['link'],
    state: null,
    stateUntil: null,
  };
}

export function linked(provider: Provider): MethodRow {
  return {
    provider,
    relation: 'linked',
    display: 'l***n@example.com',
    since: '2026-11-01T00:00:00.000Z',
    actions: ['unlink'],
    state: 'active',
    stateUntil: null,
  };
}

/** Nobody signs in with it until it is cleared. */
export function suspended(method: MethodRow): MethodRow {
  return { ...method, state: 'suspended' };
}

/** Linked less than 72 hours ago. */
export function onProbation(method: MethodRow): MethodRow {
  return { ...method, state: 'probation', stateUntil: '2026-11-26T08:00:00.000Z' };
}

export function check(purpose: Purpose, overrides: Partial<CheckRow> = {}): CheckRow {
  return {
    purpose,
    step: 'phone',
    sentTo: '138****8001',
    expiresAt: '2026-11-24T08:05:00.000Z',
    resendAt: '2026-11-24T08:01:00.000Z',
    verifiedUntil: null,
    attemptsLeft: 5,
    ...overrides,
  };
}

export function verified(purpose: Purpose): CheckRow {
  return check(purpose, {
    step: 'verified',
    sentTo: null,
    expiresAt: null,
    resendAt: null,
    verifiedUntil: '2026-11-24T08:10:00.000Z',
    attemptsLeft: null,
  });
}
