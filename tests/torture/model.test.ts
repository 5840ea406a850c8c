import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chance, type Move, move, plans } from '../support/model/moves.ts';
import { CONTRACT, FEW_GUESSES, rules, settingsOf } from '../support/model/rules.ts';
import type { Scene } from '../support/model/scene-steps.ts';
import { SCENES } from '../support/model/scenes.ts';
import { Divergence, met, type Sent, Sequence } from '../support/model/sequence.ts';
import { Shared } from '../support/model/service.ts';
import { happeningOf, settled, type Wish, wishesOf } from '../support/model/settle.ts';
import { type Strike, strike, struck } from '../support/model/strikes.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { isFull, patience, scaled } from './scale.ts';

let shared: Shared;
beforeAll(async () => {
  shared = await Shared.of(await createWorld());
});

const rarely = fc.oneof({ weight: 10, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: strike });

/** One request, or several at the same time, the first of which may meet a fault; or something that happens in between. */
const turn = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ moves: fc.tuple(move), strike: rarely }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      moves: fc.array(move, { minLength: 2, maxLength: 3 }),
      strike: rarely,
    }),
  },
  { weight: 1, arbitrary: fc.record({ chance }) },
);

const turns = fc.array(turn, { minLength: 12, maxLength: 26, size: 'max' });

/** Sends, and looks at what is to be seen of it. */
async function ask(sequence: Sequence, sent: readonly Sent[]): Promise<void> {
  await sequence.send(sent);
  for (const browser of new Set(sent.map(({ command }) => command.browser)))
    if (sequence.isSignedIn(browser)) await sequence.send([{ command: { browser, ask: 'GET /account' } }]);
}

async function take(
  sequence: Sequence,
  { moves, strike: fault }: { readonly moves: readonly Move[]; readonly strike: Strike | null },
  wishes: Wish[][],
): Promise<void> {
  const sent: Sent[] = [];
  for (const next of moves) {
    const what = settled(next, sequence, wishes);
    if ('happens' in what) await sequence.happens(what);
    else sent.push({ command: what, ...(fault && sent.length === 0 && struck(fault)) });
  }
  if (sent.length > 0) await ask(sequence, sent);
}

/** Every third sequence begins where much can happen, and has some of that happen, or the same again: what takes long to come by. */
const opening = fc.option(
  fc.record({
    scene: fc.constantFrom(...Object.values(SCENES)),
    given: fc.constantFrom(CONTRACT, FEW_GUESSES),
    picks: fc.array(fc.nat(), { minLength: 2, maxLength: 8 }),
  }),
  { freq: 2 },
);

async function open({ scene, picks }: { scene: Scene; picks: readonly number[] }, current: Sequence) {
  const commands = await scene(current);
  for (const pick of picks) {
    const command = commands[pick % commands.length];
    if (command) await ask(current, [{ command }]);
  }
}

let [ran, divergences] = [0, 0];

const sequence = fc.asyncProperty(rules, plans, turns, opening, async (chosen, planned, taken, opened) => {
  const given = opened?.given ?? chosen;
  const current = await Sequence.begin(shared, settingsOf(given), given);
  try {
    await current.enterTwo();
    if (opened) await open(opened, current);
    const wishes = wishesOf(planned);
    for (const next of taken) {
      if ('chance' in next) await current.happens(happeningOf(next.chance, current));
      else await take(current, next, wishes);
    }
    await current.lookAtAll();
    ran += 1;
  } catch (error) {
    if (error instanceof Divergence) divergences += 1;
    throw error;
  }
});

/** So many sequences meet all there is to meet. */
const ENOUGH = 5000;
/** What proves nothing as long as it never happened. */
const MUST_BE_MET = Object.entries({
  'DELETE /account/notices': '204 not_found',
  'DELETE /links': '204 identity_check_required not_linked not_signed_in registered_method',
  'DELETE /session': '204 not_signed_in',
  'DELETE /sessions': '204 not_signed_in on_probation',
  'DELETE /sessions/{id}': '204 not_signed_in on_probation not_found',
  'GET /account': '200 not_signed_in',
  'GET /oauth':
    'linked signed_in denied identity_linked identity_registered identity_sub_account identity_unknown ' +
    'identity_check_required account_suspended method_suspended not_signed_in provider_failed state_invalid unavailable',
  'POST /account/notices/disown': '200 not_found undo_expired',
  'POST /account/only': '200 identity_check_required not_signed_in',
  'POST /links': '200 account_frozen already_linked identity_check_required not_linkable',
  'POST /links/clear': '204 identity_check_required not_linked not_suspended',
  'POST /links/email':
    '201 already_linked code_expired code_wrong identity_check_required identity_linked identity_registered ' +
    'identity_sub_account too_many_attempts unavailable',
  'POST /links/email/send':
    '202 delivery_failed identity_check_required quota_exceeded too_many_attempts too_soon unavailable',
  'POST /otp/send':
    '202 account_frozen delivery_failed on_probation phone_missing quota_exceeded sub_account too_many_attempts too_soon',
  'POST /otp/verify': '200 code_expired code_wrong too_many_attempts unavailable',
  'POST /sign-in/email': '200 account_suspended code_expired code_wrong method_suspended too_many_attempts',
  'POST /sign-in/email/send': '202 quota_exceeded too_many_attempts too_soon',
  'PUT /account/preferences': '200 account_frozen identity_check_required not_signed_in phone_missing',
  'mail comes back': 'mail_stopped',
  'the support desk': 'cleared signed_out unfrozen unlinked',
  'POST /undo': '200 account_suspended undo_expired',
  'POST /undo/code': '202 delivery_failed quota_exceeded too_soon undo_expired',
  'POST /undo/open': '200 code_wrong too_many_attempts',
  'POST /undo/restore':
    '200 code_expired code_wrong identity_linked not_linked too_many_attempts undo_expired',
}).flatMap(([asked, told]) => told.split(' ').map((what) => `${asked}: ${what}`));

/** Sequences know nothing of each other, so several run at the same time. */
const LANES = 6;

test(
  'whatever is asked, in whatever order, the service does what the model says',
  async () => {
    const runs = scaled({ short: 42, full: 10_000 });
    const lanes = Array.from({ length: LANES }, () =>
      fc.assert(sequence, { numRuns: Math.ceil(runs / LANES), endOnFailure: !isFull }),
    );
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    expect(divergences).toBe(0);
    if (runs >= ENOUGH) expect(MUST_BE_MET.filter((what) => !met.has(what))).toEqual([]);
  },
  patience,
);

afterAll(() =>
  figure({
    row: 'model sequences run, divergences',
    mustBe: '10,000, 0',
    value: `${ran}, ${divergences}`,
  }),
);
