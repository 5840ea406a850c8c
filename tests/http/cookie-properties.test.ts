import { describe, expect, test } from '@jest/globals';
import { parseSetCookie } from 'cookie';
import fc from 'fast-check';
import { readCaller } from '../../lib/http/caller.ts';
import { browserCookie, deviceCookie, sessionCookie } from '../../lib/http/cookies.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { type DeviceMark, newDevice, openDevice, sealDevice, withSignIn } from '../../lib/linking/device.ts';
import { deriveKeys, hashToken, newToken, type Randomness, type Token } from '../../lib/linking/secrets.ts';
import { sessionToken } from '../../lib/linking/session.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';
import { makeEvent } from '../support/functions.ts';

const RUNS = { numRuns: 300 };
const SECRET = 'a-key-of-the-tests-of-at-least-32-characters';
const KEYS = deriveKeys(SECRET);
const NOW = 1_795_514_400;

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const accountId = fc
  .string({ unit: fc.constantFrom(...base64url), minLength: 1, maxLength: 64 })
  .map((id) => id as AccountId);
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const randomnessOf = (chance: Uint8Array): Randomness => ({
  int: () => 0,
  bytes: (count) => Buffer.from(chance.subarray(0, count)),
});
const token = bytes.map((chance): Token => newToken(randomnessOf(chance)));
const device = fc
  .tuple(
    bytes,
    fc.array(fc.string({ unit: fc.constantFrom(...base64url), minLength: 22, maxLength: 22 }), {
      maxLength: 20,
    }),
  )
  .map(([chance, marks]) =>
    withSignIn(
      newDevice(randomnessOf(chance)),
      marks.map((mark) => [mark as DeviceMark]),
      NOW,
    ),
  );

/** What a browser sends of a cookie it was given. */
const pairOf = (line: string) => {
  const { name, value = '' } = parseSetCookie(line);
  return `${name}=${value}`;
};

/** Cookies of anybody else on the site: of other names, whatever they hold. */
const otherPair = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('session', '__Secure-session', '__Host-sessions', '__host-session', 'x', ''),
      fc.string({ maxLength: 8 }),
    ),
    fc.string({ unit: anyCharacter, maxLength: 20 }),
  )
  .filter(([name]) => !['__Host-session', '__Host-browser', '__Host-device'].includes(name.trim()))
  .map((pair) => pair.join('=').replaceAll(/[;\r\n]/g, ''))
  .filter((pair) => !/^\s*__Host-(session|browser|device)\s*=/.test(pair));
const others = fc.array(otherPair, { maxLength: 4 });

const read = (cookies: readonly string[]) =>
  readCaller(makeEvent('GET', '/account', { cookies }).event, 'en');

describe('a cookie of ours', () => {
  test('is read as it was given, whatever other cookies are around it', () => {
    fc.assert(
      fc.property(
        accountId,
        token,
        token,
        device,
        others,
        others,
        (id, session, browser, known, before, after) => {
          const given = [
            sessionCookie(sessionToken({ accountId: id, openedBy: 'wechat' }, session)),
            browserCookie(browser),
            deviceCookie(sealDevice(known, KEYS)),
          ].map(pairOf);
          for (const order of [given, given.toReversed()]) {
            const request = read([...before, ...order, ...after]);
            expect(request.sessionRef).toEqual({
              accountId: id,
              openedBy: 'wechat',
              hash: hashToken(session),
            });
            expect(request.browserToken).toBe(browser);
            expect(openDevice(request.deviceCookie, KEYS, NOW)).toEqual(known);
          }
        },
      ),
      RUNS,
    );
  });

  test('is read from the header, where the gateway left it there, as from the list', () => {
    fc.assert(
      fc.property(accountId, token, others, (id, session, before) => {
        const cookies = [
          ...before,
          pairOf(sessionCookie(sessionToken({ accountId: id, openedBy: 'wechat' }, session))),
        ];
        const { cookies: _none, ...event } = makeEvent('GET', '/account').event;
        const inHeader = { ...event, headers: { ...event.headers, cookie: cookies.join('; ') } };
        expect(readCaller(inHeader, 'en').sessionRef).toEqual(read(cookies).sessionRef);
      }),
      RUNS,
    );
  });

  test('with any of its characters missing, doubled or another is none, and no error', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom('', 'drop', 'double', 'A', '=', '.', '%', '+', '/', ' ', '中'),
    );
    const spoil = (text: string, at: number, how: string) => {
      const index = at % text.length;
      const [start, character, end] = [text.slice(0, index), text[index] ?? '', text.slice(index + 1)];
      return start + ({ '': '', drop: '', double: character + character }[how] ?? how) + end;
    };
    fc.assert(
      fc.property(accountId, token, device, change, (id, session, known, [at, how]) => {
        const sealed = sealDevice(known, KEYS);
        const spoiled = spoil(sealed, at, how);
        if (spoiled !== sealed) expect(openDevice(spoiled, KEYS, NOW)).toBeUndefined();
        const text = spoil(session, at, how);
        const { sessionRef, browserToken } = read([
          `__Host-session=${sessionToken({ accountId: id, openedBy: 'qq' }, text as Token)}`,
          `__Host-browser=${text}`,
        ]);
        // One letter for another makes another token, which is nobody's; all else makes none at all.
        if (sessionRef?.hash !== undefined && text !== session)
          expect(sessionRef.hash).not.toBe(hashToken(session));
        if (text.length !== session.length)
          expect([sessionRef, browserToken]).toEqual([undefined, undefined]);
      }),
      RUNS,
    );
  });

  test('is not read by another name, nor a device’s with another key', () => {
    fc.assert(
      fc.property(
        accountId,
        token,
        device,
        fc.constantFrom('', ' ', '-', 'x', '\u0000'),
        (id, session, known, more) => {
          const value = sessionToken({ accountId: id, openedBy: 'wechat' }, session);
          for (const name of [
            'session',
            '__Secure-session',
            '__host-session',
            '__HOST-SESSION',
            `x__Host-session`,
          ])
            expect(read([`${name}${more}=${value}`]).sessionRef).toBeUndefined();
          expect(openDevice(sealDevice(known, KEYS), deriveKeys(`${SECRET}${more}x`), NOW)).toBeUndefined();
          expect(read([`__Host-browser=${value}`]).browserToken).toBeUndefined();
        },
      ),
      RUNS,
    );
  });
});

test('whatever is sent for cookies, reading them is no error', () => {
  const anything = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 60 }),
    otherPair,
    fc.constantFrom('=', ';', '%', '%E4', '"', '__proto__=x', 'constructor=x'),
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 6 }), anything, (cookies, header) => {
      expect(read(cookies).sessionRef).toBeUndefined();
      const { event } = makeEvent('GET', '/account', { cookies });
      const { sessionRef, deviceCookie: known } = readCaller({ ...event, headers: { cookie: header } }, 'en');
      expect(sessionRef).toBeUndefined();
      expect(openDevice(known, KEYS, NOW)).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});
