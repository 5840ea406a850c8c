import { expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { Signer } from '../../lib/aws/signature.ts';

const word = fc.stringMatching(/^[A-Za-z0-9/+=_.-]{1,40}$/);
const requests = fc.record({
  path: fc.constantFrom('/', '/events/', '/a queue/with umlauts ü/'),
  body: fc.string({ unit: 'grapheme' }),
  target: word,
  traceId: fc.option(word, { nil: undefined }),
  scope: fc.record({
    region: fc.stringMatching(/^[a-z]{2}-[a-z]{1,9}-[1-9]$/),
    service: fc.constantFrom('dynamodb', 'sqs'),
  }),
  // Few of them, so that keys are used again, and others in between.
  day: fc.integer({ min: 1, max: 3 }),
  second: fc.integer({ min: 0, max: 86_399 }),
  secretAccessKey: fc.constantFrom('one', 'another', 'one '),
  accessKeyId: word,
  sessionToken: fc.option(word, { nil: undefined }),
});

test('one signer, whatever it has signed before, signs as the SDK’s does', async () => {
  const signer = new Signer();
  await fc.assert(
    fc.asyncProperty(requests, async ({ path, body, target, traceId, scope, day, second, ...keys }) => {
      const { sessionToken, ...others } = keys;
      const credentials = { ...others, ...(sessionToken !== undefined && { sessionToken }) };
      const signingDate = new Date(Date.UTC(2026, 10, day, 0, 0, second, 999));
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        host: 'dynamodb.ap-southeast-1.amazonaws.com',
        'x-amz-target': target,
        'user-agent': 'anybody',
        ...(traceId !== undefined && { 'x-amzn-trace-id': traceId }),
      };
      const request = new HttpRequest({ method: 'POST', path, headers, body });
      const sdk = new SignatureV4({ ...scope, credentials, sha256: Sha256 });
      const signed = await sdk.sign(request, { signingDate });
      expect(signer.sign({ path, headers, body }, scope, credentials, signingDate)).toEqual(signed.headers);
    }),
    { numRuns: 300 },
  );
});
