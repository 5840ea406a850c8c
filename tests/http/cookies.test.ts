import { expect, test } from '@jest/globals';
import { browserCookie, deviceCookie, noSessionCookie, sessionCookie } from '../../lib/http/cookies.ts';
import { newDevice, sealDevice } from '../../lib/linking/device.ts';
import { deriveKeys, newToken, systemRandomness } from '../../lib/linking/secrets.ts';

const attributes = (cookie: string) => {
  const [pair = '', ...rest] = cookie.split('; ');
  return { pair, rest: rest.map((attribute) => attribute.toLowerCase()).sort() };
};
const HOST = ['httponly', 'path=/', 'samesite=lax', 'secure'];

test('every cookie is what the __Host- prefix asks for, HttpOnly and Lax, and of no domain', () => {
  const token = newToken(systemRandomness);
  expect(attributes(sessionCookie(`1.${token}`))).toEqual({ pair: `__Host-session=1.${token}`, rest: HOST });
  const browser = attributes(browserCookie(token));
  expect(browser.pair).toMatch(new RegExp(`^__Host-[a-z]+=${token}$`));
  expect(browser.rest).toEqual(HOST);
});

test('a cookie is taken away under the same name and path', () => {
  const [cookie = '', ...more] = noSessionCookie({ isBearer: false });
  expect(attributes(cookie)).toEqual({
    pair: '__Host-session=',
    rest: ['httponly', 'max-age=0', ...HOST.slice(1)],
  });
  expect(more).toEqual([]);
});

test('a bearer token takes no cookie away', () => {
  expect(noSessionCookie({ isBearer: true })).toEqual([]);
});

test('the cookie of a device is of the same kind, and is kept for 180 days as it is', () => {
  const value = sealDevice(
    newDevice(systemRandomness),
    deriveKeys('a-key-of-the-tests-of-at-least-32-characters'),
  );
  expect(attributes(deviceCookie(value))).toEqual({
    pair: `__Host-device=${value}`,
    rest: ['httponly', 'max-age=15552000', ...HOST.slice(1)],
  });
});
