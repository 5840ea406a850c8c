import * as z from 'zod/mini';
import type { DeviceId } from '../linking/device.ts';
import type { EmailAddress } from '../linking/email.ts';
import { LANGUAGES, type Language } from '../linking/language.ts';
import { Problem } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules } from '../linking/rules.ts';
import {
  type AddressFailures,
  NO_FAILURES,
  type SignInBudgets,
  type SignInChallenge,
  type SignInFailures,
  type SignInRef,
  widenForDevices,
} from '../linking/sign-in.ts';
import { failureWindow, requireGuessesLeft } from '../linking/windows.ts';
import {
  ABSENT,
  check,
  commit,
  type Fragment,
  type Item,
  put,
  readItems,
  StaleView,
  stale,
  type Table,
  update,
} from './client.ts';
import { isSignInFailuresKey, type Key, keys, parseAddressKey } from './keys.ts';
import { forgetQuotaRefusals, signInQuota } from './quotas.ts';
import { forgetRefusals, noteRefusal, requireNotRefused } from './refusals.ts';

const challengeSchema = z.object({
  id: z.string(),
  address: z.string(),
  attempts: z.int(),
  expiresAt: z.int(),
  resendAt: z.int(),
  deviceId: z.optional(z.string()),
  isUsed: z.optional(z.literal(true)),
  code: z.optional(z.object({ hmac: z.string(), accountId: z.string(), methodId: z.string() })),
});

function parseChallenge(item: Item): SignInChallenge {
  return challengeSchema.parse(item) as SignInChallenge;
}

/** A sign-in that was requested, as the table's stream shows it. */
export interface SignInRequest {
  readonly ref: SignInRef;
  readonly challenge: SignInChallenge;
  /** Of the mail that may follow. */
  readonly language: Language;
}

const languageSchema = z.object({ language: z.enum(LANGUAGES) });

/** No code can be made for a sign-in that was requested, however often its record is delivered. */
export class SignInLost extends Error {
  override readonly name = 'SignInLost';
}

/** The challenge is found by the record's own key: the key of HMACs may be another one since. @throws SignInLost if it is none */
export function parseSignInRequest(item: Item): SignInRequest {
  try {
    const challenge = parseChallenge(item);
    const { language } = languageSchema.parse(item);
    return { ref: { addressKey: parseAddressKey(item), id: challenge.id }, challenge, language };
  } catch (cause) {
    throw new SignInLost('not a sign-in', { cause });
  }
}

const failuresSchema = z.object({
  version: z.int(),
  failures: z.array(z.int()),
  lockedAt: z.optional(z.int()),
  address: z.optional(z.string()),
});

function parseFailures(item: Item | undefined): AddressFailures {
  if (item === undefined) return NO_FAILURES;
  const { lockedAt, address, ...failures } = failuresSchema.parse(item);
  if (lockedAt === undefined || address === undefined) return failures;
  return { ...failures, locked: { address: address as EmailAddress, at: lockedAt } };
}

/** Whether an item of the table's stream is the wrong guesses of everybody at an address. */
export const isAddressFailures = (item: Item): boolean => isSignInFailuresKey(item);

/** Which lock of which address: everybody together has spent its guesses. */
export interface LockRef {
  /** Pseudonym of the address. */
  readonly addressKey: string;
  readonly lockedAt: EpochSeconds;
}

/**
 * The lock that a change of an address' failures began.
 *
 * @returns undefined if it began none: a lock stays with the failures, whatever is written later
 */
export function parseNewLock(item: Item, before: Item | undefined): LockRef | undefined {
  const { locked } = parseFailures(item);
  if (locked === undefined || parseFailures(before).locked?.at === locked.at) return undefined;
  return { addressKey: parseAddressKey(item), lockedAt: locked.at };
}

/** The filter on the table's stream looks for a lock by these names. */
function failuresItem({ locked, ...failures }: AddressFailures): Item {
  return { ...failures, ...(locked && { lockedAt: locked.at, address: locked.address }) };
}

/**
 * All that a guess is judged by.
 *
 * @param deviceId the device that guesses, if there is one; its budget is read with the rest, and the rules decide whether it counts
 */
export async function readSignIn(
  table: Table,
  { addressKey, id }: SignInRef,
  deviceId: DeviceId | undefined,
): Promise<{
  readonly challenge: SignInChallenge | undefined;
  readonly everybody: AddressFailures;
  readonly ofDevice: SignInFailures;
}> {
  const challengeKey = keys.signInChallenge(addressKey, id);
  const everybodyKey = keys.signInFailures(addressKey);
  const deviceKey = deviceId && keys.deviceFailures(addressKey, deviceId);
  const items = await readItems(table, [challengeKey, everybodyKey, ...(deviceKey ? [deviceKey] : [])]);
  const item = items.get(challengeKey);
  return {
    challenge: item === undefined ? undefined : parseChallenge(item),
    everybody: parseFailures(items.get(everybodyKey)),
    ofDevice: parseFailures(deviceKey && items.get(deviceKey)),
  };
}

