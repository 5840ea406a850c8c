import type { AccountId } from './account.ts';
import type { EmailAddress } from './email.ts';
import { DAY_SECONDS, type EpochSeconds } from './rules.ts';
import {
  computeSeal,
  isSealed,
  type Keys,
  listKeys,
  newId,
  type Randomness,
  type SubKey,
  shortHmac,
} from './secrets.ts';

/** Names one browser, for as long as it keeps its cookie. */
export type DeviceId = string & { readonly __deviceId: unique symbol };
/** What a device is given to keep; see `sealDevice`. Never logged. */
export type DeviceCookie = string & { readonly __deviceCookie: unique symbol };
/** Pseudonym of an address or an account in a device's cookie, base64url (22 characters). */
export type DeviceMark = string & { readonly __deviceMark: unique symbol };
/** The marks of one address or account, by every key: that of the current one first, which is the one to set. */
export type DeviceMarks = readonly [DeviceMark, ...DeviceMark[]];

/** A browser and what has been signed in to with it, newest first. Nothing is stored of it here: it brings its own cookie. */
export interface Device {
  readonly id: DeviceId;
  readonly signIns: readonly { readonly mark: DeviceMark; readonly at: EpochSeconds }[];
}

/** How long a device is known after it signed in: how long its cookie lasts, and how long we go by it. */
export const DEVICE_SECONDS = 180 * DAY_SECONDS;
/** Enough for people with several accounts, and few enough to keep the cookie below a kilobyte. */
export const SIGN_INS_MAX = 20;

function listMarks(keys: Keys, kind: 'address' | 'account', value: string): DeviceMarks {
  const mark = (key: SubKey<'devices'>) => shortHmac(key, kind, value) as DeviceMark;
  const [current, ...others] = listKeys(keys, 'devices');
  return [mark(current), ...others.map(mark)];
}

export function addressMarks(keys: Keys, address: EmailAddress): DeviceMarks {
  return listMarks(keys, 'address', address);
}

export function accountMarks(keys: Keys, accountId: AccountId): DeviceMarks {
  return listMarks(keys, 'account', accountId);
}

export function newDevice(random: Randomness): Device {
  return { id: newId(random) as DeviceId, signIns: [] };
}

/** `id.mark~at.mark~at.….seal`; `at` in decimal seconds, the seal over all before its full stop. */
const COOKIE = new RegExp(
  `^([A-Za-z0-9_-]{22}(?:\\.[A-Za-z0-9_-]{22}~\\d{1,10}){0,${SIGN_INS_MAX}})\\.([A-Za-z0-9_-]{26})$`,
);

/** The cookie by which a device is known again. */
export function sealDevice({ id, signIns }: Device, keys: Keys): DeviceCookie {
  const text = [id, ...signIns.map(({ mark, at }) => `${mark}~${at}`)].join('.');
  return `${text}.${computeSeal(keys.current.devices, text)}` as DeviceCookie;
}

/**
 * The device a cookie is of, less the sign-ins that are too long ago.
 *
 * @returns undefined unless we made it, with one of these keys, just as it is: any other cookie is as good as none
 */
export function openDevice(cookie: string | undefined, keys: Keys, now: EpochSeconds): Device | undefined {
  const [, text = '', seal = ''] = COOKIE.exec(cookie ?? '') ?? [];
  if (!isSealed(keys, 'devices', text, seal)) return undefined;
  const [id, ...parts] = text.split('.');
  const signIns = parts.map((part) => {
    const [mark, at] = part.split('~');
    return { mark: mark as DeviceMark, at: Number(at) };
  });
  return { id: id as DeviceId, signIns: signIns.filter(({ at }) => at + DEVICE_SECONDS > now) };
}

/** When the device last signed in to this; undefined if it never did. */
export function knownSince(marks: DeviceMarks, device: Device | undefined): EpochSeconds | undefined {
  const times = (device?.signIns ?? []).flatMap(({ mark, at }) => (marks.includes(mark) ? [at] : []));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether the device has signed in to this before. */
export function isKnownTo(marks: DeviceMarks, device: Device | undefined): device is Device {
  return knownSince(marks, device) !== undefined;
}

/**
 * The device once it has signed in to these; what it signed in to longest ago is forgotten. Of all else the marks stay as they are, by
 * whichever key they were set.
 */
export function withSignIn(device: Device, signedInTo: readonly DeviceMarks[], now: EpochSeconds): Device {
  const added = signedInTo.map(([mark]) => ({ mark, at: now }));
  const others = device.signIns.filter(({ mark }) => !signedInTo.some((marks) => marks.includes(mark)));
  return { ...device, signIns: [...added, ...others].slice(0, SIGN_INS_MAX) };
}
