import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { breachesOf } from '../support/contract.ts';
import { HTTP_FUNCTIONS } from '../support/functions.ts';
import { requestsOf } from '../support/fuzz-requests.ts';
import { humanWorld } from '../support/human-check.ts';
import { newAddress } from '../support/people.ts';
import { forget } from './rounds.ts';
import { patience, scaled } from './scale.ts';

const PLENTY = { SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000', HUMAN_CHECK_AFTER: '0' };
const BATCH = 200;

test(
  'with a human check on, nobody gets a code to sign in by without an answer that was handed out, each good for one',
  async () => {
    const { world: guarded, humanCheck } = await humanWorld(PLENTY);
    const routes = HTTP_FUNCTIONS.filter((route) => route.pathPattern === '/sign-in/email/send');
    const told = new Set<number>();
    const requests = scaled({ short: 100, full: 5_000 });
    for (let made = 0; made < requests; made += BATCH) {
      const token = Array.from({ length: BATCH }, () => humanCheck.answer().token);
      const email = token.map(newAddress);
      const actor = { cookies: [], live: { email, token } };
      await fc.assert(
        fc.asyncProperty(requestsOf([actor], routes), async ({ route, path, options }) => {
          const { unused } = humanCheck;
          const result = await guarded.request(route.method, path, options);
          expect(breachesOf(route, result)).toEqual([]);
          const statusCode = result.statusCode ?? 0;
          if (statusCode === 202) expect(humanCheck.unused).toBe(unused - 1);
          told.add(statusCode);
        }),
        { numRuns: Math.min(BATCH, requests - made) },
      );
      guarded.pass({ seconds: 3_600 });
      forget(guarded);
    }
    expect([...told]).toEqual(expect.arrayContaining([202, 400, 403]));
  },
  patience,
);
