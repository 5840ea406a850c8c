import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { settingsSchema } from '../../lib/config.ts';
import { ROUTES as CONTRACT } from '../../lib/contract/routes.ts';
import { METRICS } from '../../lib/observe.ts';
import { VISIBILITY_SECONDS } from '../support/doubles.ts';
import { kept } from '../support/kept.ts';
import { PACKAGED_WITH, type Resource, type Template, templateText } from '../support/packaged.ts';
import { isForOwner, isSignInRequest } from '../support/stream.ts';

const { CONSOLE_ORIGINS, SECRETS_PATH, ...SECRETS } = PACKAGED_WITH;

const ROUTES = CONTRACT.map(({ method, path }) => `${method} ${path}`);

// Packaging bundles every function.
jest.setTimeout(180_000);

let text: string;
let template: Template;
beforeAll(async () => {
  text = templateText((await kept('package')).folder);
  template = JSON.parse(text);
});

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
}

const resources = () => template.Resources;
const ofType = (type: string): [id: string, resource: Resource][] =>
  Object.entries(resources()).filter(([, { Type }]) => Type === type);
const only = (type: string): Resource => {
  const found = ofType(type).map(([, resource]) => resource);
  expect(found).toHaveLength(1);
  return found[0] as Resource;
};
const functions = () => ofType('AWS::Lambda::Function');
const roleOf = (properties: Resource['Properties']) =>
  (properties['Role'] as unknown as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0] ?? '';

function statementsOf(role: Resource | undefined): Statement[] {
  const policies = (role?.Properties['Policies'] ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** Every logical id that anything in the template refers to. */
function* references(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref') yield inner as string;
    else if (key === 'Fn::GetAtt') yield (inner as string[])[0] ?? '';
    else if (key === 'DependsOn') yield* [inner].flat() as string[];
    else yield* references(inner);
  }
}

/** What brings a function its records or messages. */
function mappingTo(name: string): Resource['Properties'] {
  const found = ofType('AWS::Lambda::EventSourceMapping').find(([, { Properties: properties }]) =>
    [...references(properties['FunctionName'])].includes(`${name}LambdaFunction`),
  );
  if (found === undefined) throw new Error(`nothing reaches ${name}`);
  return found[1].Properties;
}

test('whatever the template refers to is in it', () => {
  const known = new Set(Object.keys(resources()));
  const unknown = [...references(template)].filter((id) => !known.has(id) && !id.startsWith('AWS::'));
  expect(unknown).toEqual([]);
});

test('no secret is in the template', () => {
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
});

test('the table can be restored, is not deleted by mistake, forgets what has expired, and has a stream', () => {
  const { Properties: table, DeletionPolicy, UpdateReplacePolicy } = only('AWS::DynamoDB::Table');
  expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  expect(table).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    StreamSpecification: { StreamViewType: expect.stringMatching(/^NEW/) },
    SSESpecification: { SSEEnabled: true },
  });
  expect(table['GlobalSecondaryIndexes']).toBeUndefined();
});

describe('every function', () => {
  test('runs on Node 24 on arm64, and has memory, a time limit and a log that ends', () => {
    expect(functions()).toHaveLength(ROUTES.length + 4);
    for (const [id, { Properties: properties }] of functions()) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(properties['MemorySize']).toBeGreaterThanOrEqual(256);
      expect(properties['Timeout']).toBeGreaterThan(5);
      expect(properties['Timeout']).toBeLessThanOrEqual(30);
      const log = resources()[id.replace(/LambdaFunction$/, 'LogGroup')];
      expect(log?.Properties['RetentionInDays']).toBeGreaterThan(0);
    }
  });

  test('has every setting that lib/config.ts reads, the path of the secrets, and nothing else', () => {
    const names = [...Object.keys(settingsSchema().shape), 'SECRETS_PATH'].toSorted();
    for (const [, { Properties: properties }] of functions()) {
      const { Variables: variables } = properties['Environment'] as unknown as { Variables: object };
      expect(Object.keys(variables).toSorted()).toEqual(names);
    }
  });

  test('has a role of its own', () => {
    const roles = functions().map(([, { Properties: properties }]) => roleOf(properties));
    expect(new Set(roles).size).toBe(functions().length);
    expect(
      ofType('AWS::IAM::Role')
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(roles.toSorted());
  });
});

