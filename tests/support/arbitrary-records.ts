import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { absurd, odd } from './arbitrary-bodies.ts';

/** A value as the stream has it, of a type DynamoDB has or of none. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'record' },
    fc.oneof(absurd, odd).map((S) => ({ S })),
    fc.oneof(fc.integer().map(String), absurd).map((N) => ({ N })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constantFrom<unknown>({ NULL: true }, {}, { Z: 'of no type' }, null, 'bare', { S: 1 }, { N: 'NaN' }),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(absurd, tie('value'), { maxKeys: 3 }).map((M) => ({ M })),
  ),
}));

const NAMES = [
  'pk',
  'sk',
  'id',
  'address',
  'attempts',
  'expiresAt',
  'resendAt',
  'language',
  'code',
  '__proto__',
];
const image = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), absurd), value, { maxKeys: 8 }),
  fc.constantFrom<unknown>(undefined, null, {}, [], 'bare'),
);
const eventName = fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', undefined);

/** A record in which something is missing, or is something else. */
const spoiled = (records: readonly DynamoDBRecord[]) =>
  fc
    .tuple(fc.constantFrom(...records), fc.nat(), fc.option(value, { nil: undefined }))
    .map(([record, at, by]) => {
      const whole = record.dynamodb?.NewImage ?? {};
      const name = Object.keys(whole)[at % Math.max(1, Object.keys(whole).length)] ?? 'pk';
      const NewImage = { ...whole, [name]: by };
      if (by === undefined) delete NewImage[name];
      return { ...record, dynamodb: { ...record.dynamodb, NewImage } };
    });

/** Records that no table's stream should ever have, and some that are nearly those of `records`. */
export function oddRecords(records: readonly DynamoDBRecord[]): fc.Arbitrary<DynamoDBRecord[]> {
  const made = fc.record({
    eventName,
    dynamodb: fc.option(fc.record({ NewImage: image }), { nil: undefined }),
  });
  return fc.array(fc.oneof(made, spoiled(records)), { maxLength: 6 }).map((found) =>
    found.map((record, index) => ({
      ...(record as DynamoDBRecord),
      dynamodb: { ...(record.dynamodb as object), SequenceNumber: `odd-${index}` },
    })),
  );
}
