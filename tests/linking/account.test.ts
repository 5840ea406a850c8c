import { describe, expect, test } from '@jest/globals';
import {
  type Account,
  type AccountId,
  type IdentityMethod,
  isRenewalDue,
  type Method,
  methodRow,
  methodRows,
  methodState,
  requireActionPossible,
  requireFactor,
  type Session,
  sessionExpiresAt,
} from '../../lib/linking/account.ts';
import {
  PROVIDERS,
  type Provider,
  PURPOSES,
  parsePurpose,
  type Subject,
} from '../../lib/linking/identity.ts';
import { maskPhone, type PhoneNumber } from '../../lib/linking/phone.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { secondsUntil, toIso } from '../../lib/linking/rules.ts';
import type { TokenHash } from '../../lib/linking/secrets.ts';
import { testSettings } from '../support/settings.ts';

const { rules } = testSettings();

const account: Account = {
  accountId: '100000001' as AccountId,
  name: '小明',
  phone: '+8613800138001' as PhoneNumber,
};
const method = (provider: Provider, relation: Method['relation']): IdentityMethod => ({
  methodId: `method-${provider}`,
  provider,
  relation,
  subjects: [`subject-${provider}` as Subject],
  display: provider === 'email' ? 'alice@example.com' : '小明',
  since: 0,
});
const NOW = 1_000_000_000;
const methodsOf = (...list: Method[]) => new Map(list.map((one) => [one.provider, one]));

describe('the providers of the account page', () => {
  const shown = (signInProviders: Provider[], ...methods: Method[]) =>
    methodRows({ account, methods: methodsOf(...methods) }, { ...rules, signInProviders }, NOW).map(
      ({ provider }) => provider,
    );

  test('are of what is signed in with, and of what the account has from before', () => {
    expect(shown(['email', 'wechat', 'qq'])).toEqual(['email', 'wechat', 'qq']);
    expect(shown(['wechat', 'email'])).toEqual(['email', 'wechat']);
    expect(shown(['email'], method('qq', 'registered'))).toEqual(['email', 'qq']);
  });
});

describe('purposes', () => {
  test('are an action at each provider, clearing the company’s own login, and what is of the whole account', () => {
    const ofProviders = ['link', 'unlink', 'replace', 'clear'].flatMap((action) =>
      PROVIDERS.map((provider) => `${action}_${provider}`),
    );
    const others = ['clear_assertion', 'only', 'preferences', 'export'];
    expect([...PURPOSES].sort()).toEqual([...ofProviders, ...others].sort());
    for (const purpose of PURPOSES) {
      const { action, provider } = parsePurpose(purpose);
      expect(provider === undefined ? action : `${action}_${provider}`).toBe(purpose);
    }
  });
});

describe('whether an action is possible, and can be allowed by a check', () => {
  const refusal = (view: { account?: Account; methods?: Method[] }, purpose: (typeof PURPOSES)[number]) => {
    try {
      const { account: of = account, methods = [method('qq', 'registered')] } = view;
      requireActionPossible({ account: of, methods: methodsOf(...methods) }, purpose, { rules, now: NOW });
      requireFactor(of);
      return undefined;
    } catch (error) {
      return error instanceof Problem ? error.code : error;
    }
  };
  const noPhone: Account = { accountId: account.accountId, name: account.name };
  const sub: Account = { ...noPhone, parentId: account.accountId };
  const linked = [method('qq', 'registered'), method('email', 'linked')];

  test('is told by the first reason why not', () => {
    expect(refusal({}, 'link_email')).toBeUndefined();
    expect(refusal({}, 'link_wechat')).toBeUndefined();
    expect(refusal({ methods: linked }, 'unlink_email')).toBeUndefined();
    expect(refusal({}, 'unlink_email')).toBe('not_linked');
    expect(refusal({}, 'unlink_qq')).toBe('registered_method');
    expect(refusal({ methods: linked }, 'replace_email')).toBeUndefined();
    expect(refusal({}, 'replace_email')).toBe('not_linked');
    expect(refusal({ methods: [method('wechat', 'registered')] }, 'replace_wechat')).toBe(
      'registered_method',
    );
    expect(refusal({ methods: [method('qq', 'linked')] }, 'replace_qq')).toBe('not_linkable');
    const frozen = { ...account, frozenUntil: NOW + 1 };
    for (const purpose of ['link_wechat', 'replace_email', 'preferences', 'export'] as const)
      expect(refusal({ account: frozen, methods: linked }, purpose)).toBe('account_frozen');
    for (const purpose of ['unlink_email', 'only'] as const)
      expect(refusal({ account: frozen, methods: linked }, purpose)).toBeUndefined();
    expect(refusal({ methods: linked }, 'link_email')).toBe('already_linked');
    expect(refusal({ methods: [method('email', 'registered')] }, 'link_qq')).toBe('not_linkable');
    expect(refusal({ methods: [method('email', 'registered')] }, 'link_email')).toBe('registered_method');
    expect(refusal({ account: noPhone }, 'link_email')).toBe('phone_missing');
    expect(refusal({ account: noPhone, methods: linked }, 'link_email')).toBe('already_linked');
    for (const purpose of PURPOSES) expect(refusal({ account: sub }, purpose)).toBe('sub_account');
  });
});

