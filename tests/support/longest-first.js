import { existsSync } from 'node:fs';
import { join } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

const TESTS = join(import.meta.dirname, '..');

/**
 * The files that take longest, longest first. Jest learns how long each takes, but a clean clone has not learnt anything yet, and the
 * last file to start is waited for by itself. A browser file comes between others: two browsers at once leave nothing to anybody.
 */
const LONGEST = [
  'browser/accessibility.test.ts',
  'flows/interleavings.test.ts',
  'torture/faults.test.ts',
  'browser/owner.test.ts',
  'flows/races.test.ts',
  'torture/model.test.ts',
  'browser/trust.test.ts',
  'infrastructure/bundles.test.ts',
  'torture/log-scan.test.ts',
  'flows/retries.test.ts',
  'browser/other-site.test.ts',
  'flows/deferred-notices.test.ts',
  'table/spending.test.ts',
  'browser/own.test.ts',
  'flows/undo.test.ts',
  'browser/safe.test.ts',
  'torture/claims.test.ts',
  'flows/known-device-races.test.ts',
  'browser/element.test.ts',
  'torture/schedules.test.ts',
  'flows/spending-caps.test.ts',
  'browser/keyboard.test.ts',
  'flows/round-trips.test.ts',
  'browser/mishaps.test.ts',
  'torture/owner-gets-back.test.ts',
  'providers/third-provider.test.ts',
  'browser/first-visit.test.ts',
  'torture/guesses.test.ts',
  'flows/outside-faults.test.ts',
  'browser/lived.test.ts',
  'flows/export.test.ts',
  'browser/local-pages.test.ts',
  'flows/known-device-strangers.test.ts',
  'browser/guide.test.ts',
  'flows/locked-address.test.ts',
  'browser/replace.test.ts',
  'flows/mail-that-comes-back.test.ts',
  'flows/notices.test.ts',
  'providers/qq-properties.test.ts',
  'client/package.test.ts',
  'browser/operator.test.ts',
  'torture/fuzz-records.test.ts',
  'flows/known-devices.test.ts',
  'console/bundle.test.ts',
  'flows/counted.test.ts',
].map((path) => join(TESTS, path));

export default class LongestFirst extends TestSequencer {
  constructor(...options) {
    super(...options);
    const missing = LONGEST.filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`longest-first.js names files that are not there: ${missing}`);
  }

  sort(tests) {
    const place = ({ path }) => LONGEST.indexOf(path);
    const first = tests
      .filter((test) => place(test) >= 0)
      .toSorted((left, right) => place(left) - place(right));
    return [...first, ...super.sort(tests.filter((test) => place(test) < 0))];
  }
}
