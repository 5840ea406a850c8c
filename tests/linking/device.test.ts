import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccountId } from '../../lib/linking/account.ts';
import {
  accountMarks,
  addressMarks,
  DEVICE_SECONDS,
  type Device,
  type DeviceMark,
  isKnownTo,
  newDevice,
  openDevice,
  SIGN_INS_MAX,
  sealDevice,
  withSignIn,
} from '../../lib/linking/device.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import { computeSeal, deriveKeys, systemRandomness } from '../../lib/linking/secrets.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

const [OLD, NEW] = [
  'a-key-of-the-tests-of-at-least-32-characters',
  'another-key-of-at-least-32-characters-or-so',
];
const KEYS = deriveKeys(OLD);
const OTHER_KEYS = deriveKeys(NEW);
const NOW = 1_795_514_400;

const address = (text: string) => addressMarks(KEYS, text as EmailAddress);
const account = (text: string) => accountMarks(KEYS, text as AccountId);

const base64url = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
    minLength: length,
    maxLength: length,
  });
const devices = fc.record({
  id: base64url(22),
  signIns: fc.array(fc.record({ mark: base64url(22), at: fc.integer({ min: NOW - 1000, max: NOW }) }), {
    maxLength: SIGN_INS_MAX,
  }),
}) as unknown as fc.Arbitrary<Device>;

