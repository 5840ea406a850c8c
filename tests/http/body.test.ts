import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { challengeIdField, codeField, emailField } from '../../lib/contract/forms.ts';
import { parseBody } from '../../lib/http/body.ts';
import { Problem } from '../../lib/linking/problem.ts';
import { makeEvent, type RequestOptions } from '../support/functions.ts';

const schema = z.strictObject({ email: emailField, code: codeField });
const parse = (options: RequestOptions) =>
  parseBody(makeEvent('POST', '/links/email', options).event, schema);

function errorsOf(options: RequestOptions) {
  try {
    return { parsed: parse(options) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('invalid_request');
    return error.extensions.errors;
  }
}

describe('a body', () => {
  test('is its members in their one form', () => {
    expect(parse({ body: { email: ' A@Example.COM ', code: '１２３ 456' } })).toEqual({
      email: 'a@example.com',
      code: '123456',
    });
  });

  test('says of each member what is wrong, by name', () => {
    expect(errorsOf({ body: { email: 'x', code: 5 } })).toEqual([
      { path: 'email', message: expect.stringMatching(/email address/) },
      { path: 'code', message: expect.stringMatching(/string/) },
    ]);
    expect(errorsOf({ body: { email: 'a@example.com', code: '123456', more: 1 } })).toEqual([
      { path: '', message: expect.any(String) },
    ]);
  });

  test('is not even looked at where it is larger than 16 KiB', () => {
    const body = { email: 'a@example.com', code: '123456' };
    const rawBody = JSON.stringify(body).padEnd(16 * 1024, ' ');
    expect(parse({ rawBody })).toEqual(body);
    expect(errorsOf({ rawBody: `${rawBody} ` })).toEqual([
      { path: '', message: expect.stringMatching(/16384/) },
    ]);
    expect(errorsOf({ rawBody: '中'.repeat(6000) })).toEqual([
      { path: '', message: expect.stringMatching(/16384/) },
    ]);
  });

  test('is what its bytes are, encoded by the gateway or not', () => {
    const text = JSON.stringify({ email: 'a@例子.中国', code: '123456' });
    const expected = { email: 'a@xn--fsqu00a.xn--fiqs8s', code: '123456' };
    expect(parse({ rawBody: text })).toEqual(expected);
    expect(parse({ rawBody: Buffer.from(text).toString('base64'), isBase64Encoded: true })).toEqual(expected);
  });

  test('is refused with the same kind of answer, whatever it is, and repeats nothing of it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string({ minLength: 8, unit: fc.constantFrom(...'QZXJ') }),
        (value, mark) => {
          const errors = errorsOf({ body: { email: mark, code: value, [mark]: mark } });
          expect(Array.isArray(errors)).toBe(true);
          expect(JSON.stringify(errors)).not.toContain(mark);
        },
      ),
    );
  });
});

describe('a member', () => {
  const accepts = (member: z.ZodMiniType, value: unknown) => member.safeParse(value).success;

  test('is no longer than anything it could be', () => {
    expect(accepts(challengeIdField, 'A'.repeat(512))).toBe(true);
    expect(accepts(challengeIdField, 'A'.repeat(513))).toBe(false);
    expect(accepts(codeField, `123456${' '.repeat(506)}`)).toBe(true);
    expect(accepts(codeField, `123456${' '.repeat(507)}`)).toBe(false);
    expect(accepts(emailField, `a@example.com${' '.repeat(600)}`)).toBe(false);
  });
});
