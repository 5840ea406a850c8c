import { describe, expect, test } from '@jest/globals';
import { FLOW_CODES } from '../../../console/src/api/failure.ts';
import {
  advancedFlow,
  type FlowState,
  parseOutcome,
  resultCode,
  resumedFlow,
} from '../../../console/src/linking/flow-result.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { PROBLEM_CODES } from '../../../lib/contract/problems.ts';
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

describe('what the callback says', () => {
  test('is read from its URL', () => {
    expect(parseOutcome('?provider=wechat&intent=link&flow=f1&result=denied')).toEqual({
      provider: 'wechat',
      intent: 'link',
      flowId: 'f1',
      result: 'denied',
    });
  });

  test('is a refused state where it says nothing, and no provider but the known ones', () => {
    expect(parseOutcome('')).toEqual({ provider: null, intent: null, flowId: null, result: 'state_invalid' });
    expect(parseOutcome('?provider=javascript:alert(1)').provider).toBeNull();
  });

  test('is that of a sign-in where it was refused before it began', () => {
    expect(parseOutcome('?provider=wechat&result=quota_exceeded')).toEqual({
      provider: 'wechat',
      intent: 'sign_in',
      flowId: null,
      result: 'quota_exceeded',
    });
    expect(parseOutcome('?provider=wechat&result=unavailable').intent).toBeNull();
  });

  test('is a success or a code there are words for', () => {
    for (const result of ['linked', 'replaced', 'signed_in']) expect(resultCode(result)).toBe('success');
    for (const result of [...FLOW_CODES, ...PROBLEM_CODES]) expect(resultCode(result)).toBe(result);
    expect(resultCode('<script>')).toBe('server_error');
  });
});

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
