import { afterEach, expect, test } from '@jest/globals';
import { pageOf, takeSignedIn } from '../../../console/src/state/router.ts';

test.each(['/not-me', '/not-me/', '/not-me%23a.b.c', '/not-me%2523a.b.c', '/not-me.', '/not-me%E3%80%82'])(
  '%s is the page of “this wasn’t me”, whatever a gateway made of its link',
  (path) => expect(pageOf(path)).toBe('/not-me'),
);

test.each(['/', '/sign-in', '/not-mentioned', '/not-me-neither', '/x/not-me'])('%s is another one', (path) =>
  expect(pageOf(path)).toBe(path),
);

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
});

test('that somebody has just signed in is told once, and the rest of the state stays', () => {
  const history = {
    state: { signedIn: true, notice: 'signed_out' } as unknown,
    replaceState: (state: unknown) => {
      history.state = state;
    },
  };
  Object.assign(globalThis, { window: { history } });
  expect(takeSignedIn()).toBe(true);
  expect(history.state).toEqual({ notice: 'signed_out' });
  expect(takeSignedIn()).toBe(false);
});
