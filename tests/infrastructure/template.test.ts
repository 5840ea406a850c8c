import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pageHeaders } from '../../console/headers.ts';
import { settingsSchema } from '../../lib/config.ts';
import { ROUTES as CONTRACT } from '../../lib/contract/routes.ts';
import { EDGE_SECRET_HEADER } from '../../lib/http/edge.ts';
import { METRICS } from '../../lib/observe.ts';
import { VISIBILITY_SECONDS } from '../support/doubles.ts';
import { kept } from '../support/kept.ts';
import { PACKAGED_WITH, type Resource, type Template, templateText } from '../support/packaged.ts';
import { isForOwner, isSignInRequest } from '../support/stream.ts';

const { SECRETS_PATH, ...SECRETS } = PACKAGED_WITH;
const CONSOLE_ORIGINS = ['https://console.cloud.test', 'https://console2.cloud.test'];
const KEY = 'arn:aws:kms:ap-southeast-1:123456789012:key/00000000-0000-0000-0000-000000000000';

const ROUTES = CONTRACT.map(({ method, path }) => `${method} ${path}`);

// Packaging bundles every function.
jest.setTimeout(180_000);

let text: string;
let template: Template;
let state: Template;
let site: Template;
beforeAll(async () => {
  const { folder } = await kept('package');
  text = templateText(folder);
  template = JSON.parse(text);
  state = JSON.parse(templateText(folder, 'state'));
  site = JSON.parse(templateText(folder, 'site'));
});

/** What the stack of the state exports under a name. */
const imported = (name: string) => ({ 'Fn::ImportValue': `account-linking-prod-${name}` });

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
}

const resources = () => template.Resources;
const ofType = (type: string, of = template): [id: string, resource: Resource][] =>
  Object.entries(of.Resources).filter(([, { Type }]) => Type === type);
const only = (type: string, of = template): Resource => {
  const found = ofType(type, of).map(([, resource]) => resource);
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

/** The rule that brings a function its events. */
function ruleTo(name: string): Resource['Properties'] {
  const found = ofType('AWS::Events::Rule').find(([, { Properties: properties }]) =>
    [...references(properties['Targets'])].includes(`${name}LambdaFunction`),
  );
  if (found === undefined) throw new Error(`no rule reaches ${name}`);
  return found[1].Properties;
}

/** What a function can't take is in its queue, whoever could not hand it over. */
function expectParking(name: string, queue: string): void {
  const parked = imported(`${queue}Arn`);
  const { Targets: targets } = ruleTo(name) as unknown as {
    Targets: { DeadLetterConfig: object; RetryPolicy: object }[];
  };
  expect(targets.map(({ DeadLetterConfig, RetryPolicy }) => [DeadLetterConfig, RetryPolicy])).toEqual([
    [{ Arn: parked }, { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }],
  ]);
  const { DeadLetterConfig: deadLetters } = resources()[`${name}LambdaFunction`]?.Properties ?? {};
  expect(deadLetters).toEqual({ TargetArn: parked });
  const retries = ofType('AWS::Lambda::EventInvokeConfig').flatMap(([, { Properties: properties }]) =>
    [...references(properties['FunctionName'])].includes(`${name}LambdaFunction`)
      ? [properties['MaximumRetryAttempts']]
      : [],
  );
  expect(retries).toEqual([2]);
  const policies = ofType('AWS::SQS::QueuePolicy', state).filter(([, { Properties: properties }]) =>
    [...references(properties['Queues'])].includes(queue),
  );
  expect(JSON.stringify(policies)).toContain('events.amazonaws.com');
  const allows = statementsOf(resources()[`${name}Role`]).flatMap(({ Action, Resource: on }) =>
    Action.includes('sqs:SendMessage') ? on : [],
  );
  expect(allows).toEqual([parked]);
}

/** Every export that anything in a template is found by. */
function* imports(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    if (key === 'Fn::ImportValue') yield inner as string;
    else yield* imports(inner);
}

test('whatever a template refers to is in it, or is exported by one that is deployed before', () => {
  const exported = new Set<string>();
  for (const stack of [state, template, site]) {
    const known = new Set(Object.keys(stack.Resources));
    const unknown = [...references(stack)].filter((id) => !known.has(id) && !id.startsWith('AWS::'));
    expect(unknown).toEqual([]);
    expect([...imports(stack)].filter((name) => !exported.has(name))).toEqual([]);
    for (const { Export: as } of Object.values(stack.Outputs ?? {})) if (as) exported.add(as.Name);
  }
});

test('the service holds nothing that would be missed', () => {
  for (const type of ['AWS::DynamoDB::Table', 'AWS::SQS::Queue']) expect(ofType(type)).toEqual([]);
  for (const [id, { Type, DeletionPolicy, UpdateReplacePolicy }] of Object.entries(state.Resources)) {
    // The framework's own bucket holds what is deployed.
    if (!/^AWS::(DynamoDB::Table|SQS::Queue|S3::Bucket)$/.test(Type) || id.startsWith('Serverless')) continue;
    expect([Type, DeletionPolicy, UpdateReplacePolicy]).toEqual([Type, 'RetainExceptOnCreate', 'Retain']);
  }
});

test('no secret is in the template', () => {
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
});

test('the table can be restored, is not deleted by mistake, forgets what has expired, and has a stream', () => {
  const { Properties: table } = only('AWS::DynamoDB::Table', state);
  expect(table).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    StreamSpecification: { StreamViewType: expect.stringMatching(/^NEW/) },
    SSESpecification: {
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: { 'Fn::If': ['HasCustomerKey', KEY, { Ref: 'AWS::NoValue' }] },
    },
  });
  expect(table['GlobalSecondaryIndexes']).toBeUndefined();
});

