import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { check, commit, connectTable, put, readItems, StaleView, stale } from '../../lib/table/client.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}

const OK: Answer = { status: 200, body: {} };
const error = (type: string, rest: object = {}, status = 400): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type, ...rest },
});
const cancelled = (...codes: string[]): Answer =>
  error('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

/** A table whose DynamoDB gives these answers in turn; `lost` is an answer nobody hears. */
function tableThatAnswers(...answers: (Answer | 'lost')[]) {
  const requests: { target: string; body: Record<string, unknown> }[] = [];
  const connection = {
    region: 'ap-southeast-1',
    endpoint: 'http://localhost:1',
    credentials: async () => ({ accessKeyId: 'none', secretAccessKey: 'none' }),
    requestHandler: {
      async handle(request: { headers: Record<string, string>; body: string }) {
        const answer = answers[requests.length] ?? OK;
        requests.push({ target: request.headers['x-amz-target'] ?? '', body: JSON.parse(request.body) });
        if (answer === 'lost') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return {
          response: {
            statusCode: answer.status,
            headers: { 'content-type': 'application/x-amz-json-1.0' },
            body: Readable.from([Buffer.from(JSON.stringify(answer.body))]),
          },
        };
      },
    } as never,
  };
  return { table: connectTable({ tableName: 'table', connection }), requests };
}

const KEY = { pk: 'a', sk: 'b' };
const write = (table: Parameters<typeof put>[0]) =>
  commit(table, [
    put(table, KEY, { now: 5 }, { if: 'expiresAt > :now', values: { ':now': 5 } }, stale),
    check(table, { pk: 'c', sk: 'd' }, { if: 'attribute_exists(pk)' }, stale),
  ]);

describe('a transaction that met another one, or too much traffic, or was not heard of', () => {
  test.each<[string, (Answer | 'lost')[]]>([
    ['TransactionConflict', [cancelled('TransactionConflict', 'None')]],
    ['TransactionConflict of both', [cancelled('TransactionConflict', 'TransactionConflict')]],
    ['twice', [cancelled('None', 'TransactionConflict'), cancelled('TransactionConflict', 'None')]],
    ['throttled items', [cancelled('ThrottlingError', 'None')]],
    ['exceeded throughput', [cancelled('ProvisionedThroughputExceeded', 'TransactionConflict')]],
    ['a throttled request', [error('ThrottlingException')]],
    ['its own first try', [error('TransactionInProgressException')]],
    ['a fault of the service', [error('InternalServerError', {}, 500)]],
    ['a lost reply', ['lost']],
  ])('%s: is tried again with the same token and the very same parameters', async (_name, answers) => {
    const { table, requests } = tableThatAnswers(...answers);
    await write(table);
    expect(requests).toHaveLength(answers.length + 1);
    const [first, ...more] = requests;
    expect(first?.body['ClientRequestToken']).toMatch(/^[0-9a-f-]{36}$/);
    for (const again of more) expect(again).toEqual(first);
  });

  test('and each has a token of its own', async () => {
    const { table, requests } = tableThatAnswers();
    await write(table);
    await write(table);
    const tokens = requests.map(({ body }) => body['ClientRequestToken']);
    expect(new Set(tokens).size).toBe(2);
  });

  test('and is given up in the end', async () => {
    const conflicts = Array.from({ length: 20 }, () => cancelled('TransactionConflict', 'None'));
    const { table, requests } = tableThatAnswers(...conflicts);
    await expect(write(table)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
    expect(requests).toHaveLength(5);
  });
});

describe('a transaction whose condition does not hold', () => {
  test.each([
    ['alone', cancelled('ConditionalCheckFailed', 'None')],
    ['beside a conflict', cancelled('ConditionalCheckFailed', 'TransactionConflict')],
  ])('%s: is not tried again', async (_name, answer) => {
    const { table, requests } = tableThatAnswers(answer);
    await expect(write(table)).rejects.toBeInstanceOf(StaleView);
    expect(requests).toHaveLength(1);
  });
});

describe('a write of a single item that met a transaction', () => {
  test.each(['UpdateItem', 'DeleteItem'] as const)('%s: is tried again, too', async (operation) => {
    const { table, requests } = tableThatAnswers(error('TransactionConflictException'));
    await table.documents.send(operation, { TableName: 'table', Key: KEY });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual(requests[0]);
  });
});

describe('a read', () => {
  test('is tried again where it was throttled', async () => {
    const { table, requests } = tableThatAnswers(error('ProvisionedThroughputExceededException'), {
      status: 200,
      body: { Responses: { table: [{ pk: { S: 'a' }, sk: { S: 'b' } }] } },
    });
    expect((await readItems(table, [KEY])).get(KEY)).toEqual(KEY);
    expect(requests).toHaveLength(2);
  });
});
