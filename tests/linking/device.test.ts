import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccountId } from '../../lib/linking/account.ts';
import {
  accountMark,
  addressMark,
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
import { computeSeal, type HmacKey, pseudonym, systemRandomness } from '../../lib/linking/secrets.ts';

const KEY = 'a-key-of-the-tests-of-at-least-32-characters' as HmacKey;
const OTHER_KEY = 'another-key-of-at-least-32-characters-or-so' as HmacKey;
const NOW = 1_795_514_400;

const address = (text: string) => addressMark(KEY, text as EmailAddress);
const account = (text: string) => accountMark(KEY, text as AccountId);

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
        expect(openDevice(sealDevice(device, KEY), KEY, NOW)).toEqual(device);
      }),
    );
  });

  test('is none under another key', () => {
    fc.assert(
      fc.property(devices, (device) => {
        expect(openDevice(sealDevice(device, KEY), OTHER_KEY, NOW)).toBeUndefined();
        expect(openDevice(sealDevice(device, OTHER_KEY), KEY, NOW)).toBeUndefined();
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
        const cookie = sealDevice(device, KEY);
        const at = place % cookie.length;
        const rest = how === 'add' ? at : at + 1;
        const tampered = cookie.slice(0, at) + (how === 'remove' ? '' : character) + cookie.slice(rest);
        fc.pre(tampered !== cookie);
        expect(openDevice(tampered, KEY, NOW)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('is none where its last character means the same bits by other letters', () => {
    const cookie = sealDevice(newDevice(systemRandomness), KEY);
    const seal = cookie.slice(-43);
    const bytes = Buffer.from(seal, 'base64url').toString('hex');
    const variants = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => seal.slice(0, -1) + last)
      .filter((text) => text !== seal && Buffer.from(text, 'base64url').toString('hex') === bytes);
    expect(variants).toHaveLength(3);
    for (const variant of variants)
      expect(openDevice(cookie.slice(0, -43) + variant, KEY, NOW)).toBeUndefined();
  });

  test('is none that is put together from two', () => {
    fc.assert(
      fc.property(devices, devices, (one, two) => {
        const [first, second] = [sealDevice(one, KEY), sealDevice(two, KEY)];
        fc.pre(first !== second);
        const mixed = first.slice(0, first.lastIndexOf('.')) + second.slice(second.lastIndexOf('.'));
        expect(openDevice(mixed, KEY, NOW)).toBeUndefined();
      }),
    );
  });

  test('is none whatever else it is, and never a fault', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'.~A1-_') }),
      fc.array(base64url(22), { maxLength: 30 }).map((parts) => parts.join('.')),
      fc.tuple(base64url(22), base64url(43)).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(openDevice(text, KEY, NOW)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(openDevice(undefined, KEY, NOW)).toBeUndefined();
    expect(openDevice(`${'A'.repeat(22)}.`.repeat(100_000), KEY, NOW)).toBeUndefined();
  });

  test('is made by nothing else that the key is used for', () => {
    const { id } = newDevice(systemRandomness);
    const seals = [computeSeal(KEY, 'another', id), pseudonym(KEY, 'device', id), pseudonym(KEY, 'seal', id)];
    for (const seal of seals) {
      expect(openDevice(`${id}.${seal}`, KEY, NOW)).toBeUndefined();
      expect(openDevice(`${id}.${seal.padEnd(43, 'A')}`, KEY, NOW)).toBeUndefined();
    }
  });

  test('shows neither address nor account, and stays below a kilobyte', () => {
    let device = newDevice(systemRandomness);
    for (let count = 0; count < 50; count += 1)
      device = withSignIn(device, [account(`10000${count}`), address(`alice${count}@example.com`)], NOW);
    const cookie = sealDevice(device, KEY);
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
    expect(account('1')).not.toBe(address('1'));
    expect(accountMark(KEY, '1' as AccountId)).not.toBe(accountMark(OTHER_KEY, '1' as AccountId));
  });

  test('keeps its id, and has each sign-in once, the newest first', () => {
    const device = newDevice(systemRandomness);
    const once = withSignIn(device, [account('1'), address('a@example.com')], NOW);
    const twice = withSignIn(once, [account('2')], NOW + 1);
    const again = withSignIn(twice, [account('1')], NOW + 2);
    expect(again).toEqual({
      id: device.id,
      signIns: [
        { mark: account('1'), at: NOW + 2 },
        { mark: account('2'), at: NOW + 1 },
        { mark: address('a@example.com'), at: NOW },
      ],
    });
  });

  test('forgets what it signed in to longest ago', () => {
    const sequences = fc.array(fc.array(base64url(22), { minLength: 1, maxLength: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(sequences, (sequence) => {
        let device = newDevice(systemRandomness);
        for (const [index, some] of sequence.entries())
          device = withSignIn(device, some as DeviceMark[], NOW + index);
        expect(device.signIns.length).toBeLessThanOrEqual(SIGN_INS_MAX);
        const last = sequence.at(-1) ?? [];
        for (const mark of last) expect(isKnownTo(mark as DeviceMark, device)).toBe(true);
        const ages = device.signIns.map(({ at }) => at);
        expect(ages).toEqual(ages.toSorted((one, other) => other - one));
      }),
    );
  });

  test('is known for 180 days from each sign-in, to the second, whatever it signed in to since', () => {
    const device = withSignIn(newDevice(systemRandomness), marks, NOW);
    const later = withSignIn(device, [account('2')], NOW + 1000);
    const cookie = sealDevice(later, KEY);
    const last = openDevice(cookie, KEY, NOW + DEVICE_SECONDS - 1);
    for (const mark of marks) expect(isKnownTo(mark, last)).toBe(true);
    const lapsed = openDevice(cookie, KEY, NOW + DEVICE_SECONDS);
    for (const mark of marks) expect(isKnownTo(mark, lapsed)).toBe(false);
    expect(isKnownTo(account('2'), lapsed)).toBe(true);
    expect(lapsed?.id).toBe(device.id);
  });
});
