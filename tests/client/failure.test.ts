import { describe, expect, test } from '@jest/globals';
import { Failure, isFailureCode } from '../../client/src/failure.ts';
import { readFailure } from '../../client/src/read-failure.ts';

describe('a failed answer', () => {
  test('keeps what the contract names', () => {
    const failure = readFailure(422, { code: 'code_wrong', attemptsLeft: 3, title: 'x' }, null);
    expect(failure).toMatchObject({ code: 'code_wrong', status: 422, attemptsLeft: 3 });
    expect(failure.retryAfterSeconds).toBeUndefined();
    const errors = [{ path: 'email', message: 'must be an address' }];
    const texts = { title: 'Not valid', detail: 'Correct the address.' };
    expect(readFailure(400, { code: 'invalid_request', ...texts, errors }, null)).toMatchObject({
      message: 'invalid_request',
      ...texts,
      errors,
    });
  });

  test('leaves out what has another form', () => {
    const body = {
      code: 'code_wrong',
      title: 7,
      detail: null,
      errors: 'email',
      attemptsLeft: -1,
      retryAfter: {},
    };
    expect(readFailure(422, body, 'soon')).toEqual(new Failure('code_wrong', { status: 422 }));
  });

  test('takes the wait from the body, else from the header', () => {
    expect(readFailure(429, { code: 'too_soon', retryAfter: 42 }, '60').retryAfterSeconds).toBe(42);
    expect(readFailure(503, { code: 'unavailable' }, '60').retryAfterSeconds).toBe(60);
    expect(
      readFailure(503, { code: 'unavailable', retryAfter: 'soon' }, 'Wed, 21 Oct').retryAfterSeconds,
    ).toBe(undefined);
  });

  test.each([
    [401, 'not_signed_in'],
    [404, 'rejected'],
    [413, 'rejected'],
    [429, 'throttled'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'unavailable'],
  ] as const)("of the gateway's own form is told by its status %p", (status, code) => {
    for (const body of [undefined, null, 'Forbidden', { message: 'x' }, { code: 'of_tomorrow' }]) {
      expect(readFailure(status, body, null).code).toBe(code);
    }
  });

  test('that asks for a human check says which', () => {
    const humanCheck = { kind: 'turnstile', siteKey: 'k1' };
    const failure = readFailure(
      403,
      { code: 'human_check_required', humanCheck: { ...humanCheck, x: 1 } },
      null,
    );
    expect(failure).toMatchObject({ code: 'human_check_required', humanCheck });
    expect(failure.humanCheck).toEqual(humanCheck);
  });

  test.each([undefined, null, {}, { kind: 'of_tomorrow', siteKey: 'k1' }, { kind: 'tencent', siteKey: '' }])(
    'that asks for a human check the page can’t offer is a refusal like any other: %j',
    (humanCheck) => {
      const failure = readFailure(403, { code: 'human_check_required', humanCheck }, null);
      expect(failure.code).toBe('rejected');
      expect(failure.humanCheck).toBeUndefined();
    },
  );

  test('has a human check only where one is required', () => {
    const body = { code: 'unavailable', humanCheck: { kind: 'turnstile', siteKey: 'k1' } };
    expect(readFailure(503, body, null).humanCheck).toBeUndefined();
  });

  test('is recognised by its code alone', () => {
    expect(isFailureCode('state_invalid')).toBe(true);
    expect(isFailureCode('linked')).toBe(false);
    expect(isFailureCode('constructor')).toBe(false);
    expect(isFailureCode(7)).toBe(false);
  });
});
