import type { AccountId } from './account.ts';
import type { EmailAddress } from './email.ts';
import { DAY_SECONDS, type EpochSeconds } from './rules.ts';
import {
  computeSeal,
  type HmacKey,
  isSameHmac,
  newId,
  pseudonym,
  type Randomness,
  type Seal,
} from './secrets.ts';

/** Names one browser, for as long as it keeps its cookie. */
export type DeviceId = string & { readonly __deviceId: unique symbol };
/** What a device is given to keep; see `sealDevice`. Never logged. */
export type DeviceCookie = string & { readonly __deviceCookie: unique symbol };
/** Pseudonym of an address or an account in a device's cookie, base64url (22 characters). */
export type DeviceMark = string & { readonly __deviceMark: unique symbol };

/** A browser and what has been signed in to with it, newest first. Nothing is stored of it here: it brings its own cookie. */
export interface Device {
  readonly id: DeviceId;
  readonly signIns: readonly { readonly mark: DeviceMark; readonly at: EpochSeconds }[];
}

/** How long a device is known after it signed in: how long its cookie lasts, and how long we go by it. */
export const DEVICE_SECONDS = 180 * DAY_SECONDS;
/** Enough for people with several accounts, and few enough to keep the cookie below a kilobyte. */
export const SIGN_INS_MAX = 20;

/** Kept apart from every other pseudonym and seal made with the same key. */
const KIND = 'device';

export function addressMark(key: HmacKey, address: EmailAddress): DeviceMark {
  return pseudonym(key, KIND, `address:${address}`) as DeviceMark;
}

export function accountMark(key: HmacKey, accountId: AccountId): DeviceMark {
  return pseudonym(key, KIND, `account:${accountId}`) as DeviceMark;
}

export function newDevice(random: Randomness): Device {
  return { id: newId(random) as DeviceId, signIns: [] };
}

/** `id.mark~at.mark~at.….seal`; `at` in decimal seconds, the seal over all before its full stop. */
const COOKIE = new RegExp(
  `^([A-Za-z0-9_-]{22}(?:\\.[A-Za-z0-9_-]{22}~\\d{1,10}){0,${SIGN_INS_MAX}})\\.([A-Za-z0-9_-]{43})$`,
);

/** The cookie by which a device is known again. */
export function sealDevice({ id, signIns }: Device, key: HmacKey): DeviceCookie {
  const text = [id, ...signIns.map(({ mark, at }) => `${mark}~${at}`)].join('.');
  return `${text}.${computeSeal(key, KIND, text)}` as DeviceCookie;
}

/**
 * The device a cookie is of, less the sign-ins that are too long ago.
 *
 * @returns undefined unless we made it, with this key, just as it is: any other cookie is as good as none
 */
export function openDevice(cookie: string | undefined, key: HmacKey, now: EpochSeconds): Device | undefined {
  const [, text, seal] = COOKIE.exec(cookie ?? '') ?? [];
  if (text === undefined || !isSameHmac(seal as Seal, computeSeal(key, KIND, text))) return undefined;
  const [id, ...parts] = text.split('.');
  const signIns = parts.map((part) => {
    const [mark, at] = part.split('~');
    return { mark: mark as DeviceMark, at: Number(at) };
  });
  return { id: id as DeviceId, signIns: signIns.filter(({ at }) => at + DEVICE_SECONDS > now) };
}

/** Whether the device has signed in to this before. */
export function isKnownTo(mark: DeviceMark, device: Device | undefined): device is Device {
  return device?.signIns.some((signIn) => signIn.mark === mark) ?? false;
}

/** The device once it has signed in to these; what it signed in to longest ago is forgotten. */
export function withSignIn(device: Device, marks: readonly DeviceMark[], now: EpochSeconds): Device {
  const others = device.signIns.filter(({ mark }) => !marks.includes(mark));
  const signIns = [...marks.map((mark) => ({ mark, at: now })), ...others].slice(0, SIGN_INS_MAX);
  return { ...device, signIns };
}
