import type { Core, WithKeys } from '../dependencies.ts';
import type { Notice } from '../linking/notice.ts';
import type { PhoneNumber } from '../linking/phone.ts';
import { epochSeconds } from '../linking/rules.ts';
import type { Code } from '../linking/secrets.ts';
import { giveUndoCode, undoPhoneKeys } from '../linking/undo-code.ts';
import { commit } from '../table/client.ts';
import { readPhoneCodes, undoCodeStored } from '../table/undo-codes.ts';
import { retryWhenStale } from '../table/views.ts';

/**
 * The code of a notice that goes to a phone without a link, stored before it is sent. Tried again, it is the same one: of two messages
 * about one thing, either opens it.
 *
 * @throws Problem `not_found` if the notice is gone
 */
export async function storeUndoCode(
  { table, keys, clock }: Core & WithKeys,
  notice: Notice,
  phone: PhoneNumber,
): Promise<Code> {
  return retryWhenStale(table, async () => {
    const held = await readPhoneCodes(table, undoPhoneKeys(keys, phone));
    const { code, next } = giveUndoCode(keys, held, notice, epochSeconds(clock));
    if (next) await commit(table, undoCodeStored(table, held[0], notice, next));
    return code;
  });
}
