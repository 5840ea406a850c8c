import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModelAlone } from '../support/model/alone.ts';
import { CONTRACT, settingsOf } from '../support/model/rules.ts';
import { Sequence } from '../support/model/sequence.ts';
import { Shared } from '../support/model/service.ts';
import { story, struggle } from '../support/model/struggle.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { isFull, patience, scaled } from './scale.ts';

const RULES = { ...CONTRACT, linkable: ['email', 'wechat', 'qq'] } as const;

let shared: Shared;
beforeAll(async () => {
  shared = await Shared.of(await createWorld());
});

let [ran, lost] = [0, 0];

const onService = fc.asyncProperty(story, async (told) => {
  const sequence = await Sequence.begin(shared, settingsOf(RULES), RULES);
  const inVain = await struggle(sequence, told);
  if (inVain === null) return;
  ran += 1;
  if (inVain !== undefined) lost += 1;
  expect(inVain).toBeUndefined();
});

test(
  'by the rules alone',
  async () => {
    const property = fc.asyncProperty(story, async (told) => {
      const inVain = await struggle(new ModelAlone(RULES, shared.world.nowSeconds), told);
      expect(inVain ?? undefined).toBeUndefined();
    });
    await fc.assert(property, { numRuns: scaled({ short: 200, full: 10_000 }), endOnFailure: !isFull });
  },
  patience,
);

const LANES = 6;

test(
  'by what the service does',
  async () => {
    const runs = scaled({ short: 30, full: 10_000 });
    const lanes = Array.from({ length: LANES }, () =>
      fc.assert(onService, { numRuns: Math.ceil(runs / LANES), endOnFailure: !isFull }),
    );
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  },
  patience,
);

afterAll(() =>
  figure({
    row: 'owners who got back in within 6 requests',
    mustBe: '10,000 of 10,000',
    value: `${ran - lost} of ${ran}`,
  }),
);
