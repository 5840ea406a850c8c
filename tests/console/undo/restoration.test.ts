import { expect, test } from '@jest/globals';
import { firstChoice, restoreChoices, restoredBy } from '../../../console/src/undo/restoration.ts';

test('what was before can be put back, or one method be kept alone', () => {
  const choices = restoreChoices({ restore: 'unlink', only: ['email', 'qq'] });
  expect(choices).toEqual(['all', 'email', 'qq']);
  expect(firstChoice(choices)).toBe('all');
});

test('where there is nothing to put back, nobody has chosen yet which method is kept', () => {
  const choices = restoreChoices({ restore: null, only: ['qq'] });
  expect(choices).toEqual(['qq']);
  expect(firstChoice(choices)).toBeNull();
  expect(firstChoice([])).toBeNull();
});

test('what has come of it is what was chosen, and not what could have been', () => {
  expect(restoredBy({ restore: 'unlink' }, 'wechat')).toEqual({ kept: 'wechat' });
  expect(restoredBy({ restore: 'unlink' }, 'all')).toEqual({ way: 'unlink' });
  expect(restoredBy({ restore: null }, 'all')).toBeNull();
});
