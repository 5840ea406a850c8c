import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { hashBrowser, readCaller } from '../../lib/http/caller.ts';
import { hashToken, newToken, systemRandomness } from '../../lib/linking/secrets.ts';
import { sessionToken } from '../../lib/linking/session.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';
import { makeEvent } from '../support/functions.ts';

describe('what is read of a caller', () => {
  const token = newToken(systemRandomness);
  const read = (cookies: string[], changes: Partial<APIGatewayProxyEventV2> = {}) =>
    readCaller({ ...makeEvent('GET', '/account', { cookies }).event, ...changes }, 'en');

  test('is the session and the browser of its cookies, by their hashes', () => {
    const session = sessionToken({ accountId: '100000001' as never, openedBy: 'email' }, token);
    const request = read([`__Host-session=${session}`, `__Host-browser=${token}`]);
    expect(request.sessionRef).toEqual({ accountId: '100000001', openedBy: 'email', hash: hashToken(token) });
    expect(hashBrowser(request)).toBe(hashToken(token));
    expect(JSON.stringify(request.sessionRef)).not.toContain(token);
  });

  test('is the device as it says, without what is no text or would reorder what is around it', () => {
    const said = (userAgent: string) => {
      const { event } = makeEvent('GET', '/account');
      const http = { ...event.requestContext.http, userAgent };
      return read([], { requestContext: { ...event.requestContext, http } }).device;
    };
    expect(said('Mozilla/5.0\u0000 \u202eExample\ud800/1.0\t ')).toBe('Mozilla/5.0 Example/1.0');
    expect(said('x'.repeat(600))).toBe('x'.repeat(512));
    expect(said(`${'x'.repeat(511)}😀`)).toBe('x'.repeat(511));
  });

  test('is no session where there is none, or what can’t be one', () => {
    for (const cookies of [
      [],
      [''],
      ['__Host-session'],
      ['__Host-session='],
      [`__Host-session=${token}`],
      [`session=100000001.${token}`],
      [`__Host-session=100000001.${token}x`],
      [`__Host-session=.${token}`],
      [`__Host-session=a.b.${token}`],
      [`__Host-browser=${token}x`],
    ]) {
      const request = read(cookies);
      expect(request.sessionRef).toBeUndefined();
      expect(hashBrowser(request)).toBeUndefined();
    }
    const { cookies: _none, ...event } = makeEvent('GET', '/account').event;
    expect(readCaller(event, 'en').sessionRef).toBeUndefined();
  });

  test('is what the browser keeps of its sign-ins, as it is, and apart from any other cookie', () => {
    expect(read(['__Host-device=a.b~1.c', `__Host-browser=${token}`]).deviceCookie).toBe('a.b~1.c');
    for (const cookies of [[], ['device=a.b'], [`__Host-browser=${token}`]])
      expect(read(cookies).deviceCookie).toBeUndefined();
  });

  test('is never a fault, whatever the cookies hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter, maxLength: 60 }), { maxLength: 4 }), (cookies) => {
        expect(read(cookies).sessionRef).toBeUndefined();
        expect(read(cookies.map((value) => `__Host-session=${value}`)).sessionRef).toBeUndefined();
        read(cookies.map((value) => `__Host-device=${value}`));
      }),
    );
  });

  test('is the address the gateway saw, masked, and so much of the device as is of use', () => {
    const { requestContext } = makeEvent('GET', '/account').event;
    const http = { ...requestContext.http, sourceIp: '198.51.100.9', userAgent: 'x'.repeat(5000) };
    const request = read([], {
      requestContext: { ...requestContext, http },
      headers: { 'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1' },
    });
    expect(request.maskedIp).toBe('198.51.*.*');
    expect(request.device).toBe('x'.repeat(512));
  });
});