describe('every function', () => {
  test('runs on Node 24 on arm64, and has memory, a time limit and a log that ends', () => {
    expect(functions()).toHaveLength(ROUTES.length + 7);
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
        for (const action of actions) expect(action).toMatch(/^[a-z\d-]+:[A-Za-z]+$/);
        for (const resource of on) {
          const arn = JSON.stringify(resource);
          // Where no origination identity is set, the request names no resource.
          if (arn === '"*"') {
            expect(actions).toEqual(['sms-voice:SendTextMessage']);
            continue;
          }
          // A whole kind of resource of this account at most, such as any of its sender ids; never everything of a service.
          expect(arn).not.toMatch(/:\*"|^"\*"$/);
          expect(arn).toMatch(/Fn::GetAtt|Fn::ImportValue|^"arn:aws:kms:|\$\{AWS::AccountId\}:[a-z-]+\/.+/);
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
      'NotifyOwnerRole events:PutEvents',
      'NotifyOwnerRole ses:SendEmail',
      'NotifyOwnerRole sms-voice:SendTextMessage',
      'NotifyOwnerRole sqs:SendMessage',
      'RetryNoticesRole events:PutEvents',
      'RetryNoticesRole ses:SendEmail',
      'RetryNoticesRole sms-voice:SendTextMessage',
      'RetryNoticesRole sqs:SendMessage',
      'SendIdentityCheckRole sms-voice:SendTextMessage',
      'SendLinkEmailCodeRole ses:SendEmail',
      'SendUndoCodeRole sms-voice:SendTextMessage',
      'TakeMailEventRole sqs:SendMessage',
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
      AllowOrigins: CONSOLE_ORIGINS,
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
    const ofTable = sources
      .map((source) => JSON.stringify(source))
      .filter((source) => source.includes('TableStream'));
    expect(ofTable).toEqual(ofTable.map(() => JSON.stringify(imported('TableStreamArn'))));
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
  ])(
    'is retried for %s, record by record, while it is worth it, and what fails is kept whole',
    (name, retries) => {
      expect(mappingTo(name)).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BatchSize: 1,
        ...retries,
        // A few at a time, so that the API has its share of an account's ten.
        ParallelizationFactor: 1,
        DestinationConfig: { OnFailure: { Destination: imported('UndeliverableRecordsArn') } },
        MetricsConfig: { Metrics: ['EventCount'] },
      });
      const kept = statementsOf(resources()[`${name}Role`]).filter(({ Action: actions }) =>
        actions.some((action) => action.startsWith('s3:')),
      );
      expect(kept.map(({ Action: actions }) => actions)).toEqual([['s3:ListBucket'], ['s3:PutObject']]);
      expect(resources()[`${name}LambdaFunction`]?.Properties['ReservedConcurrentExecutions']).toEqual({
        'Fn::If': ['ReservesConcurrency', 20, { Ref: 'AWS::NoValue' }],
      });
    },
  );
});

describe('the queue of deferred notices', () => {
  const queue = () => state.Resources['DeferredNotices']?.Properties ?? {};

  test('is read message by message, in batches, by few functions at once', () => {
    expect(mappingTo('RetryNotices')).toMatchObject({
      EventSourceArn: imported('DeferredNoticesArn'),
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
      expect(variables['NOTICE_QUEUE_URL']).toEqual(imported('DeferredNoticesUrl'));
    }
  });

  test('is encrypted like the other queues, and longer kept than a notice is worth', () => {
    const queues = ofType('AWS::SQS::Queue', state);
    for (const [, { Properties: properties }] of queues)
      expect(properties).toMatchObject({
        SqsManagedSseEnabled: { 'Fn::If': ['HasCustomerKey', { Ref: 'AWS::NoValue' }, true] },
        KmsMasterKeyId: { 'Fn::If': ['HasCustomerKey', KEY, { Ref: 'AWS::NoValue' }] },
        MessageRetentionPeriod: 1_209_600,
      });
    expect(queues).toHaveLength(4);
  });
});

describe('an event of the account system', () => {
  test('comes by the rule that the contract names', () => {
    const { EventPattern, EventBusName } = ruleTo('ChangeAccount');
    expect({ EventPattern, EventBusName }).toEqual({
      EventPattern: { source: ['account-system'], 'detail-type': ['account.changed'] },
      EventBusName: undefined,
    });
    // The bus is the company's.
    expect(ofType('AWS::Events::EventBus')).toEqual([]);
  });

  test('is parked as it came where EventBridge can’t hand it over, and where the function failed each time', () => {
    expectParking('ChangeAccount', 'ParkedAccountEvents');
  });
});

describe('what becomes of messages', () => {
  test('of mail comes from the configuration set, which is the stack’s own, by the bus that SES publishes to', () => {
    const set = only('AWS::SES::ConfigurationSet').Properties;
    // An address that is proved anew has to be mailed to.
    expect(set).toEqual({ Name: 'account-linking-prod', SuppressionOptions: { SuppressedReasons: [] } });
    expect(only('AWS::SES::ConfigurationSetEventDestination').Properties).toMatchObject({
      ConfigurationSetName: { Ref: 'MailConfigurationSet' },
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'delivery', 'reject'],
        EventBridgeDestination: { EventBusArn: { 'Fn::Sub': expect.stringMatching(/:event-bus\/default$/) } },
      },
    });
    const { EventPattern, EventBusName } = ruleTo('TakeMailEvent');
    const { source, detail } = EventPattern as unknown as { source: string[]; detail: object };
    expect({ source, detail, EventBusName }).toEqual({
      source: ['aws.ses'],
      detail: { mail: { tags: { 'ses:configuration-set': [set['Name']] } } },
      EventBusName: undefined,
    });
  });

  test('of mail is parked as it came where it can’t be taken', () => {
    expectParking('TakeMailEvent', 'ParkedMailEvents');
  });

  test('of SMS comes from AWS by itself, and of Tencent is pulled where SMS go by it', () => {
    expect(ruleTo('CountSmsReceipt')).toMatchObject({
      EventPattern: {
        source: ['aws.sms-voice'],
        'detail-type': ['Text Message Delivery Status Updated'],
        detail: { isFinal: [true] },
      },
      State: 'ENABLED',
    });
    expect(ruleTo('PullSmsReceipts')).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      State: 'DISABLED',
    });
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
        .map(({ MetricName: metric, Dimensions: dimensions }) => [...imports(dimensions), metric])
        .toSorted(),
    ).toEqual([
      ['account-linking-prod-DeferredNoticesName', 'ApproximateAgeOfOldestMessage'],
      ['account-linking-prod-ParkedAccountEventsName', 'ApproximateNumberOfMessagesVisible'],
      ['account-linking-prod-ParkedMailEventsName', 'ApproximateNumberOfMessagesVisible'],
      ['account-linking-prod-UndeliverableNoticesName', 'ApproximateNumberOfMessagesVisible'],
    ]);
    const ofRecords = alarms.filter(
      ({ MetricName: metric }) => `${metric}` === 'OnFailureDestinationDeliveredEventCount',
    );
    for (const { Dimensions: dimensions } of ofRecords)
      expect(resources()[[...references(dimensions)][0] ?? '']?.Type).toBe('AWS::Lambda::EventSourceMapping');
    expect(ofRecords).toHaveLength(2);
    const [[topic] = ['']] = ofType('AWS::SNS::Topic');
    for (const { AlarmActions: actions } of alarms) expect(actions).toEqual([{ Ref: topic }]);
  });
});

