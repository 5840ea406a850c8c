import { describe, expect, test } from '@jest/globals';
import { FLOW_CODES } from '../../client/src/failure.ts';
import { parseOutcome, resultCode } from '../../client/src/outcome.ts';
import { PROBLEM_CODES } from '../../lib/contract/problems.ts';

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

  test('is a success or a known code', () => {
    for (const result of ['linked', 'replaced', 'signed_in', 'confirm'])
      expect(resultCode(result)).toBe('success');
    for (const result of [...FLOW_CODES, ...PROBLEM_CODES]) expect(resultCode(result)).toBe(result);
    expect(resultCode('<script>')).toBe('server_error');
  });
});
