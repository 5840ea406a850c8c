'use strict';

const { imported } = require('./names.cjs');

/**
 * One IAM role a function, made from the table below, so that what a function may do is read in one place: the actions it calls,
 * on the kinds of partitions it touches, and nothing else. serverless.yml names the role beside each function. A transaction is
 * allowed by the actions it is made of.
 */

const CODE_KEY = ['code-hmac-key', 'code-hmac-key-previous'];
const PHONE_KEY = ['phone-index-key', 'phone-index-key-previous'];
/**
 * By what SIGN_IN_PROVIDERS is: an OAuth provider's is named for it, and email has none. WeChat's service account has one of its own, where
 * there is one.
 */
const appSecrets = ({ signInProviders, weChatMpAppId }) =>
  signInProviders
    .split(',')
    .map((provider) => provider.trim())
    .filter((provider) => provider !== '' && provider !== 'email')
    .flatMap((provider) => {
      // It becomes part of a resource: a `*` would let the role read more than it should.
      if (!/^[a-z]+$/.test(provider)) throw new Error(`SIGN_IN_PROVIDERS: ${provider} is no provider`);
      const inApp = provider === 'wechat' && weChatMpAppId !== '' ? ['wechat-mp-app-secret'] : [];
      return [`${provider}-app-secret`, ...inApp];
    });
/** What assertions are signed with, where ASSERTION_AUDIENCES names anybody. */
const ASSERTION_KEYS = ['assertion-key', 'assertion-key-previous'];
/** By what HUMAN_CHECK is; none where it is off. */
const HUMAN_CHECK_SECRETS = {
  turnstile: ['human-check-secret'],
  tencent: ['human-check-secret', 'tencent-secret-key'],
};

/** Of the vendors of SMS that SMS_ROUTES names; AWS needs none. */
const SMS_SECRETS = { aws: [], tencent: ['tencent-sms-secret-key'] };
/** Who sends SMS: `aws` and `tencent`, of a list such as `86=tencent,*=aws`. */
const smsVendors = (routes) => [
  ...new Set(routes.split(',').map((route) => route.split('=')[1]?.trim() ?? '')),
];

