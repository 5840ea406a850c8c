import { expect, test } from '@jest/globals';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { viewOf } from '../../../console/src/undo/views.ts';

const AT = '2026-11-24T10:00:00.000Z';
const parseDevice = () => ({ browser: null, system: null });

const told = (story: Partial<UndoStory>) =>
  viewOf({
    phase: 'told',
    parseDevice,
    story: {
      type: 'linked',
      isAttempt: false,
      provider: 'wechat',
      display: 'Lin',
      at: AT,
      ip: '203.0.*.*',
      device: '',
      expiresAt: AT,
      confirmedAt: null,
      restoredAt: null,
      restore: null,
      only: [],
      frozenUntil: null,
      language: null,
      ...story,
    },
  });

test.each([
  ['linked', 'unlink', 'asked'],
  ['unlinked', 'link', 'asked'],
  ['replaced', 'link', 'asked'],
  ['signed_in', 'clear', 'asked'],
  ['signed_out', 'clear', 'asked'],
  ['locked', 'clear', 'asked'],
  ['cleared', null, 'asked'],
  ['cleared', 'clear', 'direct'],
  ['suspended', 'clear', 'direct'],
  ['frozen', null, 'direct'],
] as const)('after %s, with %s to do, the link begins at %s', (type, restore, view) => {
  expect(told({ type, restore })).toBe(view);
  expect(told({ type, restore, confirmedAt: AT })).toBe('confirmed');
  expect(told({ type, restore, confirmedAt: AT, restoredAt: AT })).toBe('restored');
});

test('what is not told yet is shown as it is', () => {
  expect(viewOf({ phase: 'gone' })).toBe('gone');
});
