import { expect, test } from '@jest/globals';
import { findProbation } from '../../../console/src/linking/probation.ts';
import { account, linked, onProbation, registered, suspended } from '../account.ts';

const session = { ...account().session, openedBy: 'email' } as const;

test('a session that was opened by a method on probation can only look, until its end', () => {
  const methods = [onProbation(linked('email')), registered('qq')];
  expect(findProbation(account({ methods, session }))).toEqual({
    provider: 'email',
    until: '2026-11-26T08:00:00.000Z',
  });
});

test.each([
  ['by another method', account({ methods: [onProbation(linked('email')), registered('qq')] })],
  ['by one that is trusted', account({ methods: [linked('email')], session })],
  ['by one that is suspended', account({ methods: [suspended(linked('email'))], session })],
  ['by one that is shown no more', account({ methods: [registered('qq')], session })],
  [
    'by one whose probation has no end',
    account({ methods: [{ ...onProbation(linked('email')), stateUntil: null }], session }),
  ],
])('one that was opened %s can change things', (_how, answer) => {
  expect(findProbation(answer)).toBeNull();
});