/** `partitions` are what their keys begin with in lib/table/keys.ts, before the first `#`: alphabetically. */
const FUNCTIONS = {
  ShowAccount: { table: ['BatchGetItem', 'Query', 'UpdateItem'], partitions: ['ACCOUNT'] },
  ShowHistory: { table: ['BatchGetItem', 'Query'], partitions: ['ACCOUNT'] },
  EndSession: { table: ['BatchGetItem', 'DeleteItem'], partitions: ['ACCOUNT'] },
  SetPreferences: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT'],
  },
  ExportAccount: { table: ['BatchGetItem', 'Query'], partitions: ['ACCOUNT'] },
  ListSessions: { table: ['BatchGetItem', 'Query'], partitions: ['ACCOUNT'] },
  EndOneSession: {
    table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'GUARD'],
  },
  CreateAssertion: { table: ['BatchGetItem'], partitions: ['ACCOUNT'], asserts: true },
  ShowConfiguration: { table: [], partitions: [] },
  ShowKeys: { table: [], partitions: [], asserts: true },
  EndAllSessions: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'GUARD', 'IDENTITY'],
  },
  KeepOnly: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  DismissNotice: { table: ['BatchGetItem', 'UpdateItem', 'ConditionCheckItem'], partitions: ['ACCOUNT'] },
  DisownNotice: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'GUARD', 'IDENTITY'],
  },
  ClearMethod: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  SendIdentityCheck: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'GUARD', 'QUOTA'],
    secrets: CODE_KEY,
    sends: ['sms'],
  },
  VerifyIdentityCheck: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'GUARD'],
    secrets: CODE_KEY,
  },
  SendLinkEmailCode: {
    table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'GUARD', 'QUOTA'],
    secrets: CODE_KEY,
    sends: ['mail'],
  },
  LinkEmail: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
    secrets: CODE_KEY,
  },
  BeginLink: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'STATE'],
  },
  FinishLink: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY', 'STATE'],
  },
  OpenWindow: { table: ['PutItem', 'UpdateItem'], partitions: ['STATE'] },
  Unlink: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OauthCallback: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY', 'STATE'],
    secrets: CODE_KEY,
    identifies: true,
  },
  SendSignInCode: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['GUARD', 'QUOTA', 'SIGNIN'],
    secrets: CODE_KEY,
    checksHumans: true,
  },
  SignInByEmail: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'SIGNIN'],
    secrets: CODE_KEY,
  },
  SignInByAssertion: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'ASSERTION'],
    secrets: CODE_KEY,
  },
  BeginSignIn: { table: ['PutItem', 'UpdateItem'], partitions: ['GUARD', 'STATE'], secrets: CODE_KEY },
  OpenUndo: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['GUARD', 'UNDO'],
    secrets: CODE_KEY,
  },
  ShowUndo: { table: ['BatchGetItem'], partitions: ['ACCOUNT'], secrets: CODE_KEY },
  ConfirmUndo: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
    secrets: CODE_KEY,
  },
  SendUndoCode: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'GUARD'],
    secrets: CODE_KEY,
    sends: ['sms'],
  },
  RestoreMethod: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
    secrets: CODE_KEY,
  },
  OperatorShowAccount: {
    table: ['BatchGetItem', 'PutItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OperatorShowHistory: {
    table: ['BatchGetItem', 'Query', 'PutItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT'],
  },
  OperatorFindIdentity: {
    table: ['BatchGetItem', 'PutItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OperatorFindPhone: {
    table: ['BatchGetItem', 'Query', 'PutItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'PHONE'],
    secrets: PHONE_KEY,
  },
  OperatorEndSessions: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OperatorUnlink: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OperatorReleaseIdentity: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  OperatorUnfreeze: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
  },
  NotifyOwner: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'GUARD', 'IDENTITY', 'SIGNIN', 'UNDO'],
    secrets: CODE_KEY,
    sends: ['sms', 'mail', 'events', 'deferred'],
    reads: 'stream',
  },
  RetryNotices: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'GUARD', 'IDENTITY', 'SIGNIN', 'UNDO'],
    secrets: CODE_KEY,
    sends: ['sms', 'mail', 'events', 'deferred'],
    reads: 'deferred',
  },
  ChangeAccount: {
    table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    partitions: ['ACCOUNT', 'IDENTITY', 'PHONE', 'SIGNIN', 'UNDO'],
    secrets: [...CODE_KEY, ...PHONE_KEY],
    sends: ['events'],
    parks: 'ParkedAccountEvents',
  },
  TakeMailEvent: {
    table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'IDENTITY'],
    secrets: CODE_KEY,
    parks: 'ParkedMailEvents',
  },
  CountSmsReceipt: { table: ['PutItem'], partitions: ['RECEIPT'] },
  PullSmsReceipts: { table: [], partitions: [], pullsReceipts: true },
  MailSignInCode: {
    table: ['BatchGetItem', 'UpdateItem'],
    partitions: ['ACCOUNT', 'GUARD', 'IDENTITY', 'SIGNIN'],
    secrets: CODE_KEY,
    sends: ['mail'],
    reads: 'stream',
  },
  Canary: { table: [], partitions: [], reads: 'canaryMail', condition: 'CanaryIsOn' },
};

// Of the stack's own region and account; `Fn::Sub` fills them in.
const arn = (service, resource) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});
const allow = (Action, Resource) => ({ Effect: 'Allow', Action, Resource });

/**
 * One list for all actions of a function: each key that a query, a batch or a write of a transaction names has to match it. Where a
 * request names none, `ForAllValues` holds for want of any, so there have to be some.
 */
const onPartitions = (settings, actions, partitions) => ({
  ...allow(
    actions.map((action) => `dynamodb:${action}`),
    [imported(settings.state, 'TableArn')],
  ),
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions.map((partition) => `${partition}#*`) },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

/** Sending is allowed by the address itself or by its domain, whichever is verified in SES. */
function senderIdentities(sender) {
  // Part of a resource, too; and IAM tells cases apart, where mail does not.
  if (sender === undefined)
    throw new Error(
      'MAIL_FROM: must be an address such as no-reply@example.com, or Example <no-reply@example.com>, with its domain in lower case',
    );
  const { address } = sender;
  const domain = address.slice(address.indexOf('@') + 1);
  return [address, domain].map((identity) => arn('ses', `identity/${identity}`));
}

/** None where nothing is published. */
function eventBuses(busName) {
  if (busName === '') return [];
  if (/^arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/.test(busName)) return [busName];
  if (/^[\w./-]+$/.test(busName)) return [arn('events', `event-bus/${busName}`)];
  throw new Error('EVENT_BUS_NAME: must be the name of an event bus such as default, its ARN, or empty');
}

/** What a function may send with, by channel; a channel that is off has no resource. */
const SENDS = {
  sms: ({ smsRoutes, smsOriginationIdentity }) => {
    const identities = [
      'phone-number/*',
      'pool/*',
      'sender-id/*',
      'protect-configuration/*',
      'configuration-set/*',
    ];
    // A request that names no identity names no resource, so that a list of some would not allow it.
    const resources = smsOriginationIdentity === '' ? ['*'] : identities.map((id) => arn('sms-voice', id));
    return allow(['sms-voice:SendTextMessage'], smsVendors(smsRoutes).includes('aws') ? resources : []);
  },
  // SES asks for the configuration set, too: the one that is named, or the default of the identity, whose name is not known here.
  mail: ({ sender }) =>
    allow(['ses:SendEmail'], [...senderIdentities(sender), arn('ses', 'configuration-set/*')]),
  events: ({ busName }) => allow(['events:PutEvents'], eventBuses(busName)),
  deferred: (settings) => allow(['sqs:SendMessage'], [imported(settings.state, 'DeferredNoticesArn')]),
};

/** What Lambda does in the name of a function to bring it what it reads. */
const READS = {
  stream: (settings) => [
    allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [imported(settings.state, 'TableStreamArn')],
    ),
    allow(['s3:ListBucket'], [imported(settings.state, 'UndeliverableRecordsArn')]),
    allow(
      ['s3:PutObject'],
      [{ 'Fn::Join': ['', [imported(settings.state, 'UndeliverableRecordsArn'), '/*']] }],
    ),
  ],
  deferred: (settings) => [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [imported(settings.state, 'DeferredNoticesArn')],
    ),
  ],
  canaryMail: () => [
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [{ 'Fn::GetAtt': ['CanaryMail', 'Arn'] }]),
  ],
};

