import type { UndoOpenedAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { openDevice } from '../linking/device.ts';
import { undoToken } from '../linking/notice.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import { findKnownDevice, judgeUndoCode, undoPhoneKeys } from '../linking/undo-code.ts';
import { commit } from '../table/client.ts';
import { countsAdded, ipUndoCodeCounted } from '../table/counters.ts';
import { readPhoneCodes, undoGuessesKept, undoGuessFailed } from '../table/undo-codes.ts';
import { countingAt, networkKey } from './count-sending.ts';

/**
 * Opens with a code what the link of its notice to the phone would have opened: the token is that of the link, and judged as one. Nothing
 * is read of an account, and a guess at a phone that nobody has takes the same steps; each is counted for the caller's IP address, since
 * it leaves something stored.
 *
 * @throws Problem `code_wrong`, `too_many_attempts`, `quota_exceeded`
 */
export async function openUndo(
  dependencies: Core & WithKeys,
  caller: Caller,
  { form: { phone, code }, now }: { form: { phone: PhoneNumber; code: Code }; now: EpochSeconds },
): Promise<UndoOpenedAnswer> {
  const { table, settings, keys } = dependencies;
  const { rules } = settings;
  const device = openDevice(caller.deviceCookie, keys, now);
  const held = await readPhoneCodes(table, undoPhoneKeys(keys, phone), device?.id);
  const deviceId = findKnownDevice(keys, held, device, now);
  const isKnown = deviceId !== undefined;
  const judgement = judgeUndoCode(held, { code, isKnown, now, rules, keys });
  const counting = countingAt(dependencies, now);
  const counted = countsAdded(table, [ipUndoCodeCounted(table, networkKey(dependencies, caller), counting)]);
  if (judgement.verdict === 'wrong') {
    await commit(table, [...undoGuessFailed(table, held, { deviceId, now, rules }), ...counted]);
    throw new Problem('code_wrong', { attemptsLeft: judgement.attemptsLeft });
  }
  await commit(table, [...undoGuessesKept(table, held, deviceId), ...counted]);
  return { token: undoToken(keys, judgement.notice, 'sms') };
}
