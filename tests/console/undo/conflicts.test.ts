import { describe, expect, test } from '@jest/globals';
import { FAILURE_CODES } from '../../../client/src/failure.ts';
import { CATALOGUE } from '../../../console/src/texts/catalogue.ts';
import { explain } from '../../../console/src/texts/explain.ts';
import { isSettled, isSpent } from '../../../console/src/undo/conflicts.ts';
import { LANGUAGES } from '../../../lib/linking/language.ts';

describe('restoring', () => {
  test('is over where the identity has another owner, or there is no phone', () => {
    for (const code of [
      'identity_linked',
      'identity_registered',
      'identity_sub_account',
      'phone_missing',
    ] as const)
      expect([code, isSettled(code), isSpent(code)]).toEqual([code, true, true]);
  });

  test('goes on after a wrong code, another choice or a lost connection, with the same code', () => {
    for (const code of ['code_wrong', 'not_linked', 'network_error', 'unavailable'] as const)
      expect([code, isSettled(code), isSpent(code)]).toEqual([code, false, false]);
  });

  test('goes on with a new code where the old one is of no more use', () => {
    for (const code of ['code_expired', 'too_many_attempts'] as const)
      expect([code, isSettled(code), isSpent(code)]).toEqual([code, false, true]);
  });

  test('never asks to choose another identity: whoever reads this wants the one they had', () => {
    const provider = { inline: 'X', initial: 'X' };
    for (const language of LANGUAGES) {
      for (const code of FAILURE_CODES.filter((each) => isSettled(each) && each.startsWith('identity_'))) {
        const { next } = explain(CATALOGUE[language].errors, language, code, { context: 'undo', provider });
        expect(next).toMatch(/客服|support/);
      }
    }
  });
});
