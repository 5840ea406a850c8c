import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { returnSlot, sameTabSlot } from '../../../console/src/state/memory.ts';
import { cameBack, forgetLeaving, leaveToLink } from '../../../console/src/state/same-tab.ts';

const ORIGIN = 'https://console.example.com';

/** As much of a browser's tab as is asked. */
function openTab(href: string): void {
  const kept = new Map<string, string>();
  const sessionStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  Object.assign(globalThis, { window: { sessionStorage, location: { href, origin: ORIGIN } } });
}

beforeEach(() => openTab(`${ORIGIN}/settings/account?tab=sign-in#methods`));
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
});

describe('a tab that went to the provider itself', () => {
  test('comes back to the page it left, once', () => {
    leaveToLink();
    const { went, page } = cameBack();
    expect([went, page.href]).toEqual(['link', `${ORIGIN}/settings/account?tab=sign-in#methods`]);
    const again = cameBack();
    expect([again.went, again.page.href]).toEqual([null, `${ORIGIN}/`]);
  });

  test.each(['https://evil.example/', '//evil.example/', 'javascript:alert(1)'])(
    'never goes to %j',
    (href) => {
      sameTabSlot.set('link');
      returnSlot.set(href);
      expect(cameBack().page.href).toBe(`${ORIGIN}/`);
    },
  );

  test('a path that looks like another host is still a path of this one', () => {
    openTab(`${ORIGIN}//evil.example/`);
    leaveToLink();
    expect(cameBack().page.origin).toBe(ORIGIN);
  });

  test('is not mistaken for one of the windows it opens', () => {
    leaveToLink();
    forgetLeaving();
    expect(cameBack().went).toBeNull();
  });
});