describe('every role', () => {
  test('allows named actions on named resources', () => {
    for (const [, role] of ofType('AWS::IAM::Role')) {
      expect(role.Properties['ManagedPolicyArns']).toBeUndefined();
      for (const { Effect, Action: actions, Resource: on } of statementsOf(role)) {
        expect(Effect).toBe('Allow');
        for (const action of actions) expect(action).toMatch(/^[a-z-]+:[A-Za-z]+$/);
        for (const resource of on) {
          const arn = JSON.stringify(resource);
          // A whole kind of resource of this account at most, such as any of its sender ids; never everything of a service.
          expect(arn).not.toMatch(/:\*"|^"\*"$/);
          expect(arn).toMatch(/Fn::GetAtt|\$\{AWS::AccountId\}:[a-z-]+\/.+/);
        }
      }
    }
  });

  test('lets a function write to its own log and no other', () => {
    for (const [id, { Properties: properties }] of functions()) {
      const logs = statementsOf(resources()[roleOf(properties)]).filter(({ Action: actions }) =>
        actions.some((action) => action.startsWith('logs:')),
      );
      expect(logs.flatMap(({ Resource: on }) => on)).toEqual([
        { 'Fn::GetAtt': [id.replace(/LambdaFunction$/, 'LogGroup'), 'Arn'] },
      ]);
    }
  });

  test('lets a function read secrets below SECRETS_PATH only, wherever that is', () => {
    const parameters = ofType('AWS::IAM::Role').flatMap(([, role]) =>
      statementsOf(role).flatMap(({ Action: actions, Resource: on }) =>
        actions.includes('ssm:GetParameters') ? on : [],
      ),
    );
    expect(parameters.length).toBeGreaterThan(0);
    for (const parameter of parameters)
      expect(JSON.stringify(parameter)).toContain(`:parameter${SECRETS_PATH}/`);
  });

  test('lets a function send by the channels it sends by', () => {
    const senders = ofType('AWS::IAM::Role').flatMap(([id, role]) =>
      statementsOf(role).flatMap(({ Action: actions }) =>
        actions
          .filter((action) => /^(ses|sms-voice|events|sqs):(Send|Put)/.test(action))
          .map((action) => `${id} ${action}`),
      ),
    );
    expect(senders.toSorted()).toEqual([
      'ChangeAccountRole events:PutEvents',
      'ChangeAccountRole sqs:SendMessage',
      'MailSignInCodeRole ses:SendEmail',
      'MailSignInCodeRole sqs:SendMessage',
      'NotifyOwnerRole events:PutEvents',
      'NotifyOwnerRole ses:SendEmail',
      'NotifyOwnerRole sms-voice:SendTextMessage',
      'NotifyOwnerRole sqs:SendMessage',
      'NotifyOwnerRole sqs:SendMessage',
      'RetryNoticesRole events:PutEvents',
      'RetryNoticesRole ses:SendEmail',
      'RetryNoticesRole sms-voice:SendTextMessage',
      'RetryNoticesRole sqs:SendMessage',
      'SendIdentityCheckRole sms-voice:SendTextMessage',
      'SendLinkEmailCodeRole ses:SendEmail',
      'SendUndoCodeRole sms-voice:SendTextMessage',
    ]);
  });
});

describe('the HTTP API', () => {
  test('binds every route of the contract to one function, and no other route', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties: properties }]) => properties);
    expect(routes.map(({ RouteKey: key }) => key).toSorted()).toEqual(ROUTES.toSorted());
    const bound = routes.map(({ Target: target }) => {
      const integration =
        resources()[
          (target as unknown as { 'Fn::Join': [string, [string, { Ref: string }]] })['Fn::Join'][1][1].Ref
        ];
      expect(integration?.Properties).toMatchObject({ PayloadFormatVersion: '2.0' });
      const [id = ''] = references(integration?.Properties['IntegrationUri']);
      expect(resources()[id]?.Type).toBe('AWS::Lambda::Function');
      // The gateway waits as long as the function may take.
      const timeout = Number(integration?.Properties['TimeoutInMillis'] ?? 30_000);
      expect(timeout).toBeGreaterThanOrEqual(Number(resources()[id]?.Properties['Timeout']) * 1000);
      return id;
    });
    expect(new Set(bound).size).toBe(ROUTES.length);
  });

  test('asks IAM before the support desk’s routes, each of them, and before no other', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties: properties }]) => properties);
    const ofOperators = CONTRACT.filter(({ caller }) => caller === 'operator').map(
      ({ method, path }) => `${method} ${path}`,
    );
    const authorized = routes.filter(({ AuthorizationType: type = 'NONE' }) => `${type}` !== 'NONE');
    expect(authorized.map(({ RouteKey: key }) => key).toSorted()).toEqual(ofOperators.toSorted());
    for (const { AuthorizationType: type } of authorized) expect(type).toBe('AWS_IAM');
    // By name as well: what is below /operator is for operators, whatever the contract says of it.
    const below = routes.filter(({ RouteKey: key }) => `${key}`.includes(' /operator'));
    expect(below).toHaveLength(ofOperators.length);
  });

  test('lets the configured consoles in, with their cookies, and shows them Date and Retry-After', () => {
    expect(only('AWS::ApiGatewayV2::Api').Properties['CorsConfiguration']).toEqual({
      AllowOrigins: CONSOLE_ORIGINS.split(', '),
      AllowCredentials: true,
      AllowHeaders: ['authorization', 'content-type', 'accept-language'],
      AllowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      ExposeHeaders: ['Date', 'Retry-After'],
      MaxAge: expect.any(Number),
    });
  });
});

