import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatSender, parseSender } from '../../lib/messages/sender.ts';

const ADDRESS = 'no-reply@example.com';

test.each([
  [ADDRESS, ADDRESS],
  [`<${ADDRESS}>`, ADDRESS],
  [`Example Cloud <${ADDRESS}>`, `Example Cloud <${ADDRESS}>`],
  [`"Example, Inc." <${ADDRESS}>`, `"Example, Inc." <${ADDRESS}>`],
  [`Example, Inc. <${ADDRESS}>`, `"Example, Inc." <${ADDRESS}>`],
  [`"A \\"B\\" \\\\ C" <${ADDRESS}>`, `"A \\"B\\" \\\\ C" <${ADDRESS}>`],
  [`示例云 <${ADDRESS}>`, `=?UTF-8?B?56S65L6L5LqR?= <${ADDRESS}>`],
  [`=?UTF-8?Q?a?= <${ADDRESS}>`, `=?UTF-8?B?PT9VVEYtOD9RP2E/PQ==?= <${ADDRESS}>`],
])('%s is sent as %s', (setting, source) => {
  const sender = parseSender(setting);
  expect(sender && formatSender(sender)).toBe(source);
});

test.each([
  '',
  'Example Cloud',
  'no-reply@localhost',
  `Example <${ADDRESS}`,
  `Example <${ADDRESS}>, other@example.com`,
  `a@example.com <${ADDRESS}> <b@example.com>`,
  `Example\r\nBcc: other@example.com <${ADDRESS}>`,
  `Example\u2028 <${ADDRESS}>`,
  `Example <no-reply@example.com\nBcc: other@example.com>`,
  'no-reply@Example.com',
  `\ud800 <${ADDRESS}>`,
  `${'x'.repeat(65)} <${ADDRESS}>`,
])('%j is no sender', (setting) => {
  expect(parseSender(setting)).toBeUndefined();
});

/** As a mail program reads the name of a `From`. */
function decoded(source: string): string {
  const shown = source.slice(0, source.lastIndexOf(' <'));
  if (shown.startsWith('"')) return shown.slice(1, -1).replace(/\\(.)/g, '$1');
  if (!shown.startsWith('=?')) return shown;
  return shown
    .split(' ')
    .map((word) => Buffer.from(word.slice('=?UTF-8?B?'.length, -2), 'base64').toString())
    .join('');
}

test('any name arrives as it is, in ASCII, in words of 75 characters, and never with a line of its own', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => text.trim() === text && !/[<>\p{Cc}\p{Zl}\p{Zp}]/u.test(text) && !/^".*"$/.test(text));
  fc.assert(
    fc.property(name, (typed) => {
      const sender = parseSender(`${typed} <${ADDRESS}>`);
      if (typed.length > 64) return expect(sender).toBeUndefined();
      const source = formatSender(sender ?? { name: '', address: '' });
      expect(source).toMatch(/^[ -~]{1,320}$/);
      expect(decoded(source)).toBe(typed);
      for (const word of source.split(' ').filter((part) => part.startsWith('=?')))
        expect(word.length).toBeLessThanOrEqual(75);
      return undefined;
    }),
    { numRuns: 200 },
  );
});
