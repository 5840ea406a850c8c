import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccountId } from '../../lib/linking/account.ts';
import { newNoticeId } from '../../lib/linking/notice.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import type { Rules } from '../../lib/linking/rules.ts';
import { type Code, deriveCode, deriveKeys, type Keys, systemRandomness } from '../../lib/linking/secrets.ts';
import {
  giveUndoCode,
  judgeUndoCode,
  type PhoneCodes,
  UNDO_CODES_MAX,
  undoPhoneKeys,
} from '../../lib/linking/undo-code.ts';

const NOW = 1_795_514_400;
const PHONE = '+8610000000001' as PhoneNumber;
const OLD = 'the-old-key-of-the-tests-of-at-least-32-characters';
const NEW = 'the-new-key-of-the-tests-of-at-least-32-characters';
const KEYS = deriveKeys(OLD);
const RULES = { codeFailuresPerDay: 10 } as Rules;

type Held = readonly [PhoneCodes, ...PhoneCodes[]];

function emptyHeld(keys: Keys): Held {
  const [first, ...others] = undoPhoneKeys(keys, PHONE);
  const empty = (phoneKey: string): PhoneCodes => ({
    phoneKey,
    version: 0,
    codes: [],
    everybody: { version: 0, failures: [] },
    ofDevice: { version: 0, failures: [] },
  });
  return [empty(first), ...others.map(empty)];
}

const newNotice = (group: 'change' | 'sign_in', expiresAt = NOW + 1000) => ({
  accountId: '100000001' as AccountId,
  noticeId: newNoticeId(group, NOW * 1000, systemRandomness),
  expiresAt,
});
type NewNotice = ReturnType<typeof newNotice>;

/** The phone, once it has been given a code for each of these. */
function giveAll(keys: Keys, notices: readonly NewNotice[], start = emptyHeld(keys)) {
  const codes: Code[] = [];
  let held = start;
  for (const notice of notices) {
    const { code, next } = giveUndoCode(keys, held, notice, NOW);
    codes.push(code);
    const [phone, ...others] = held;
    if (next) held = [{ ...phone, codes: next }, ...others];
  }
  return { held, codes };
}

const judge = (keys: Keys, held: Held, code: Code, now = NOW) =>
  judgeUndoCode(held, { code, isKnown: false, now, rules: RULES, keys });
const opens = (keys: Keys, held: Held, code: Code, now = NOW) => {
  const judgement = judge(keys, held, code, now);
  return judgement.verdict === 'right' ? judgement.notice.noticeId : undefined;
};

describe('the codes of a phone', () => {
  test('are good together, and no more of them than there is room for', () => {
    const notices = Array.from({ length: UNDO_CODES_MAX + 2 }, () => newNotice('change'));
    const { held, codes } = giveAll(KEYS, notices);
    expect(held[0].codes).toHaveLength(UNDO_CODES_MAX);
    const good = notices.map(({ noticeId }, index) => opens(KEYS, held, codes[index] as Code) === noticeId);
    expect(good).toEqual(notices.map((_, index) => index >= 2));
  });

  test('of sign-ins make room before those of changes, and the newest is always good', () => {
    const change = newNotice('change');
    const signIns = Array.from({ length: 2 * UNDO_CODES_MAX }, () => newNotice('sign_in'));
    const { held, codes } = giveAll(KEYS, [change, ...signIns]);
    expect(opens(KEYS, held, codes[0] as Code)).toBe(change.noticeId);
    expect(opens(KEYS, held, codes.at(-1) as Code)).toBe(signIns.at(-1)?.noticeId);
    expect(held[0].codes).toHaveLength(UNDO_CODES_MAX);
  });

  test('that have expired take no room, and open nothing', () => {
    const { held, codes } = giveAll(KEYS, [newNotice('change', NOW + 1)]);
    const [code = '' as Code] = codes;
    expect(opens(KEYS, held, code)).toBeDefined();
    expect(opens(KEYS, held, code, NOW + 1)).toBeUndefined();
    const { next } = giveUndoCode(KEYS, held, newNotice('change'), NOW + 1);
    expect(next).toHaveLength(1);
  });

  test('are the same again for the same notice, which is then stored already', () => {
    const notice = newNotice('change');
    const { held, codes } = giveAll(KEYS, [notice, newNotice('sign_in')]);
    expect(giveUndoCode(KEYS, held, notice, NOW)).toEqual({ code: codes[0] });
  });

  test('are passed over where they open another notice of the phone', () => {
    const notice = newNotice('change');
    const first = giveUndoCode(KEYS, emptyHeld(KEYS), notice, NOW);
    const [phone] = emptyHeld(KEYS);
    const taken = (first.next ?? []).map((kept) => ({ ...kept, noticeId: newNotice('change').noticeId }));
    const held: Held = [{ ...phone, codes: taken }];
    const second = giveUndoCode(KEYS, held, notice, NOW);
    expect(second.code).not.toBe(first.code);
    const both: Held = [{ ...phone, codes: second.next ?? [] }];
    expect(opens(KEYS, both, first.code)).toBe(taken[0]?.noticeId);
    expect(opens(KEYS, both, second.code)).toBe(notice.noticeId);
  });

  test('stay good, and their guesses count on, while a key is swapped for another', () => {
    const swapped = deriveKeys(NEW, OLD);
    const before = newNotice('change');
    const { held, codes } = giveAll(KEYS, [before]);
    const failures = Array.from({ length: 9 }, () => NOW);
    const [fresh] = emptyHeld(swapped);
    const old = { ...held[0], everybody: { version: 9, failures } };
    const after = giveAll(swapped, [newNotice('change')], [fresh, old]);
    expect(opens(swapped, after.held, codes[0] as Code)).toBe(before.noticeId);
    expect(opens(swapped, after.held, after.codes[0] as Code)).toBeDefined();
    const wrong = judge(swapped, [fresh, old], '000000' as Code);
    expect(wrong).toEqual({ verdict: 'wrong', attemptsLeft: 0 });
    const newer = { ...fresh, everybody: { version: 1, failures: [NOW] } };
    expect(() => judge(swapped, [newer, old], codes[0] as Code)).toThrow('too_many_attempts');
  });
});

test('a code that is derived is six digits, another for other parts, and without the key not to be had', () => {
  const [{ links }, { links: others }] = [KEYS.current, deriveKeys(NEW).current];
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(deriveCode(links, left, right)).toMatch(/^\d{6}$/);
      expect(deriveCode(links, left, right)).toBe(deriveCode(links, left, right));
    }),
    { numRuns: 30 },
  );
  const some = Array.from({ length: 200 }, (_, index) => deriveCode(links, String(index)));
  expect(new Set(some).size).toBeGreaterThan(195);
  expect(some.filter((code, index) => code === deriveCode(others, String(index)))).toEqual([]);
});
