import { expect, test } from '@jest/globals';
import { readTableDefinition, tableDefinition } from '../../local/table-definition.ts';

test('the table is the one that is deployed', async () => {
  const { create, timeToLiveAttribute } = await readTableDefinition();
  expect(create).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    StreamSpecification: { StreamEnabled: true },
  });
  expect(timeToLiveAttribute).toBe('expiresAt');
});

const table = { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [], AttributeDefinitions: [] } };

test('a table without a stream and a time to live gets neither', () => {
  const { create, timeToLiveAttribute } = tableDefinition([{}, { Resources: { Table: table } }]);
  expect(create).not.toHaveProperty('StreamSpecification');
  expect(timeToLiveAttribute).toBeUndefined();
});

test.each([[[{}]], [[{ Resources: { A: table } }, { Resources: { B: table } }]]])(
  'no table and two tables are mistakes',
  (templates) => {
    expect(() => tableDefinition(templates)).toThrow('exactly one');
  },
);