/** What tracing takes of a function; X-Ray knows no resources to allow it on. */
const TRACING = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);

/** Where Lambda puts, in the name of a function, what it could not handle. */
const parking = (settings, queue) => allow(['sqs:SendMessage'], [imported(settings.state, `${queue}Arn`)]);

/** What is stored is read and written with the customer's key, where there is one; parameters may be under the same. */
const withKey = ({ kmsKeyArn }) =>
  kmsKeyArn === '' ? [] : [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [kmsKeyArn])];

function statements(
  name,
  settings,
  {
    table,
    partitions,
    secrets = [],
    sends = [],
    reads,
    parks,
    identifies,
    checksHumans,
    asserts,
    pullsReceipts,
  },
) {
  const { secretsPath, humanCheck, assertionAudiences, smsRoutes } = settings;
  const chosen = [
    ...(identifies ? appSecrets(settings) : []),
    ...(checksHumans ? (HUMAN_CHECK_SECRETS[humanCheck] ?? []) : []),
    ...(asserts && assertionAudiences !== '' ? ASSERTION_KEYS : []),
    ...(sends.includes('sms') || pullsReceipts
      ? smsVendors(smsRoutes).flatMap((vendor) => SMS_SECRETS[vendor] ?? [])
      : []),
  ];
  const parameters = [...secrets, ...chosen].map((secret) => arn('ssm', `parameter${secretsPath}/${secret}`));
  return [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [{ 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] }]),
    ...(table.length > 0 ? [onPartitions(settings, table, partitions)] : []),
    ...(parameters.length > 0 ? [allow(['ssm:GetParameters'], parameters)] : []),
    ...sends.map((channel) => SENDS[channel](settings)).filter(({ Resource }) => Resource.length > 0),
    ...(reads ? READS[reads](settings) : []),
    ...(parks ? [parking(settings, parks)] : []),
    ...(table.length > 0 || parameters.length > 0 ? withKey(settings) : []),
    ...(settings.tracing === 'on' ? [TRACING] : []),
  ];
}

function role(name, settings) {
  const { condition } = FUNCTIONS[name];
  return {
    Type: 'AWS::IAM::Role',
    ...(condition && { Condition: condition }),
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
  const { parseSender } = await import('../lib/messages/sender.ts');
  const setting = (name) => resolveConfigurationProperty(['provider', 'environment', name]);
  const settings = {
    secretsPath: await setting('SECRETS_PATH'),
    signInProviders: await setting('SIGN_IN_PROVIDERS'),
    weChatMpAppId: await setting('WECHAT_MP_APP_ID'),
    humanCheck: await setting('HUMAN_CHECK'),
    assertionAudiences: await setting('ASSERTION_AUDIENCES'),
    sender: parseSender(await setting('MAIL_FROM')),
    smsRoutes: await setting('SMS_ROUTES'),
    smsOriginationIdentity: await setting('SMS_ORIGINATION_IDENTITY'),
    busName: await setting('EVENT_BUS_NAME'),
    state: await resolveConfigurationProperty(['custom', 'stack', 'STATE']),
    kmsKeyArn: await resolveConfigurationProperty(['custom', 'stack', 'KMS_KEY_ARN']),
    tracing: await resolveConfigurationProperty(['custom', 'stack', 'TRACING']),
  };
  return {
    Resources: Object.fromEntries(
      Object.keys(FUNCTIONS).map((name) => [`${name}Role`, role(name, settings)]),
    ),
  };
};