describe('the cookie of a device', () => {
  test('is opened to just what was sealed', () => {
    fc.assert(
      fc.property(devices, (device) => {
        expect(openDevice(sealDevice(device, KEYS), KEYS, NOW)).toEqual(device);
      }),
    );
  });

  test('is none under another key', () => {
    fc.assert(
      fc.property(devices, (device) => {
        expect(openDevice(sealDevice(device, KEYS), OTHER_KEYS, NOW)).toBeUndefined();
        expect(openDevice(sealDevice(device, OTHER_KEYS), KEYS, NOW)).toBeUndefined();
      }),
    );
  });

  test('is none once any character of it is another, gone, or added', () => {
    const changes = fc.tuple(
      devices,
      fc.nat(),
      fc.constantFrom('change', 'remove', 'add'),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(changes, ([device, place, how, character]) => {
        const cookie = sealDevice(device, KEYS);
        const at = place % cookie.length;
        const rest = how === 'add' ? at : at + 1;
        const tampered = cookie.slice(0, at) + (how === 'remove' ? '' : character) + cookie.slice(rest);
        fc.pre(tampered !== cookie);
        expect(openDevice(tampered, KEYS, NOW)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('is none where its last character means the same bits by other letters', () => {
    const cookie = sealDevice(newDevice(systemRandomness), KEYS);
    const seal = cookie.slice(-26);
    const bytes = Buffer.from(seal, 'base64url').toString('hex');
    const variants = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => seal.slice(0, -1) + last)
      .filter((text) => text !== seal && Buffer.from(text, 'base64url').toString('hex') === bytes);
    expect(variants).toHaveLength(15);
    for (const variant of variants)
      expect(openDevice(cookie.slice(0, -26) + variant, KEYS, NOW)).toBeUndefined();
  });

  test('is none that is put together from two', () => {
    fc.assert(
      fc.property(devices, devices, (one, two) => {
        const [first, second] = [sealDevice(one, KEYS), sealDevice(two, KEYS)];
        fc.pre(first !== second);
        const mixed = first.slice(0, first.lastIndexOf('.')) + second.slice(second.lastIndexOf('.'));
        expect(openDevice(mixed, KEYS, NOW)).toBeUndefined();
      }),
    );
  });

  test('is none whatever else it is, and never a fault', () => {
    const texts = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: fc.constantFrom(...'.~A1-_') }),
      fc.array(base64url(22), { maxLength: 30 }).map((parts) => parts.join('.')),
      fc.tuple(base64url(22), base64url(26)).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(openDevice(text, KEYS, NOW)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(openDevice(undefined, KEYS, NOW)).toBeUndefined();
    expect(openDevice(`${'A'.repeat(22)}.`.repeat(100_000), KEYS, NOW)).toBeUndefined();
  });

  test('is sealed by no key for another use', () => {
    const device = newDevice(systemRandomness);
    const { devices, links, challengeIds, pseudonyms, codes } = KEYS.current;
    const cookieBy = (key: Parameters<typeof computeSeal>[0]) =>
      `${device.id}.${computeSeal(key, device.id)}`;
    expect(openDevice(cookieBy(devices), KEYS, NOW)).toEqual(device);
    for (const key of [links, challengeIds, pseudonyms, codes])
      expect(openDevice(cookieBy(key), KEYS, NOW)).toBeUndefined();
  });

  test('shows neither address nor account, and stays below a kilobyte', () => {
    let device = newDevice(systemRandomness);
    for (let count = 0; count < 50; count += 1)
      device = withSignIn(device, [account(`10000${count}`), address(`alice${count}@example.com`)], NOW);
    const cookie = sealDevice(device, KEYS);
    expect(cookie).not.toMatch(/alice|example|10000/);
    expect(cookie.length).toBeLessThan(1000);
    expect(cookie).toMatch(/^[A-Za-z0-9._~-]+$/);
  });
});

describe('a device', () => {
  const marks = [account('100000001'), address('alice@example.com')];

  test('is known to what it has signed in to, and to nothing else', () => {
    const device = withSignIn(newDevice(systemRandomness), marks, NOW);
    for (const mark of marks) expect(isKnownTo(mark, device)).toBe(true);
    for (const mark of [account('100000002'), address('bob@example.com'), address('100000001')])
      expect(isKnownTo(mark, device)).toBe(false);
    expect(isKnownTo(account('100000001'), undefined)).toBe(false);
  });

  test('tells an account from an address of the same text, and one deployment’s from another’s', () => {
    expect(account('1')[0]).not.toBe(address('1')[0]);
    expect(account('1')[0]).not.toBe(accountMarks(OTHER_KEYS, '1' as AccountId)[0]);
  });

  test('keeps its id, and has each sign-in once, the newest first', () => {
    const device = newDevice(systemRandomness);
    const once = withSignIn(device, [account('1'), address('a@example.com')], NOW);
    const twice = withSignIn(once, [account('2')], NOW + 1);
    const again = withSignIn(twice, [account('1')], NOW + 2);
    expect(again).toEqual({
      id: device.id,
      signIns: [
        { mark: account('1')[0], at: NOW + 2 },
        { mark: account('2')[0], at: NOW + 1 },
        { mark: address('a@example.com')[0], at: NOW },
      ],
    });
  });

  test('forgets what it signed in to longest ago', () => {
    const sequences = fc.array(
      fc.array(
        base64url(22).map((mark) => [mark as DeviceMark] as const),
        { minLength: 1, maxLength: 3 },
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(sequences, (sequence) => {
        let device = newDevice(systemRandomness);
        for (const [index, some] of sequence.entries()) device = withSignIn(device, some, NOW + index);
        expect(device.signIns.length).toBeLessThanOrEqual(SIGN_INS_MAX);
        const last = sequence.at(-1) ?? [];
        for (const marks of last) expect(isKnownTo(marks, device)).toBe(true);
        const ages = device.signIns.map(({ at }) => at);
        expect(ages).toEqual(ages.toSorted((one, other) => other - one));
      }),
    );
  });

  test('is known for 180 days from each sign-in, to the second, whatever it signed in to since', () => {
    const device = withSignIn(newDevice(systemRandomness), marks, NOW);
    const later = withSignIn(device, [account('2')], NOW + 1000);
    const cookie = sealDevice(later, KEYS);
    const last = openDevice(cookie, KEYS, NOW + DEVICE_SECONDS - 1);
    for (const mark of marks) expect(isKnownTo(mark, last)).toBe(true);
    const lapsed = openDevice(cookie, KEYS, NOW + DEVICE_SECONDS);
    for (const mark of marks) expect(isKnownTo(mark, lapsed)).toBe(false);
    expect(isKnownTo(account('2'), lapsed)).toBe(true);
    expect(lapsed?.id).toBe(device.id);
  });
});
