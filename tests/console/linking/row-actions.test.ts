import { describe, expect, test } from '@jest/globals';
import {
  afterCleared,
  afterOnlyKept,
  isProvedAnew,
  isReached,
  mayResume,
  remainingMethods,
  replaceMark,
  waysInto,
} from '../../../console/src/linking/progress.ts';
import { canKeepOnly, rowActions, rowPurpose } from '../../../console/src/linking/row-actions.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { account, linked, registered, suspended, unlinked } from '../account.ts';

const actionsIn = (answer: AccountAnswer) =>
  Object.fromEntries(answer.methods.map((row) => [row.provider, rowActions(answer, row).join()]));

test('what is suspended can be cleared, and unlinked all the same', () => {
  const methods = [suspended(linked('email')), unlinked('wechat'), suspended(registered('qq'))];
  const answer = account({ methods, session: { ...account().session, openedBy: 'wechat' } });
  expect(actionsIn(answer)).toEqual({ email: 'clear,unlink', wechat: 'link', qq: 'clear' });
});

test('an address that mail has come back from can be verified again, whatever else can be done about it', () => {
  const mailStopped = { reason: 'bounced', at: '2026-11-24T08:00:00.000Z' } as const;
  for (const method of [linked('email'), registered('email')]) {
    const stopped = { ...method, mailStopped };
    const answer = account({ methods: [stopped, registered('qq')] });
    expect(rowActions(answer, stopped)).toEqual(['prove', ...method.actions]);
    expect(rowPurpose('prove', stopped)).toBe('replace_email');
    const before = replaceMark(stopped);
    expect(isReached(answer, 'replace_email', before)).toBe(false);
    expect(mayResume(answer, 'replace_email', before)).toBe(true);
    const proved = account({ methods: [method, registered('qq')] });
    expect(isReached(proved, 'replace_email', before)).toBe(true);
    expect(isProvedAnew(method, before)).toBe(true);
    const other = { ...linked('email'), since: '2026-11-24T09:00:00.000Z' };
    expect(isReached(account({ methods: [other] }), 'replace_email', before)).toBe(true);
    expect(isProvedAnew(other, before)).toBe(false);
  }
});

test('one method is kept alone from the row of the one that this session was opened by', () => {
  const answer = account({ methods: [linked('email'), unlinked('wechat'), registered('qq')] });
  expect(actionsIn(answer)).toEqual({ email: 'unlink', wechat: 'link', qq: 'only' });
});

test.each([
  ['it is the only one', [unlinked('email'), registered('qq')]],
  ['every other is suspended', [suspended(linked('email')), registered('qq')]],
] as const)('nothing is offered to be kept alone where %s', (_where, methods) => {
  const answer = account({ methods: [...methods] });
  expect(canKeepOnly(answer)).toBe(false);
  expect(actionsIn(answer)['qq']).toBe('');
});

test('an action opens the dialog of its purpose', () => {
  expect(rowPurpose('clear', linked('email'))).toBe('clear_email');
  expect(rowPurpose('only', registered('qq'))).toBe('only');
});

describe('the company’s own login', () => {
  const own = (state: 'active' | 'suspended', openedBy: 'qq' | 'assertion' = 'qq') =>
    account({
      methods: [unlinked('email'), registered('qq')],
      ownLogin: { state },
      session: { ...account().session, openedBy },
    });
  const row = (answer: AccountAnswer) => waysInto(answer).filter(({ provider }) => provider === 'assertion');

  test('is one more way in, if there is one', () => {
    expect(row(account())).toEqual([]);
    expect(remainingMethods(own('active'), 'qq')).toMatchObject([{ provider: 'assertion' }]);
    expect(remainingMethods(own('suspended'), 'qq')).toEqual([]);
  });

  test('can be cleared where it is suspended, and kept alone by a session of its own', () => {
    const actions = (answer: AccountAnswer) => row(answer).map((one) => rowActions(answer, one).join());
    expect(actions(own('suspended'))).toEqual(['clear']);
    expect(actions(own('active'))).toEqual(['']);
    expect(actions(own('active', 'assertion'))).toEqual(['only']);
    for (const one of row(own('suspended'))) expect(rowPurpose('clear', one)).toBe('clear_assertion');
  });

  test('is what was done about it, before the account is read again', () => {
    const cleared = afterCleared(own('suspended'), 'assertion');
    expect(cleared.ownLogin).toEqual({ state: 'active' });
    expect(isReached(cleared, 'clear_assertion')).toBe(true);
    expect(isReached(own('suspended'), 'clear_assertion')).toBe(false);
    expect(afterOnlyKept(own('active'), []).ownLogin).toEqual({ state: 'suspended' });
    expect(afterOnlyKept(own('active', 'assertion'), []).ownLogin).toEqual({ state: 'active' });
    expect(afterOnlyKept(account(), []).ownLogin).toBeUndefined();
  });
});
