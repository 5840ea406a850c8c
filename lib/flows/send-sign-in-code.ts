import type { SignInCodeSentAnswer } from '../contract/answers.ts';
import type { Core, WithHumanCheck, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import { addressMarks, type DeviceId, isKnownTo, openDevice } from '../linking/device.ts';
import { type EmailAddress, maskEmail } from '../linking/email.ts';
import type { HumanAnswer } from '../linking/human-check.ts';
import { type EpochSeconds, type Rules, toIso } from '../linking/rules.ts';
import { newId, pseudonym } from '../linking/secrets.ts';
import { formatChallengeId, requireSignInProvider, type SignInRef } from '../linking/sign-in.ts';
import { commit, type Fragment, type Table } from '../table/client.ts';
import { sendCounted, sendRecorded, signInQuota } from '../table/quotas.ts';
import { signInGuessesLeft, signInRequested } from '../table/sign-ins.ts';
import { peekCap } from '../table/spending.ts';
import { countingAt } from './count-sending.ts';
import { countStep } from './count-step.ts';
import { storeForHuman } from './human-check.ts';
import { settleAll } from './settle-all.ts';

/**
 * What lets a sign-in code be sent to an address, and counts it. For strangers, the budgets they share; for a device that is known to
 * the address, its own, so that no stranger keeps its owner out. What a device sends counts among strangers as well.
 *
 * @param deviceId the device, if it is known to the address
 */
function sendBudgets(
  table: Table,
  addressKey: string,
  deviceId: DeviceId | undefined,
  { now, rules }: { now: EpochSeconds; rules: Rules },
): Fragment[] {
  const sends = { now, rules, resendSeconds: rules.resendSeconds };
  const everybody = signInQuota(addressKey);
  if (deviceId === undefined)
    return [signInGuessesLeft(table, addressKey, { now, rules }), sendCounted(table, everybody, sends)];
  const own = signInQuota(addressKey, deviceId);
  return [
    signInGuessesLeft(table, addressKey, { deviceId, now, rules }),
    signInGuessesLeft(table, addressKey, { now, rules, isWide: true }),
    sendCounted(table, own, sends),
    sendRecorded(table, everybody, sends),
  ];
}

/**
 * Stores that a code was asked for, and no more. Whose address it is, this never learns: the code is made and mailed by the function
 * on the table's stream, so that nothing tells known and unknown addresses apart.
 */
export async function sendSignInCode(
  dependencies: Core & WithKeys & WithHumanCheck,
  caller: Caller,
  {
    form: { email, humanCheck: answer },
    now,
  }: { form: { email: EmailAddress; humanCheck?: HumanAnswer | undefined }; now: EpochSeconds },
): Promise<SignInCodeSentAnswer> {
  const { table, settings, random, keys } = dependencies;
  const { rules } = settings;
  requireSignInProvider('email', rules);
  const ref: SignInRef = {
    addressKey: pseudonym(keys.current.pseudonyms, 'email', email),
    id: newId(random),
  };
  const [expiresAt, resendAt] = [now + rules.mailCodeTtlSeconds, now + rules.resendSeconds];
  const device = openDevice(caller.deviceCookie, keys, now);
  const deviceId = isKnownTo(addressMarks(keys, email), device) ? device.id : undefined;
  const challenge = { id: ref.id, address: email, attempts: 0, expiresAt, resendAt };
  const isStranger = deviceId === undefined;
  const peek = peekCap(table, isStranger ? 'stranger_mail' : 'mail', countingAt(dependencies, now));
  await storeForHuman(dependencies, { caller, isStranger, answer, now }, async (counted) => {
    // The cap counts mails that are sent, and whether one is, nobody knows here: it is only looked at, at the same time. In the
    // transaction it would be one item that all of them meet at.
    await settleAll([
      commit(table, [
        ...sendBudgets(table, ref.addressKey, deviceId, { now, rules }),
        signInRequested(table, ref, { ...challenge, ...(deviceId && { deviceId }) }, caller.language),
        ...counted,
      ]),
      peek(),
    ]);
  });
  countStep(dependencies, 'CodeAsked', { by: 'mail' });
  return {
    challengeId: formatChallengeId(keys, ref),
    sentTo: maskEmail(email),
    expiresAt: toIso(expiresAt),
    resendAt: toIso(resendAt),
  };
}
