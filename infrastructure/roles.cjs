'use strict';

/**
 * One IAM role a function, made from the table below, so that what a function may do is read in one place: the actions it calls
 * and nothing else. serverless.yml names the role beside each function. A transaction is allowed by the actions it is made of.
 */

const CODE_KEY = ['code-hmac-key', 'code-hmac-key-previous'];
/** By what SIGN_IN_PROVIDERS is: an OAuth provider's is named for it, and email has none. */
const appSecrets = (signInProviders) =>
  signInProviders
    .split(',')
    .map((provider) => provider.trim())
    .filter((provider) => provider !== '' && provider !== 'email')
    .map((provider) => {
      // It becomes part of a resource: a `*` would let the role read more than it should.
      if (!/^[a-z]+$/.test(provider)) throw new Error(`SIGN_IN_PROVIDERS: ${provider} is no provider`);
      return `${provider}-app-secret`;
    });
/** By what HUMAN_CHECK is; none where it is off. */
const HUMAN_CHECK_SECRETS = {
  turnstile: ['human-check-secret'],
  tencent: ['human-check-secret', 'tencent-secret-key'],
};

const FUNCTIONS = {
  ShowAccount: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
  ShowHistory: { table: ['BatchGetItem', 'Query'] },
  EndSession: { table: ['BatchGetItem', 'DeleteItem'] },
  EndAllSessions: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] },
  KeepOnly: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] },
  DismissNotice: { table: ['BatchGetItem', 'UpdateItem', 'ConditionCheckItem'] },
  DisownNotice: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] },
  ClearMethod: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] },
  SendIdentityCheck: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
    sends: ['sms'],
  },
  VerifyIdentityCheck: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
  },
  SendLinkEmailCode: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
    sends: ['mail'],
  },
  LinkEmail: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'], secrets: CODE_KEY },
  BeginLink: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] },
  Unlink: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] },
  OauthCallback: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
    identifies: true,
  },
  SendSignInCode: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
    checksHumans: true,
  },
  SignInByEmail: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
  },
  BeginSignIn: { table: ['PutItem', 'UpdateItem'], secrets: CODE_KEY },
  ShowUndo: { table: ['BatchGetItem'], secrets: CODE_KEY },
  ConfirmUndo: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
  },
  SendUndoCode: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
    sends: ['sms'],
  },
  RestoreMethod: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    secrets: CODE_KEY,
  },
  NotifyOwner: {
    table: ['BatchGetItem', 'UpdateItem'],
    secrets: CODE_KEY,
    sends: ['sms', 'mail', 'events', 'deferred'],
    reads: 'stream',
  },
  RetryNotices: {
    table: ['BatchGetItem', 'UpdateItem'],
    secrets: CODE_KEY,
    sends: ['sms', 'mail', 'events', 'deferred'],
    reads: 'deferred',
  },
  MailSignInCode: {
    table: ['BatchGetItem', 'UpdateItem'],
    secrets: CODE_KEY,
    sends: ['mail'],
    reads: 'stream',
  },
};

// Of the stack's own region and account; `Fn::Sub` fills them in.
const arn = (service, resource) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});
const allow = (Action, Resource) => ({ Effect: 'Allow', Action, Resource });

const SENDS = {
  sms: allow(
    ['sms-voice:SendTextMessage'],
    ['phone-number/*', 'pool/*', 'sender-id/*', 'protect-configuration/*'].map((id) => arn('sms-voice', id)),
  ),
  mail: allow(['ses:SendEmail'], [arn('ses', 'identity/*')]),
  events: allow(['events:PutEvents'], [arn('events', 'event-bus/*')]),
  deferred: allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['DeferredNotices', 'Arn'] }]),
};

/** What Lambda does in the name of a function to bring it what it reads. */
const READS = {
  stream: [
    allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [{ 'Fn::GetAtt': ['Table', 'StreamArn'] }],
    ),
    allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['UndeliverableRecords', 'Arn'] }]),
  ],
  deferred: [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [{ 'Fn::GetAtt': ['DeferredNotices', 'Arn'] }],
    ),
  ],
};

function statements(
  name,
  { secretsPath, signInProviders, humanCheck },
  { table, secrets = [], sends = [], reads, identifies, checksHumans },
) {
  const chosen = [
    ...(identifies ? appSecrets(signInProviders) : []),
    ...(checksHumans ? (HUMAN_CHECK_SECRETS[humanCheck] ?? []) : []),
  ];
  const parameters = [...secrets, ...chosen].map((secret) => arn('ssm', `parameter${secretsPath}/${secret}`));
  return [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [{ 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }]),
    allow(
      table.map((action) => `dynamodb:${action}`),
      [{ 'Fn::GetAtt': ['Table', 'Arn'] }],
    ),
    ...(parameters.length > 0 ? [allow(['ssm:GetParameters'], parameters)] : []),
    ...sends.map((channel) => SENDS[channel]),
    ...(reads ? READS[reads] : []),
  ];
}

function role(name, settings) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
        ],
      },
      Policies: [
        {
          PolicyName: name,
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: statements(name, settings, FUNCTIONS[name]),
          },
        },
      ],
    },
  };
}

module.exports = async ({ resolveConfigurationProperty }) => {
  const setting = (name) => resolveConfigurationProperty(['provider', 'environment', name]);
  const settings = {
    secretsPath: await setting('SECRETS_PATH'),
    signInProviders: await setting('SIGN_IN_PROVIDERS'),
    humanCheck: await setting('HUMAN_CHECK'),
  };
  return {
    Resources: Object.fromEntries(
      Object.keys(FUNCTIONS).map((name) => [`${name}Role`, role(name, settings)]),
    ),
  };
};