describe('the stream', () => {
  /** Whether an event matches a filter pattern, as far as those here go: exact values, prefixes, and what must be there. */
  function matches(pattern: unknown, value: unknown): boolean {
    if (Array.isArray(pattern))
      return pattern.some((one) => {
        if (typeof one !== 'object') return one === value;
        return 'exists' in one
          ? (value !== undefined) === one.exists
          : typeof value === 'string' && value.startsWith(one.prefix);
      });
    const members = (value ?? {}) as Record<string, unknown>;
    return Object.entries(pattern as object).every(([name, inner]) => matches(inner, members[name]));
  }

  interface StreamMapping {
    readonly FilterCriteria: { readonly Filters: readonly { readonly Pattern: string }[] };
  }

  test('feeds two functions, as many as a stream of DynamoDB has readers for', () => {
    const sources = ofType('AWS::Lambda::EventSourceMapping').map(
      ([, { Properties: properties }]) => properties['EventSourceArn'],
    );
    const ofTable = sources.filter((source) => [...references(source)].includes('Table'));
    expect(ofTable).toHaveLength(2);
  });

  test.each([
    ['MailSignInCode', isSignInRequest, 6],
    ['NotifyOwner', isForOwner, 6],
  ] as const)('lets through to %s what the tests’ own stream lets through', (name, isFor, expected) => {
    const patterns = (mappingTo(name) as unknown as StreamMapping).FilterCriteria.Filters.map(
      ({ Pattern: pattern }) => JSON.parse(pattern),
    );
    const texts = [
      'SIGNIN#a',
      'SIGNIN',
      'XSIGNIN#a',
      'ACCOUNT#1',
      'CHALLENGE#a',
      'CHALLENGE#link_email',
      'NOTICE#a',
      'FAILURES',
      'FAILURES#a',
      '',
    ];
    const images = [{}, { NewImage: { lockedAt: { N: '1' } } }, { NewImage: { version: { N: '1' } } }];
    let passed = 0;
    for (const eventName of ['INSERT', 'MODIFY', 'REMOVE'] as const)
      for (const pk of texts)
        for (const sk of texts)
          for (const image of images) {
            const record = { eventName, dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, ...image } };
            const isThrough = patterns.some((pattern) => matches(pattern, record));
            expect([record, isThrough]).toEqual([record, isFor(record)]);
            passed += Number(isThrough);
          }
    expect(passed).toBe(expected);
  });

  test.each([
    ['MailSignInCode', { MaximumRetryAttempts: 3, MaximumRecordAgeInSeconds: 600 }],
    ['NotifyOwner', { MaximumRetryAttempts: 10, MaximumRecordAgeInSeconds: 86_400 }],
  ])('is retried for %s, record by record, while it is worth it, and what fails is kept', (name, retries) => {
    expect(mappingTo(name)).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 1,
      ...retries,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['UndeliverableRecords', 'Arn'] } } },
    });
  });
});

