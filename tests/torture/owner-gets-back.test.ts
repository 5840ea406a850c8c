import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answering, ModelAlone } from '../support/model/alone.ts';
import { CONTRACT, settingsOf } from '../support/model/rules.ts';
import { Sequence } from '../support/model/sequence.ts';
import { Shared } from '../support/model/service.ts';
import { type Story, story, struggle } from '../support/model/struggle.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { isFull, patience, scaled } from './scale.ts';

const RULES = { ...CONTRACT, linkable: ['email', 'wechat', 'qq'] } as const;
/** Half of the phones get links, and half of them codes in place of these. */
const rules = fc.boolean().map((hasLinks) => ({ ...RULES, hasLinks }));

/** Struggles know nothing of each other, so several run at the same time. */
const LANES = 6;

let shared: Shared;
beforeAll(async () => {
  shared = await Shared.of(await createWorld());
});

/** An owner who has the phone, and one way in that is theirs alone: in 6 requests they are in, and nobody else can get in; in 10 where
 * SMS have codes in place of links, which the owner types in a browser that knows the account. */
async function requireBack(run: Answering, told: Story): Promise<void> {
  const outcome = await struggle(run, told);
  if (outcome === null) return;
  promised += 1;
  if (!outcome.isBack) lost += 1;
  expect(outcome).toMatchObject({ isBack: true });
}

let [promised, lost] = [0, 0];

describe('whatever an attacker does, the owner gets back in, and the attacker does not', () => {
  test(
    'by the rules',
    async () => {
      const property = fc.asyncProperty(story, rules, (told, given) =>
        requireBack(new ModelAlone(given, shared.world.nowSeconds), told),
      );
      await fc.assert(property, { numRuns: scaled({ short: 200, full: 50_000 }), endOnFailure: !isFull });
    },
    patience,
  );

  test(
    'by the service',
    async () => {
      const runs = scaled({ short: 24, full: 10_000 });
      const property = fc.asyncProperty(story, rules, async (told, given) =>
        requireBack(await Sequence.begin(shared, settingsOf(given), given), told),
      );
      [promised, lost] = [0, 0];
      const lanes = Array.from({ length: LANES }, () =>
        fc.assert(property, { numRuns: Math.ceil(runs / LANES), endOnFailure: !isFull }),
      );
      const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      expect(lost).toBe(0);
    },
    patience,
  );
});

afterAll(() =>
  figure({
    row: 'struggles for an account, owners who did not get back in',
    mustBe: '10,000, 0',
    value: `${promised}, ${lost}`,
  }),
);
