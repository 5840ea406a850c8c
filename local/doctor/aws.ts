import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsClient } from '../../lib/aws/client.ts';
import type { Settings } from '../../lib/config.ts';
import { neededSecrets, parameterName, readSecrets } from '../../lib/secret-store.ts';
import { SettingsError } from '../../lib/settings-error.ts';
import type { Environment } from '../environment.ts';
import { type Check, failed, type Group, ok, skipped, warning } from './check.ts';

/** What is asked of AWS, by the service that answers. */
export interface AwsClients {
  readonly sts: STSClient;
  readonly dynamodb: DynamoDBClient;
  readonly ssm: Pick<AwsClient, 'send'>;
  readonly lambda: LambdaClient;
  readonly eventbridge: EventBridgeClient;
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

const credentials = ({ sts }: AwsClients, region: string): Check => ({
  id: 'credentials',
  run: async () => {
    try {
      const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
      return ok(`account ${account}, region ${region}`);
    } catch (error) {
      const found = error instanceof Error ? error.name : 'no answer';
      return failed(found, 'Sign in: `aws sts get-caller-identity` has to work in this shell.');
    }
  },
});

const DEPLOY = 'Deploy the state first: npm run deploy -- --stage NAME.';

const table = ({ dynamodb }: AwsClients, TableName: string): Check => ({
  id: 'table',
  run: async () => {
    try {
      const { Table: found } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      const keys = found?.KeySchema?.map(({ AttributeName: name }) => name).join(',');
      const faults = [
        found?.TableStatus === 'ACTIVE' ? '' : `is ${found?.TableStatus}`,
        keys === 'pk,sk' ? '' : 'has other keys',
        found?.StreamSpecification?.StreamEnabled ? '' : 'has no stream',
        found?.DeletionProtectionEnabled ? '' : 'can be deleted by mistake',
      ].filter((fault) => fault !== '');
      if (faults.length > 0)
        return failed(
          `${TableName} ${faults.join(', ')}`,
          'Deploy the state again; docs/recovery.md for a table that was restored.',
        );
      return ok(`${TableName}, ${found?.ItemCount ?? 0} items or so`);
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return failed(`there is no ${TableName}`, DEPLOY);
      throw error;
    }
  },
});

const expiry = ({ dynamodb }: AwsClients, TableName: string): Check => ({
  id: 'table-expiry',
  run: async () => {
    const { TimeToLiveDescription: found } = await dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName }),
    );
    const isOn = found?.TimeToLiveStatus?.startsWith('ENABL') && found.AttributeName === 'expiresAt';
    return isOn
      ? ok('on expiresAt')
      : failed('what has expired is kept', 'Switch time to live on for expiresAt: docs/recovery.md.');
  },
});

const backups = ({ dynamodb }: AwsClients, TableName: string): Check => ({
  id: 'table-recovery',
  run: async () => {
    const { ContinuousBackupsDescription: found } = await dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days } =
      found?.PointInTimeRecoveryDescription ?? {};
    return status === 'ENABLED'
      ? ok(`to any second of ${days ?? 35} days`)
      : failed('off', 'Switch point-in-time recovery on: docs/recovery.md.');
  },
});

const secrets = ({ ssm }: AwsClients, settings: Settings, environment: Environment): Check => ({
  id: 'secrets',
  run: async () => {
    const names = neededSecrets(environment, settings.SIGN_IN_PROVIDERS);
    try {
      await readSecrets(settings.secrets, names, () => ssm);
      return ok(`${environment['SECRETS_PATH']}: all there and well-formed`);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      const missing = error.problems.map((problem) => {
        const name = names.find((one) => problem.startsWith(`${one}:`));
        return name === undefined
          ? problem
          : `${environment['SECRETS_PATH']}/${parameterName(name)}${problem.slice(name.length)}`;
      });
      return failed(missing.join('\n'), 'Put them into SSM: docs/deploy.md.');
    }
  },
});

/** What a new account has, which streams and the API together use up. */
const CONCURRENCY_FEW = 100;

const concurrency = ({ lambda }: AwsClients): Check => ({
  id: 'concurrency',
  run: async () => {
    const { AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({}));
    const found = `${limit?.ConcurrentExecutions} functions at once, ${limit?.UnreservedConcurrentExecutions} of them unreserved`;
    return (limit?.ConcurrentExecutions ?? 0) < CONCURRENCY_FEW
      ? warning(
          found,
          'Ask for more (Service Quotas, Lambda), and set STREAM_PARALLELIZATION to 1 until then: docs/deploy.md.',
        )
      : ok(found);
  },
});

const bus = ({ eventbridge }: AwsClients, name: string): Check => ({
  id: 'event-bus',
  run: async () => {
    if (name === '') return skipped('nothing is published');
    try {
      await eventbridge.send(new DescribeEventBusCommand({ Name: name }));
      return ok(name);
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException'))
        return failed(`there is no bus ${name}`, 'Make it, or mend EVENT_BUS_NAME.');
      throw error;
    }
  },
});

/** What the stacks stand on. */
export function aws(
  clients: AwsClients,
  region: string,
  settings: Settings,
  environment: Environment,
): Group {
  const { TABLE_NAME: name, EVENT_BUS_NAME: busName } = settings;
  return {
    title: 'AWS',
    checks: [
      credentials(clients, region),
      table(clients, name),
      expiry(clients, name),
      backups(clients, name),
      secrets(clients, settings, environment),
      concurrency(clients),
      bus(clients, busName),
    ],
  };
}
