import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { forgetUndoToken, parseUndoToken, takeUndoToken } from '../../../console/src/state/undo-token.ts';

const TOKEN = '100000001.01JD0000000000000000000000.mYhM-ac_0';

/** As much of a browser's window as is used. */
function openTab(hash: string, options: { readonly storage?: Map<string, string> } = {}) {
  const { storage } = options;
  const refuse = () => {
    throw new Error('storage is refused');
  };
  const tab = {
    location: { hash, pathname: '/not-me', search: '' },
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, url: string) => {
        shown.push(url);
        tab.location.hash = '';
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
    const { shown } = openTab(`#${TOKEN}`, { storage });
    expect(takeUndoToken()).toBe(TOKEN);
    expect(shown).toEqual(['/not-me']);
  });

  test('survives a reload, in this tab', () => {
    openTab(`#${TOKEN}`, { storage });
    takeUndoToken();
    openTab('', { storage });
    expect(takeUndoToken()).toBe(TOKEN);
  });

  test('is still known where storage is refused', () => {
    openTab(`#${TOKEN}`);
    expect(takeUndoToken()).toBe(TOKEN);
  });

  test('of another link takes its place, and the code that was sent for the first is forgotten', () => {
    openTab(`#${TOKEN}`, { storage });
    takeUndoToken();
    storage.set('undo.code', '{}');
    openTab('#', { storage });
    takeUndoToken();
    expect(storage.get('undo.code')).toBe('{}');
    openTab(`#${TOKEN}2`, { storage });
    expect(takeUndoToken()).toBe(`${TOKEN}2`);
    expect(storage.has('undo.code')).toBe(false);
  });

  test('is forgotten by whoever goes on', () => {
    openTab(`#${TOKEN}`, { storage });
    takeUndoToken();
    forgetUndoToken();
    expect(storage.size).toBe(0);
    expect(takeUndoToken()).toBeNull();
  });

  test.each(['', '#', '#main', '#a.b', '#a.b.c.d', '#a.b.c d', '#a.<b>.c'])('%j is none', (hash) => {
    expect(parseUndoToken(hash)).toBeNull();
    const { shown } = openTab(hash, { storage });
    expect(takeUndoToken()).toBeNull();
    expect(shown).toEqual([]);
  });
});
