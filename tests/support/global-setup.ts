import { type DynamoDBLocal, startDynamoDBLocal } from '../../local/dynamodb.ts';

declare global {
  var dynamoDBLocal: DynamoDBLocal | undefined;
}

/** One DynamoDB Local for all test files; each makes tables of its own. */
export default async function setUp(): Promise<void> {
  globalThis.dynamoDBLocal = await startDynamoDBLocal();
  process.env['TEST_DYNAMODB_ENDPOINT'] = globalThis.dynamoDBLocal.endpoint;
}