/** Stored without a code; `language` is for the mail that may follow. */
export function signInRequested(
  table: Table,
  ref: SignInRef,
  challenge: SignInChallenge,
  language: Language,
): Fragment {
  return put(table, keys.signInChallenge(ref.addressKey, ref.id), { ...challenge, language }, ABSENT, stale);
}

const REFUSAL = 'too_many_attempts';
/**
 * There are guesses left today: a code that can't be used is not sent. Refused with Problem `too_many_attempts`.
 *
 * @param deviceId whose budget it is; everybody's if it is undefined
 * @param isWide it is everybody's as a device that is known to the address may use it
 * @throws the same at once if this process knows it
 */
export function signInGuessesLeft(
  table: Table,
  addressKey: string,
  {
    deviceId,
    now,
    rules,
    isWide = false,
  }: { deviceId?: DeviceId; now: EpochSeconds; rules: Rules; isWide?: boolean },
): Fragment {
  const key =
    deviceId === undefined ? keys.signInFailures(addressKey) : keys.deviceFailures(addressKey, deviceId);
  if (!isWide) requireNotRefused(table, key, [REFUSAL], now);
  const window = failureWindow(isWide ? widenForDevices(rules) : rules);
  const last = `failures[${window.limit - 1}]`;
  return check(
    table,
    key,
    { if: `attribute_not_exists(${last}) OR ${last} <= :dayAgo`, values: { ':dayAgo': now - DAY_SECONDS } },
    (old) => {
      try {
        requireGuessesLeft(parseFailures(old).failures, window, now);
        return new StaleView();
      } catch (problem) {
        if (!isWide && problem instanceof Problem) noteRefusal(table, key, problem, now);
        return problem as Error;
      }
    },
  );
}

/** One more guess was paid for at exactly the challenge that was judged. */
export function signInAttempted(table: Table, ref: SignInRef, attempted: SignInChallenge): Fragment {
  const { attempts } = attempted;
  const seen = asJudged(attempted, attempts - 1);
  return update(
    table,
    keys.signInChallenge(ref.addressKey, ref.id),
    'SET attempts = :attempts',
    { ...seen, values: { ...seen.values, ':attempts': attempts } },
    stale,
  );
}

/** Each budget by the key it is stored under. */
function budgetsByKey(
  { addressKey }: SignInRef,
  { everybody, own }: SignInBudgets,
): [Key, AddressFailures][] {
  if (own === undefined) return [[keys.signInFailures(addressKey), everybody]];
  const { deviceId, ...failures } = own;
  return [
    [keys.deviceFailures(addressKey, deviceId), failures],
    [keys.signInFailures(addressKey), everybody],
  ];
}

/** The guess is counted in every budget it was judged by. */
export function signInFailed(
  table: Table,
  ref: SignInRef,
  next: SignInBudgets,
  now: EpochSeconds,
): Fragment[] {
  // With the last guess it is no longer the quota that refuses a code; and with more, guesses are spent for longer.
  for (const [key] of budgetsByKey(ref, next)) forgetRefusals(table, key, [REFUSAL]);
  forgetQuotaRefusals(table, signInQuota(ref.addressKey, next.own?.deviceId));
  forgetQuotaRefusals(table, signInQuota(ref.addressKey));
  return budgetsByKey(ref, next).map(([key, failures]) => {
    const item = { ...failuresItem(failures), expiresAt: now + DAY_SECONDS };
    return put(table, key, item, versionIs(failures.version - 1), stale);
  });
}

/** No guess of these budgets has been spent since they were read. */
export function signInFailuresKept(table: Table, ref: SignInRef, seen: SignInBudgets): Fragment[] {
  return budgetsByKey(ref, seen).map(([key, { version }]) => check(table, key, versionIs(version), stale));
}

/** The challenge is used up. It is marked, not removed, so that one that is not there is known to be lost. */
export function signInCompleted(table: Table, ref: SignInRef, judged: SignInChallenge): Fragment {
  const seen = asJudged(judged, judged.attempts);
  return update(
    table,
    keys.signInChallenge(ref.addressKey, ref.id),
    'SET isUsed = :used REMOVE code',
    { ...seen, values: { ...seen.values, ':used': true } },
    stale,
  );
}

function asJudged({ code }: SignInChallenge, attempts: number) {
  return {
    if: `attempts = :seen AND ${code === undefined ? 'attribute_not_exists(code)' : 'code.hmac = :hmac'}`,
    values: { ':seen': attempts, ...(code && { ':hmac': code.hmac }) },
  };
}

