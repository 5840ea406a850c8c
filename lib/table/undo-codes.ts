import * as z from 'zod/mini';
import type { DeviceId } from '../linking/device.ts';
import type { NoticeRef } from '../linking/notice.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules } from '../linking/rules.ts';
import type { PhoneCodes, UndoCode, UndoGuesses } from '../linking/undo-code.ts';
import { failureWindow, withMoment } from '../linking/windows.ts';
import {
  ABSENT,
  check,
  commit,
  type Fragment,
  type Item,
  put,
  readItems,
  stale,
  type Table,
} from './client.ts';
import { type Key, keys } from './keys.ts';
import { noticeCodeNoted } from './notices.ts';
import { retryWhenStale } from './views.ts';

/*
 * What is kept of a phone that notices went to without links: the codes in place of those, and the wrong guesses at them. Both lie below a
 * pseudonym of the phone, so that it takes no account to look for a code, and a guess at a phone that nobody has leaves the same.
 */

const codesSchema = z.object({
  version: z.int(),
  codes: z.array(
    z.object({ hmac: z.string(), accountId: z.string(), noticeId: z.string(), expiresAt: z.int() }),
  ),
});
const guessesSchema = z.object({ version: z.int(), failures: z.array(z.int()) });

const NO_CODES = { version: 0, codes: [] };
const NO_GUESSES: UndoGuesses = { version: 0, failures: [] };

const parseGuesses = (item: Item | undefined): UndoGuesses =>
  item === undefined ? NO_GUESSES : guessesSchema.parse(item);

/**
 * All that is kept of a phone, below each of its pseudonyms, in one round trip.
 *
 * @param deviceId the device that guesses, if there is one
 */
export async function readPhoneCodes(
  table: Table,
  [first, ...others]: readonly [string, ...string[]],
  deviceId?: DeviceId,
): Promise<[PhoneCodes, ...PhoneCodes[]]> {
  const keysOf = (phoneKey: string) => ({
    codes: keys.undoCodes(phoneKey),
    everybody: keys.undoGuesses(phoneKey),
    ...(deviceId && { ofDevice: keys.deviceUndoGuesses(phoneKey, deviceId) }),
  });
  const items = await readItems(
    table,
    [first, ...others].flatMap((phoneKey) => Object.values(keysOf(phoneKey))),
  );
  const parse = (phoneKey: string): PhoneCodes => {
    const wanted = keysOf(phoneKey);
    const item = items.get(wanted.codes);
    const { version, codes } = item ? codesSchema.parse(item) : NO_CODES;
    return {
      phoneKey,
      version,
      codes: codes as unknown as readonly UndoCode[],
      everybody: parseGuesses(items.get(wanted.everybody)),
      ofDevice: parseGuesses(wanted.ofDevice && items.get(wanted.ofDevice)),
    };
  };
  return [parse(first), ...others.map(parse)];
}

const versionIs = (version: number) =>
  version === 0 ? ABSENT : { if: 'version = :version', values: { ':version': version } };

/** Of the phone that was seen, the codes are now these. Without codes it stays for a while: its version is not to begin anew. */
function codesChanged(
  table: Table,
  { phoneKey, version, codes: seen }: PhoneCodes,
  codes: readonly UndoCode[],
): Fragment {
  const expiresAt = Math.max(...[...seen, ...codes].map((code) => code.expiresAt));
  const item = { version: version + 1, codes, expiresAt };
  return put(table, keys.undoCodes(phoneKey), item, versionIs(version), stale);
}

/** The phone that was seen has these codes, the last of them for this notice. Refused with Problem `not_found` if that is gone. */
export function undoCodeStored(
  table: Table,
  phone: PhoneCodes,
  notice: NoticeRef,
  codes: readonly UndoCode[],
): Fragment[] {
  return [codesChanged(table, phone, codes), noticeCodeNoted(table, notice, phone.phoneKey)];
}

/** What a guess at the phone is paid from, by where that is kept: of a known device, its own and everybody's. */
function budgetsOf(
  { phoneKey, everybody, ofDevice }: PhoneCodes,
  deviceId: DeviceId | undefined,
): [Key, UndoGuesses][] {
  const all: [Key, UndoGuesses] = [keys.undoGuesses(phoneKey), everybody];
  return deviceId === undefined ? [all] : [[keys.deviceUndoGuesses(phoneKey, deviceId), ofDevice], all];
}

/**
 * No guess at the phone has been paid for since it was read.
 *
 * @param deviceId the device that guesses, if it is known to an account of the phone
 */
export function undoGuessesKept(
  table: Table,
  held: readonly PhoneCodes[],
  deviceId: DeviceId | undefined,
): Fragment[] {
  const seen = held.flatMap((phone) => budgetsOf(phone, deviceId));
  return seen.map(([key, { version }]) => check(table, key, versionIs(version), stale));
}

/** One more wrong guess at the phone is paid for, below its current pseudonym, from every budget it was judged by. */
export function undoGuessFailed(
  table: Table,
  [phone, ...others]: readonly [PhoneCodes, ...PhoneCodes[]],
  { deviceId, now, rules }: { deviceId: DeviceId | undefined; now: EpochSeconds; rules: Rules },
): Fragment[] {
  const paid = budgetsOf(phone, deviceId).map(([key, { version, failures }]) => {
    const next = withMoment(failures, failureWindow(rules), now);
    const item = { version: version + 1, failures: next, expiresAt: now + DAY_SECONDS };
    return put(table, key, item, versionIs(version), stale);
  });
  return [...paid, ...undoGuessesKept(table, others, deviceId)];
}

/** The codes of notices that are about to be erased, below a phone's pseudonym, open nothing any more. */
export async function forgetUndoCodes(
  table: Table,
  phoneKey: string,
  notices: ReadonlySet<string>,
): Promise<void> {
  await retryWhenStale(table, async () => {
    const [phone] = await readPhoneCodes(table, [phoneKey]);
    const kept = phone.codes.filter(({ noticeId }) => !notices.has(noticeId));
    if (kept.length < phone.codes.length) await commit(table, [codesChanged(table, phone, kept)]);
  });
}
