import { expect, test } from '@jest/globals';
import { nothingLeft } from '../../../console/src/undo/nothing-left.ts';
import { NOTICE_TYPES } from '../../../lib/linking/notice-types.ts';

const AT = '2026-11-24T10:00:00.000Z';

test.each([
  ['linked', 'gone'],
  ['unlinked', 'back'],
  ['replaced', 'back'],
  ['signed_in', 'gone'],
  ['suspended', 'gone'],
  ['cleared', 'usable'],
  ['locked', 'gone'],
  // There is never anything to put back.
  ['frozen', null],
  ['unfrozen', null],
] as const)('says why nothing is left to restore after %s', (type, why) => {
  expect(nothingLeft({ type, restore: null, restoredAt: null })).toBe(why);
});

test.each(NOTICE_TYPES)('says nothing where something can be restored, or has been: %s', (type) => {
  expect(nothingLeft({ type, restore: 'unlink', restoredAt: null })).toBeNull();
  expect(nothingLeft({ type, restore: null, restoredAt: AT })).toBeNull();
});
