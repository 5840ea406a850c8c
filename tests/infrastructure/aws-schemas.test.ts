import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { templateFaults } from '../support/cloudformation.ts';
import { type PolicyTemplate, policyFaults } from '../support/iam.ts';
import { kept } from '../support/kept.ts';
import { templateText } from '../support/packaged.ts';

/** The stacks of a deployment: what one exports, another may import. */
const STACKS = ['service', 'state', 'site'] as const;
type Stack = (typeof STACKS)[number];

// Packaging bundles every function.
jest.setTimeout(180_000);

const templates = {} as Record<Stack, PolicyTemplate>;
beforeAll(async () => {
  const { folder } = await kept('package');
  for (const stack of STACKS) templates[stack] = JSON.parse(templateText(folder, stack));
});

describe.each(STACKS)('the %s stack', (stack) => {
  test('has no type, property or value that AWS’s schemas don’t know, and lacks none that they demand', () => {
    expect(templateFaults(templates[stack])).toEqual([]);
  });

  test('allows actions that there are, on resources they can be done to, on conditions they know', async () => {
    expect(await policyFaults(templates[stack], Object.values(templates))).toEqual([]);
  });
});

/** A table and a function with its role, as short as they are valid. */
const SOUND = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 29,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { S3Bucket: 'bucket', S3Key: 'key' },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: ['lambda.amazonaws.com'] },
              Action: ['sts:AssumeRole'],
            },
          ],
        },
      },
    },
  },
};

describe('a template is found out', () => {
  /** The sound one with something put at a path, or taken away. */
  function spoilt(path: string, value: unknown): object {
    const template = structuredClone(SOUND);
    const names = path.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce<Record<string, never>>(
      (inner, name) => inner[name] ?? {},
      template.Resources as never,
    );
    Object.assign(place, { [last]: value });
    return template;
  }

  test('unless nothing is wrong with it', () => {
    expect(templateFaults(SOUND)).toEqual([]);
  });

  test.each([
    ['Queue.Type', 'AWS::SQS::Queu', 'Unknown resource type'],
    ['Queue.Properties.SqsManagedSse', true, "'SqsManagedSse' was unexpected"],
    ['Table.Properties.StreamSpecification.View', 'x', "'View' was unexpected"],
    ['Table.Properties.StreamSpecification.StreamViewType', 'NEWEST', 'is not one of'],
    ['Table.Properties.BillingMode', 'BY_REQUEST', 'is not one of'],
    ['Table.DeletionPolicy', 'RetainOnCreate', 'DeletionPolicy must be one of'],
    ['Function.Properties.Runtime', 'nodejs24', 'is not one of'],
    ['Function.Properties.Timeout', 'long', 'is not of type'],
    ['Function.Properties.Role', undefined, "'Role' is a required property"],
    ['Function.Properties.Role', { 'Fn::GetAtt': ['Roll', 'Arn'] }, 'non-existent resource'],
    ['Function.Properties.Role', { 'Fn::GetAtt': ['Role', 'Arm'] }, 'is not one of'],
    ['Queue.Properties.SqsManagedSseEnabled', 'yes', 'is not of type'],
  ])('by %s: %j', (path, value, fault) => {
    const faults = templateFaults(spoilt(path, value));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});

describe('a policy is found out', () => {
  const table = { 'Fn::GetAtt': ['Table', 'Arn'] };
  const stream = { 'Fn::GetAtt': ['Table', 'StreamArn'] };
  const queue = { 'Fn::GetAtt': ['Queue', 'Arn'] };
  const own = (service: string, resource: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
  });

  function allowing(Action: string, Resource: unknown, Condition?: object): PolicyTemplate {
    const statement = { Effect: 'Allow', Action: [Action], Resource, ...(Condition ? { Condition } : {}) };
    const Properties = { Policies: [{ PolicyName: 'x', PolicyDocument: { Statement: [statement] } }] };
    return { Resources: { ...SOUND.Resources, Role: { Type: 'AWS::IAM::Role', Properties } } };
  }

  test.each([
    ['dynamodb:ConditionCheckItem', table],
    ['dynamodb:GetRecords', [stream]],
    ['dynamodb:ListStreams', [stream]],
    ['sqs:SendMessage', [queue]],
    ['ses:SendEmail', [own('ses', 'identity/example.com'), own('ses', 'configuration-set/mail')]],
    ['sms-voice:SendTextMessage', [own('sms-voice', 'pool/*')]],
    ['ssm:GetParameters', [own('ssm', 'parameter/a/b/c')]],
    ['xray:PutTraceSegments', ['*']],
    ['dynamodb:GetItem', { 'Fn::If': ['Some', table, { 'Fn::Sub': `\${Table.Arn}` }] }],
  ])('unless nothing is wrong with it: %s on %j', async (action, resource) => {
    expect(await policyFaults(allowing(action, resource))).toEqual([]);
  });

  test.each([
    ['dynamodb:ConditionCheck', table, 'there is no action dynamodb:ConditionCheck'],
    ['dynamodb:getItem', table, 'there is no action'],
    ['dynamo:GetItem', table, 'there is no action'],
    ['dynamodb:GetItem', stream, 'needs table'],
    ['dynamodb:GetRecords', table, 'needs stream'],
    ['dynamodb:GetItem', '*', 'is allowed on *, and could be on table'],
    ['dynamodb:GetItem', [table, queue], 'is nothing that dynamodb:GetItem could be done to'],
    ['sms-voice:SendTextMessage', [own('sms-voice', 'opt-out-list/*')], 'is for configurationset'],
    ['ses:SendEmail', [own('ses', 'configuration-set/mail')], 'needs identity'],
    ['xray:PutTraceSegments', [own('xray', 'group/x')], 'it has no resources'],
  ])('by %s on %j', async (action, resource, fault) => {
    const [found, ...others] = await policyFaults(allowing(action, resource));
    expect(found).toContain(`Role: `);
    expect(found).toContain(fault);
    expect(others).toEqual([]);
  });

  test('by a condition key that its action does not know, which would never hold', async () => {
    const condition = { StringLike: { 'dynamodb:LeadingKey': 'x' }, Bool: { 'aws:SecureTransport': 'true' } };
    expect(await policyFaults(allowing('dynamodb:GetItem', table, condition))).toEqual([
      'Role: dynamodb:GetItem knows no dynamodb:LeadingKey',
    ]);
  });

  test('where it imports what no stack exports; else it is held to what that is', async () => {
    const importing = allowing('dynamodb:GetItem', { 'Fn::ImportValue': 'the-table' });
    await expect(policyFaults(importing)).rejects.toThrow('which no template exports');
    const exporting = (Value: object) => ({
      Resources: SOUND.Resources,
      Outputs: { Table: { Value, Export: { Name: 'the-table' } } },
    });
    expect(await policyFaults(importing, [importing, exporting(table)])).toEqual([]);
    expect(await policyFaults(importing, [importing, exporting(stream)])).toEqual([
      expect.stringContaining('needs table'),
    ]);
  });
});
