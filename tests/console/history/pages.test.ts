import { describe, expect, test } from '@jest/globals';
import { keyed, withNewest, withOlder } from '../../../console/src/history/pages.ts';
import { historyRevision } from '../../../console/src/history/revision.ts';
import type { HistoryPage, HistoryRow } from '../../../lib/contract/answers.ts';
import { account, check, linked, registered, unlinked } from '../account.ts';

const START = Date.parse('2026-11-24T08:00:00.000Z');

/** What happened `minute` minutes after the start. */
function event(minute: number, overrides: Partial<HistoryRow> = {}): HistoryRow {
  return {
    type: 'signed_in',
    provider: 'qq',
    display: 'Ming',
    at: new Date(START + minute * 60_000).toISOString(),
    ip: '203.0.*.*',
    device: 'Mozilla/5.0',
    reason: null,
    ...overrides,
  };
}

/** A page of the events of these minutes. */
function page(minutes: readonly number[], next: string | null): HistoryPage {
  return { events: minutes.map((minute) => event(minute)), next };
}

describe('the newest page', () => {
  test('is all there is at first', () => {
    expect(withNewest(null, page([2, 1], 'c1'))).toEqual(page([2, 1], 'c1'));
  });

  test('goes before what is known, and keeps what "load more" has brought', () => {
    const known = page([4, 3, 2, 1], 'c0');
    expect(withNewest(known, page([6, 5, 4, 3], 'c3'))).toEqual(page([6, 5, 4, 3, 2, 1], 'c0'));
  });

  test('that is unchanged changes nothing', () => {
    expect(withNewest(page([4, 3, 2, 1], 'c0'), page([4, 3], 'c3'))).toEqual(page([4, 3, 2, 1], 'c0'));
  });

  test('takes the place of what it does not meet: a list has no gap', () => {
    expect(withNewest(page([2, 1], null), page([9, 8], 'c8'))).toEqual(page([9, 8], 'c8'));
  });

  test('that is the only one takes the place of all', () => {
    expect(withNewest(page([2, 1], 'c1'), page([3, 2], null))).toEqual(page([3, 2], null));
    expect(withNewest(page([2, 1], 'c1'), page([], null))).toEqual(page([], null));
  });
});

describe('an older page', () => {
  test('goes after what is known', () => {
    expect(withOlder(page([4, 3], 'c3'), 'c3', page([2, 1], null))).toEqual(page([4, 3, 2, 1], null));
  });

  test('is of no use where the list has been read anew meanwhile', () => {
    const known = page([9, 8], 'c8');
    expect(withOlder(known, 'c3', page([2, 1], null))).toBe(known);
  });
});

test('each event has a key of its own, even where two can’t be told apart', () => {
  const keys = keyed([event(2), event(1), event(1), event(1, { type: 'linked' })]).map(([key]) => key);
  expect(new Set(keys).size).toBe(4);
});

describe('the history is read anew', () => {
  const before = account();
  const revision = historyRevision(before);

  test('when something was linked or unlinked, also in another tab', () => {
    expect(
      historyRevision(account({ methods: [linked('email'), unlinked('wechat'), registered('qq')] })),
    ).not.toBe(revision);
  });

  test('when a visit to WeChat has ended', () => {
    const flow = { flowId: 'f1', provider: 'wechat', intent: 'link', result: null, at: event(0).at } as const;
    const open = historyRevision(account({ lastFlow: flow }));
    expect(historyRevision(account({ lastFlow: { ...flow, result: 'identity_linked' } }))).not.toBe(open);
  });

  test('when a mail code is used up', () => {
    const mailed = account({ checks: [check('link_email', { step: 'email' })] });
    const after = account({ checks: [check('link_email', { step: 'verified' })] });
    expect(historyRevision(mailed)).not.toBe(historyRevision(after));
  });

  test('but not when the account was just looked at again', () => {
    expect(historyRevision(account())).toBe(revision);
    expect(historyRevision(account({ checks: [check('link_email')] }))).toBe(revision);
  });
});
