import { describe, expect, test } from '@jest/globals';
import { advancedFlow, type FlowState, resumedFlow } from '../../../console/src/linking/flow-result.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { account } from '../account.ts';

function withFlow(overrides: Partial<NonNullable<AccountAnswer['lastFlow']>>) {
  return account({
    lastFlow: {
      flowId: 'f1',
      provider: 'wechat',
      intent: 'link',
      result: null,
      at: '2026-11-24T08:00:00.000Z',
      ...overrides,
    },
  });
}

const waiting: FlowState = { phase: 'waiting', flowId: 'f1', expiresAt: '2026-11-24T08:10:00.000Z' };

describe('a scan that is waited for', () => {
  test('goes on while its flow is open', () => {
    expect(advancedFlow(waiting, withFlow({}), 'wechat')).toBe(waiting);
    expect(advancedFlow(waiting, account(), 'wechat')).toBe(waiting);
  });

  test('fails when its flow did', () => {
    expect(advancedFlow(waiting, withFlow({ result: 'identity_linked' }), 'wechat')).toEqual({
      phase: 'failed',
      code: 'identity_linked',
    });
  });

  test('is not failed by an earlier flow, another provider or a sign-in', () => {
    for (const other of [{ flowId: 'f0' }, { provider: 'qq' }, { intent: 'sign_in' }] as const) {
      expect(advancedFlow(waiting, withFlow({ result: 'denied', ...other }), 'wechat')).toBe(waiting);
    }
  });

  test('is left to the methods when it succeeded', () => {
    expect(advancedFlow(waiting, withFlow({ result: 'linked' }), 'wechat')).toBe(waiting);
  });
});

describe('a scan after a reload', () => {
  test('is waited for again while its flow is open', () => {
    expect(resumedFlow(withFlow({}), 'wechat', undefined)).toEqual({
      phase: 'waiting',
      flowId: 'f1',
      expiresAt: null,
    });
  });

  test('tells how its flow ended', () => {
    expect(resumedFlow(withFlow({ result: 'denied' }), 'wechat', undefined)).toEqual({
      phase: 'failed',
      code: 'denied',
    });
  });

  test('tells what the URL said only where the account knows nothing of it', () => {
    expect(resumedFlow(withFlow({}), 'wechat', 'state_invalid')).toEqual({
      phase: 'failed',
      code: 'state_invalid',
    });
    expect(resumedFlow(withFlow({ result: 'denied' }), 'wechat', 'linked')).toEqual({
      phase: 'failed',
      code: 'denied',
    });
  });

  test('is ready to start where there was none', () => {
    expect(resumedFlow(account(), 'wechat', undefined)).toEqual({ phase: 'ready' });
    expect(resumedFlow(withFlow({ provider: 'qq' }), 'wechat', undefined)).toEqual({ phase: 'ready' });
  });
});
