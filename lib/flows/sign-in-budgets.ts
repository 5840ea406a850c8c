import type { DeviceId } from '../linking/device.ts';
import type { EpochSeconds, Rules } from '../linking/rules.ts';
import { widenForDevices } from '../linking/sign-in.ts';
import type { Fragment, Table } from '../table/client.ts';
import { sendCounted, sendRecorded } from '../table/quotas.ts';
import { signInGuessesLeft } from '../table/sign-ins.ts';

/**
 * Requires the budgets that a sign-in code to an address takes, and counts it: for strangers those that they share; for a device known
 * to the address its own, so that no stranger keeps the owner out. What such a device sends counts among strangers as well.
 *
 * @param deviceId the device, if it is known to the address
 */
export function sendBudgets(
  table: Table,
  addressKey: string,
  deviceId: DeviceId | undefined,
  { now, rules }: { now: EpochSeconds; rules: Rules },
): Fragment[] {
  const sends = { now, rules, resendSeconds: rules.resendSeconds };
  const everybody = { scope: 'sign_in', subject: addressKey } as const;
  if (deviceId === undefined)
    return [signInGuessesLeft(table, addressKey, { now, rules }), sendCounted(table, everybody, sends)];
  const own = { scope: 'sign_in_device', subject: `${addressKey}#${deviceId}` } as const;
  return [
    signInGuessesLeft(table, addressKey, { deviceId, now, rules }),
    signInGuessesLeft(table, addressKey, { now, rules: widenForDevices(rules) }),
    sendCounted(table, own, sends),
    sendRecorded(table, everybody, sends),
  ];
}