describe('the queue of deferred notices', () => {
  const queue = () => resources()['DeferredNotices']?.Properties ?? {};

  test('is read message by message, in batches, by few functions at once', () => {
    expect(mappingTo('RetryNotices')).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': ['DeferredNotices', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  test('hides a message for longer than the function may take, and keeps what failed every time', () => {
    expect(queue()).toMatchObject({
      VisibilityTimeout: VISIBILITY_SECONDS,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['UndeliverableNotices', 'Arn'] },
        maxReceiveCount: 20,
      },
    });
    const { Timeout: timeout } = resources()['RetryNoticesLambdaFunction']?.Properties ?? {};
    // As AWS recommends for a function on a queue.
    expect(VISIBILITY_SECONDS).toBeGreaterThanOrEqual(6 * Number(timeout));
  });

  test('is written to under the address that the functions are given', () => {
    for (const [, { Properties: properties }] of functions()) {
      const { Variables: variables } = properties['Environment'] as unknown as {
        Variables: Record<string, unknown>;
      };
      expect(variables['NOTICE_QUEUE_URL']).toEqual({ Ref: 'DeferredNotices' });
    }
  });

  test('is encrypted like the other queues, and longer kept than a notice is worth', () => {
    for (const [, { Properties: properties }] of ofType('AWS::SQS::Queue'))
      expect(properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    expect(ofType('AWS::SQS::Queue')).toHaveLength(4);
  });
});

describe('an event of the account system', () => {
  const parked = { 'Fn::GetAtt': ['ParkedAccountEvents', 'Arn'] };

  test('comes by the rule that the contract names', () => {
    const { EventPattern, EventBusName } = only('AWS::Events::Rule').Properties;
    expect({ EventPattern, EventBusName }).toEqual({
      EventPattern: { source: ['account-system'], 'detail-type': ['account.changed'] },
      EventBusName: undefined,
    });
    // The bus is the company's.
    expect(ofType('AWS::Events::EventBus')).toEqual([]);
  });

  test('is parked as it came where EventBridge can’t hand it over, and where the function failed each time', () => {
    const { Targets: targets } = only('AWS::Events::Rule').Properties as unknown as {
      Targets: { DeadLetterConfig: object; RetryPolicy: object }[];
    };
    expect(targets.map(({ DeadLetterConfig, RetryPolicy }) => [DeadLetterConfig, RetryPolicy])).toEqual([
      [{ Arn: parked }, { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }],
    ]);
    const { DeadLetterConfig: deadLetters } = resources()['ChangeAccountLambdaFunction']?.Properties ?? {};
    expect(deadLetters).toEqual({ TargetArn: parked });
    expect(only('AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({ MaximumRetryAttempts: 2 });
    const policy = JSON.stringify(only('AWS::SQS::QueuePolicy').Properties);
    expect(policy).toContain('events.amazonaws.com');
    expect(policy).toContain('ParkedAccountEvents');
    const allows = statementsOf(resources()['ChangeAccountRole']).flatMap(({ Action, Resource }) =>
      Action.includes('sqs:SendMessage') ? Resource : [],
    );
    expect(allows).toEqual([parked]);
  });
});

describe('the alarms', () => {
  test('watch metrics that the functions count, and the queues, and tell the topic', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm').map(([, { Properties: properties }]) => properties);
    const ours = alarms.filter(({ Namespace: namespace }) => namespace === 'AccountLinking');
    for (const { MetricName: metric, Dimensions: dimensions } of ours) {
      expect(METRICS).toContain(metric);
      expect(dimensions).toEqual([{ Name: 'service', Value: 'account-linking' }]);
    }
    expect(ours.map(({ MetricName: metric }) => metric)).toEqual(
      expect.arrayContaining(['SpendGuardClosed', 'UnverifiedRatioHigh', 'IdentitySplit', 'NoticeNeverSent']),
    );
    const ofQueues = alarms.filter(({ Namespace: namespace }) => namespace === 'AWS/SQS');
    expect(
      ofQueues
        .map(({ MetricName: metric, Dimensions: dimensions }) => [...references(dimensions), metric])
        .toSorted(),
    ).toEqual([
      ['DeferredNotices', 'ApproximateAgeOfOldestMessage'],
      ['ParkedAccountEvents', 'ApproximateNumberOfMessagesVisible'],
      ['UndeliverableNotices', 'ApproximateNumberOfMessagesVisible'],
      ['UndeliverableRecords', 'ApproximateNumberOfMessagesVisible'],
    ]);
    expect(alarms.length).toBe(ours.length + ofQueues.length);
    const [[topic] = ['']] = ofType('AWS::SNS::Topic');
    for (const { AlarmActions: actions } of alarms) expect(actions).toEqual([{ Ref: topic }]);
  });
});
