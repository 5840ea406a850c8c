import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findUndoToken, forgetUndoToken, takeUndoToken } from '../../../console/src/state/undo-token.ts';

const TOKEN = '100000001.c0mb2k4xz1aB-_9ZyXwV12.pk1d0mYhM-ac_0mYhM-ac_0mYhM';
const OTHER = TOKEN.replace('.p', '.m');

/** As much of a browser's window as is used. */
function openTab(path: string, options: { readonly storage?: Map<string, string> } = {}) {
  const { storage } = options;
  const { hash, pathname, search } = new URL(path, 'https://console.example.com');
  const refuse = () => {
    throw new Error('storage is refused');
  };
  const tab = {
    location: { hash, pathname, search },
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, url: string) => {
        shown.push(url);
        tab.location = { hash: '', pathname: url, search: '' };
      },
    },
    sessionStorage: {
      getItem: storage ? (key: string) => storage.get(key) ?? null : refuse,
      setItem: storage ? (key: string, value: string) => storage.set(key, value) : refuse,
      removeItem: storage ? (key: string) => storage.delete(key) : refuse,
    },
  };
  const shown: string[] = [];
  Object.assign(globalThis, { window: tab });
  return { tab, shown };
}

describe('the token of a link', () => {
  let storage: Map<string, string>;
  beforeEach(() => {
    storage = new Map();
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'window');
  });

  test('is taken out of the address at once', () => {
    const { shown } = openTab(`/not-me#${TOKEN}`, { storage });
    expect(takeUndoToken()).toBe(TOKEN);
    expect(shown).toEqual(['/not-me']);
  });

  test('survives a reload, in this tab', () => {
    openTab(`/not-me#${TOKEN}`, { storage });
    takeUndoToken();
    openTab('/not-me', { storage });
    expect(takeUndoToken()).toBe(TOKEN);
  });

  test('is still known where storage is refused', () => {
    openTab(`/not-me#${TOKEN}`);
    expect(takeUndoToken()).toBe(TOKEN);
  });

  test('of another link takes its place, and the code that was sent for the first is forgotten', () => {
    openTab(`/not-me#${TOKEN}`, { storage });
    takeUndoToken();
    storage.set('undo.code', '{}');
    openTab('/not-me#', { storage });
    takeUndoToken();
    expect(storage.get('undo.code')).toBe('{}');
    openTab(`/not-me#${OTHER}`, { storage });
    expect(takeUndoToken()).toBe(OTHER);
    expect(storage.has('undo.code')).toBe(false);
  });

  test('is forgotten by whoever goes on', () => {
    openTab(`/not-me#${TOKEN}`, { storage });
    takeUndoToken();
    forgetUndoToken();
    expect(storage.size).toBe(0);
    expect(takeUndoToken()).toBeNull();
  });

  test.each([
    ['with its fragment escaped', `/not-me%23${TOKEN}`],
    ['escaped twice', `/not-me%2523${TOKEN}`],
    ['escaped whole', `/not-me%23${TOKEN.replaceAll('.', '%2E')}`],
    ['with parameters after it', `/not-me#${TOKEN}&utm_source=mail&utm_medium=x`],
    ['escaped, with parameters after it', `/not-me%23${TOKEN}?utm_source=mail`],
    ['with parameters before it', `/not-me?utm_source=mail#${TOKEN}`],
    ['with parameters before it, and escaped', `/not-me?utm_source=mail%23${TOKEN}`],
    ['with a full stop', `/not-me#${TOKEN}.`],
    ['with a Chinese full stop', `/not-me#${TOKEN}。`],
    ['escaped, with a Chinese full stop', `/not-me%23${TOKEN}。`],
    ['with the end of brackets', `/not-me#${TOKEN}>`],
    ['with white space', `/not-me#${TOKEN}%20`],
    ['with a sign that is no escape', `/not-me#${TOKEN}&off=50%`],
  ])('is found in a link that came %s, and leaves the address whole', (_how, path) => {
    const { shown } = openTab(path, { storage });
    expect(takeUndoToken()).toBe(TOKEN);
    expect(shown).toEqual(['/not-me']);
    expect([...storage.values()]).toEqual([TOKEN]);
  });

  test.each(['#a.b', '#a.b.c', `#${TOKEN.slice(0, -1)}`, `#${TOKEN}x`, '%23', '.'])(
    '%j has lost it, and what is left of it goes from the address too',
    (rest) => {
      const { shown } = openTab(`/not-me${rest}`, { storage });
      expect(takeUndoToken()).toBeNull();
      expect(shown).toEqual(['/not-me']);
      expect(storage.size).toBe(0);
    },
  );

  test.each(['', '#main'])('an address with %j has none, and stays', (rest) => {
    const { shown } = openTab(`/not-me${rest}`, { storage });
    expect(takeUndoToken()).toBeNull();
    expect(shown).toEqual([]);
  });
});

describe('what somebody pastes', () => {
  const LINK = `https://console.example.com/not-me#${TOKEN}`;

  test.each([
    ['the link', LINK],
    ['the token', TOKEN],
    ['the link in brackets', `<${LINK}>`],
    ['a link that was escaped', `https://console.example.com/not-me%23${TOKEN}`],
    ['the whole message', `【星河云】非本人操作请在 11月27日 10:30 前打开 ${LINK} 。`],
    ['a link that a mail has broken', `${LINK.slice(0, 40)}\r\n${LINK.slice(40, 90)}\n ${LINK.slice(90)}`],
    ['characters that nobody sees', `\ufeff${LINK.slice(0, 60)}\u200b${LINK.slice(60)}\u2060`],
  ])('may be %s', (_what, text) => {
    expect(findUndoToken(text)).toBe(TOKEN);
  });

  test.each(['', ' ', 'https://console.example.com/not-me', '482913', LINK.slice(0, -3), '%', '%zz'])(
    'is no link: %j',
    (text) => {
      expect(findUndoToken(text)).toBeNull();
    },
  );
});