function versionIs(version: number) {
  return version === 0 ? ABSENT : { if: 'version = :version', values: { ':version': version } };
}

/** In place of the address of an account that is closed since. */
const FORGOTTEN = '';

/** A challenge has been used up, has expired or is forgotten: nothing is to be mailed for it. */
export class SignInOver extends Error {
  override readonly name = 'SignInOver';
}

/** Gives a challenge its code, or a newer one if the record was delivered twice. Refused with SignInOver, or SignInLost. */
export function signInCodeStored(
  table: Table,
  ref: SignInRef,
  code: NonNullable<SignInChallenge['code']>,
  now: EpochSeconds,
): Fragment {
  return update(
    table,
    keys.signInChallenge(ref.addressKey, ref.id),
    'SET code = :code',
    {
      if: 'attribute_exists(pk) AND attribute_not_exists(isUsed) AND expiresAt > :now AND address <> :forgotten',
      values: { ':code': code, ':now': now, ':forgotten': FORGOTTEN },
    },
    (old) => (old === undefined ? new SignInLost('no such challenge') : new SignInOver()),
  );
}

/** The claim a code was made for no longer opens that account: the code is worth nothing. */
export const signInCodeWorthless = (): Error => new Problem('code_expired');

/** A lock, and what was done about it so far. */
export interface LockNotification {
  readonly address: EmailAddress;
  /** Whether the notice of it was counted. */
  readonly isCounted: boolean;
  readonly isDone: boolean;
}

/** @returns undefined if it is no longer the lock of its address */
export async function readLockNotification(
  table: Table,
  { addressKey, lockedAt }: LockRef,
): Promise<LockNotification | undefined> {
  const [failuresKey, markKey] = [keys.signInFailures(addressKey), keys.lockNotified(addressKey)];
  const items = await readItems(table, [failuresKey, markKey]);
  const { locked } = parseFailures(items.get(failuresKey));
  if (locked?.at !== lockedAt) return undefined;
  const mark = items.get(markKey);
  const isCounted = mark?.['lockedAt'] === lockedAt;
  return { address: locked.address, isCounted, isDone: isCounted && mark['notifiedAt'] !== undefined };
}

/** Marks that the notice of a lock is counted, for the transaction that counts it. */
export function lockMarkedCounted(table: Table, { addressKey, lockedAt }: LockRef): Fragment {
  return update(
    table,
    keys.lockNotified(addressKey),
    'SET lockedAt = :lockedAt, expiresAt = :expiresAt REMOVE notifiedAt',
    {
      if: 'attribute_not_exists(lockedAt) OR lockedAt <> :lockedAt',
      values: { ':lockedAt': lockedAt, ':expiresAt': lockedAt + 2 * DAY_SECONDS },
    },
    stale,
  );
}

/** So that the owner is notified of a lock once, however often that is tried. */
export async function markLockNotified(
  table: Table,
  { addressKey, lockedAt }: LockRef,
  now: EpochSeconds,
): Promise<void> {
  await table.documents.send('UpdateItem', {
    TableName: table.name,
    Key: keys.lockNotified(addressKey),
    UpdateExpression: 'SET notifiedAt = :now',
    ConditionExpression: 'lockedAt = :lockedAt',
    ExpressionAttributeValues: { ':now': now, ':lockedAt': lockedAt },
  });
}

const isChallenge = (item: Item): boolean => typeof item['attempts'] === 'number';

/**
 * What sign-ins with an address keep of whose it is goes: the address itself, and the codes. What is left are counts under a pseudonym, as
 * there are of any address, so that nobody learns from an answer that there was an account.
 */
export async function forgetSignIns(table: Table, addressKey: string): Promise<void> {
  for (const item of await readPartition(table, keys.signInFailures(addressKey).pk)) {
    const { pk, sk } = item as Item & Key;
    if (isChallenge(item))
      await changeIfThere(table, { pk, sk }, 'SET address = :forgotten REMOVE code', {
        ':forgotten': FORGOTTEN,
      });
    else if (isSignInFailuresKey(item)) await changeIfThere(table, { pk, sk }, 'REMOVE lockedAt, address');
  }
}

/** @returns all items of a partition, which are few */
async function readPartition(table: Table, pk: string): Promise<Item[]> {
  const found: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.documents.send('Query', {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

async function changeIfThere(
  table: Table,
  key: Key,
  change: string,
  values?: Record<string, unknown>,
): Promise<void> {
  const condition = { if: 'attribute_exists(pk)', ...(values && { values }) };
  try {
    await commit(table, [update(table, key, change, condition, stale)]);
  } catch (error) {
    if (!(error instanceof StaleView)) throw error;
  }
}
