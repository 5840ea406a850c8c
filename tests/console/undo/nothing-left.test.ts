import { expect, test } from '@jest/globals';
import { UNDO_TYPES } from '../../../console/src/api/answers.ts';
import { nothingLeft } from '../../../console/src/undo/nothing-left.ts';

const AT = '2026-11-24T10:00:00.000Z';

test.each([
  ['linked', 'linked'],
  ['unlinked', 'unlinked'],
  ['replaced', 'replaced'],
  ['signed_in', 'unchanged'],
] as const)('says why nothing is left to restore after %s', (type, why) => {
  expect(nothingLeft({ type, restore: null, restoredAt: null })).toBe(why);
});

test.each(UNDO_TYPES)('says nothing where something can be restored, or has been: %s', (type) => {
  expect(nothingLeft({ type, restore: 'unlink', restoredAt: null })).toBeNull();
  expect(nothingLeft({ type, restore: null, restoredAt: AT })).toBeNull();
});