describe('the rows of the account page', () => {
  test('are one a provider, with what can be done about it', () => {
    const view = { account, methods: methodsOf(method('qq', 'registered'), method('email', 'linked')) };
    const since = '1970-01-01T00:00:00.000Z';
    const active = { since, state: 'active', stateUntil: null };
    expect(methodRows(view, rules, NOW)).toEqual([
      {
        provider: 'email',
        relation: 'linked',
        display: 'a***e@example.com',
        actions: ['unlink', 'replace'],
        ...active,
      },
      {
        provider: 'wechat',
        relation: 'none',
        display: null,
        since: null,
        actions: ['link'],
        state: null,
        stateUntil: null,
      },
      { provider: 'qq', relation: 'registered', display: '小明', actions: [], ...active },
    ]);
  });

  test.each<[string, Partial<IdentityMethod>, number, string]>([
    ['is linked', {}, 72 * 3600 - 1, 'probation'],
    ['was linked 72 hours ago', {}, 72 * 3600, 'active'],
    ['was imported', { imported: true }, 0, 'active'],
    ['was registered', { relation: 'registered' }, 0, 'active'],
    ['is suspended', { suspended: true }, 0, 'suspended'],
  ])('say how far a method is trusted that %s', (_name, more, now, state) => {
    const one = { ...method('email', 'linked'), ...more };
    expect(methodRow(one, rules, now)).toMatchObject({
      state,
      stateUntil: state === 'probation' ? '1970-01-04T00:00:00.000Z' : null,
    });
    expect(methodState(one, { ...rules, probationSeconds: 0 }, 0)).toBe(
      state === 'probation' ? 'active' : state,
    );
  });
});

describe('the mask of a phone', () => {
  test.each([
    ['+8613800138001', '138****8001'],
    ['+8619912345678', '199****5678'],
    ['+15005550006', '+15****06'],
    ['+85212345678', '+85****78'],
    ['+861380013800', '+86****00'],
  ])('of %s is %s', (phone, masked) => {
    expect(maskPhone(phone as PhoneNumber)).toBe(masked);
  });
});

describe('the life of a session', () => {
  const session = (expiresAt: number): Session => ({
    accountId: account.accountId,
    hash: 'hash' as TokenHash,
    openedBy: 'qq',
    methodId: 'method-qq',
    expiresAt,
    endsAt: 43_200,
  });

  test('goes on from each use, and never beyond its end', () => {
    expect(sessionExpiresAt(43_200, 0, rules)).toBe(3600);
    expect(sessionExpiresAt(43_200, 39_600, rules)).toBe(43_200);
    expect(sessionExpiresAt(43_200, 40_000, rules)).toBe(43_200);
  });

  test('is written anew by a read once that makes a difference', () => {
    expect(isRenewalDue(session(3600), 300, rules)).toBe(false);
    expect(isRenewalDue(session(3600), 301, rules)).toBe(true);
    expect(isRenewalDue(session(43_200), 43_000, rules)).toBe(false);
  });
});

test('times are ISO 8601 UTC, and waits whole seconds of at least one', () => {
  expect(toIso(1_795_514_400)).toBe('2026-11-24T10:00:00.000Z');
  expect(secondsUntil(100, 40)).toBe(60);
  expect(secondsUntil(100, 100)).toBe(1);
  expect(secondsUntil(100, 200)).toBe(1);
});
