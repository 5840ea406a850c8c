import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { Problem } from '../linking/problem.ts';
import { DAY_SECONDS, type EpochSeconds, type Rules } from '../linking/rules.ts';
import { NO_FAILURES, type SignInChallenge, type SignInFailures } from '../linking/sign-in.ts';
import { requireGuessesLeftToday } from '../linking/windows.ts';
import {
  ABSENT,
  check,
  type Fragment,
  type Item,
  put,
  readItems,
  remove,
  StaleView,
  stale,
  type Table,
  update,
} from './client.ts';
import { keys } from './keys.ts';

/** Which challenge of which address: both are in the `challengeId` the browser holds, so that one read finds all. */
export interface SignInRef {
  /** Pseudonym of the address. */
  readonly addressKey: string;
  readonly id: string;
}

const PART = 22;

export function challengeIdOf({ addressKey, id }: SignInRef): string {
  return addressKey + id;
}

/** @returns undefined where it can't be a challenge's id */
export function parseChallengeId(challengeId: string): SignInRef | undefined {
  if (!/^[A-Za-z0-9_-]{44}$/.test(challengeId)) return undefined;
  return { addressKey: challengeId.slice(0, PART), id: challengeId.slice(PART) };
}

const challengeSchema = z.object({
  id: z.string(),
  address: z.string(),
  attempts: z.int(),
  expiresAt: z.int(),
  resendAt: z.int(),
  code: z.optional(z.object({ hmac: z.string(), accountId: z.string(), methodId: z.string() })),
});

export function parseSignInChallenge(item: Item): SignInChallenge {
  return challengeSchema.parse(item) as SignInChallenge;
}

const failuresSchema = z.object({ version: z.int(), failures: z.array(z.int()) });
const parseFailures = (item: Item | undefined): SignInFailures =>
  item === undefined ? NO_FAILURES : failuresSchema.parse(item);

export async function readSignIn(table: Table, ref: SignInRef) {
  const [challengeKey, failuresKey] = [
    keys.signInChallenge(ref.addressKey, ref.id),
    keys.signInFailures(ref.addressKey),
  ];
  const items = await readItems(table, [challengeKey, failuresKey]);
  const item = items.get(challengeKey);
  return {
    challenge: item === undefined ? undefined : parseSignInChallenge(item),
    failures: parseFailures(items.get(failuresKey)),
  };
}

/** Stored without a code; `language` is for the mail that may follow. */
export function signInRequested(
  table: Table,
  ref: SignInRef,
  challenge: SignInChallenge,
  language: string,
): Fragment {
  return put(table, keys.signInChallenge(ref.addressKey, ref.id), { ...challenge, language }, ABSENT, stale);
}

/** The address has guesses left today: a code that can't be used is not sent. */
export function signInGuessesLeft(
  table: Table,
  addressKey: string,
  now: EpochSeconds,
  rules: Rules,
): Fragment {
  const last = `failures[${rules.codeFailuresPerDay - 1}]`;
  return check(
    table,
    keys.signInFailures(addressKey),
    { if: `attribute_not_exists(${last}) OR ${last} <= :dayAgo`, values: { ':dayAgo': now - DAY_SECONDS } },
    (old) => {
      try {
        requireGuessesLeftToday(parseFailures(old).failures, rules, now);
        return new StaleView();
      } catch (problem) {
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

export function signInFailed(
  table: Table,
  ref: SignInRef,
  next: SignInFailures,
  now: EpochSeconds,
): Fragment {
  const key = keys.signInFailures(ref.addressKey);
  return put(table, key, { ...next, expiresAt: now + DAY_SECONDS }, versionIs(next.version - 1), stale);
}

/** Nobody spent a guess since the failures were read. */
export function signInFailuresKept(table: Table, ref: SignInRef, seen: SignInFailures): Fragment {
  return check(table, keys.signInFailures(ref.addressKey), versionIs(seen.version), stale);
}

/** The challenge is used up. */
export function signInCompleted(table: Table, ref: SignInRef, judged: SignInChallenge): Fragment {
  return remove(
    table,
    keys.signInChallenge(ref.addressKey, ref.id),
    asJudged(judged, judged.attempts),
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

/**
 * Gives a challenge its code, or a newer one where the record was delivered twice.
 *
 * @returns false where it has been used up or has expired meanwhile, so that nothing is to be mailed
 */
export async function storeSignInCode(
  table: Table,
  ref: SignInRef,
  code: NonNullable<SignInChallenge['code']>,
  now: EpochSeconds,
): Promise<boolean> {
  try {
    await table.documents.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keys.signInChallenge(ref.addressKey, ref.id),
        UpdateExpression: 'SET code = :code',
        ConditionExpression: 'attribute_exists(pk) AND expiresAt > :now',
        ExpressionAttributeValues: { ':code': code, ':now': now },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The claim a code was made for no longer opens that account: the code is worth nothing. */
export const signInCodeWorthless = (): Error => new Problem('code_expired');
