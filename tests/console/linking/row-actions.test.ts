import { expect, test } from '@jest/globals';
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