describe('the edge', () => {
  const API_CERTIFICATE = expect.stringContaining('arn:aws:acm:ap-southeast-1:');

  test('lets through as many requests as the settings say, by the domain alone', () => {
    expect(only('AWS::ApiGatewayV2::Stage').Properties['DefaultRouteSettings']).toEqual({
      ThrottlingRateLimit: 40,
      ThrottlingBurstLimit: 80,
    });
    expect(only('AWS::ApiGatewayV2::Api').Properties['DisableExecuteApiEndpoint']).toBe(true);
    expect(only('AWS::ApiGatewayV2::DomainName').Properties).toEqual({
      DomainName: 'api.cloud.test',
      DomainNameConfigurations: [
        { CertificateArn: API_CERTIFICATE, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    expect([...references(only('AWS::ApiGatewayV2::ApiMapping').Properties)].toSorted()).toEqual([
      'ApiDomain',
      'HttpApi',
      'HttpApiStage',
    ]);
  });

  test('logs who asked for which route, and nothing of what was asked', () => {
    const { AccessLogSettings: log } = only('AWS::ApiGatewayV2::Stage').Properties as unknown as {
      AccessLogSettings: { Format: string };
    };
    const format = JSON.parse(log.Format) as Record<string, string>;
    expect(
      Object.values(format).filter((value) => /path|query|header|authorizer|cookie/i.test(value)),
    ).toEqual([]);
    expect(format).toMatchObject({ route: '$context.routeKey', ip: '$context.identity.sourceIp' });
  });

  test('sends the console with the headers of its page, and every path that is no file to the page', () => {
    const { ResponseHeadersPolicyConfig: policy } = only('AWS::CloudFront::ResponseHeadersPolicy', site)
      .Properties as unknown as {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: Record<string, Record<string, unknown>>;
        CustomHeadersConfig: { Items: { Header: string; Value: string }[] };
      };
    };
    const headers = pageHeaders({ apiOrigin: 'https://api.cloud.test', humanCheck: 'off' });
    const sent = Object.fromEntries(
      policy.CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value]),
    );
    const security = policy.SecurityHeadersConfig;
    expect({
      ...sent,
      'content-security-policy': security['ContentSecurityPolicy']?.['ContentSecurityPolicy'],
      'referrer-policy': security['ReferrerPolicy']?.['ReferrerPolicy'],
      'x-content-type-options': 'nosniff',
    }).toEqual(headers);
    const { FunctionCode: code } = only('AWS::CloudFront::Function', site).Properties as unknown as {
      FunctionCode: string;
    };
    const route = (uri: string) =>
      runInNewContext(`${code}; handler({ request: { uri: ${JSON.stringify(uri)} } }).uri`);
    for (const path of ['/', '/sign-in', '/not-me', '/a/b']) expect(route(path)).toBe('/index.html');
    for (const file of ['/assets/index-a1.js', '/assets/gone', '/element/account-linking.js', '/favicon.ico'])
      expect(route(file)).toBe(file);
  });

  test('reads files of the console by CloudFront alone', () => {
    const { PolicyDocument: policy } = only('AWS::S3::BucketPolicy', {
      ...site,
      Resources: { ConsoleFilesPolicy: site.Resources['ConsoleFilesPolicy'] as Resource },
    }).Properties as unknown as { PolicyDocument: { Statement: { Principal: object; Condition: object }[] } };
    expect(policy.Statement).toHaveLength(1);
    expect(policy.Statement[0]).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
    });
  });

  test('stands before the API with a secret that is in no template, keeps nothing, and says who asks', () => {
    const { DistributionConfig: edge } = (site.Resources['ApiSite'] as Resource).Properties as unknown as {
      DistributionConfig: {
        Aliases: string[];
        WebACLId: string;
        Origins: { DomainName: object; OriginCustomHeaders: object[]; CustomOriginConfig: object }[];
        DefaultCacheBehavior: { CachePolicyId: string; ViewerProtocolPolicy: string };
      };
    };
    expect(edge).toMatchObject({
      Aliases: ['api.cloud.test'],
      WebACLId: expect.stringContaining(':global/webacl/'),
      DefaultCacheBehavior: {
        // CachingDisabled.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        ViewerProtocolPolicy: 'https-only',
      },
    });
    expect(edge.Origins).toMatchObject([
      {
        DomainName: imported('ApiDomainTarget'),
        OriginCustomHeaders: [
          {
            HeaderName: EDGE_SECRET_HEADER,
            HeaderValue: '{{resolve:secretsmanager:account-linking/edge:SecretString}}',
          },
        ],
      },
    ]);
    expect(only('AWS::CloudFront::OriginRequestPolicy', site).Properties).toMatchObject({
      OriginRequestPolicyConfig: {
        HeadersConfig: {
          HeaderBehavior: 'allViewerAndWhitelistCloudFront',
          Headers: ['CloudFront-Viewer-Address'],
        },
        CookiesConfig: { CookieBehavior: 'all' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    });
  });

  test('a key of the customer’s is used by every function that reads what is under it, and only that key', () => {
    const withKey = functions().filter(([, { Properties: properties }]) =>
      statementsOf(resources()[roleOf(properties)]).some(
        ({ Action: actions, Resource: on }) => actions.includes('kms:Decrypt') && `${on}` === KEY,
      ),
    );
    const names = withKey.map(([id]) => id.replace('LambdaFunction', ''));
    // These read neither the table nor a secret.
    const others = functions()
      .map(([id]) => id.replace('LambdaFunction', ''))
      .filter((name) => !names.includes(name));
    expect(others.toSorted()).toEqual(['PullSmsReceipts', 'ShowConfiguration', 'ShowKeys']);
  });
});
