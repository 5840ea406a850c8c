'use strict';

/**
 * What the canary takes besides its function: a schedule, and a mailbox that it alone reads. SES receives the mail and hands it over whole by
 * SNS, up to 150 KB (https://docs.aws.amazon.com/ses/latest/APIReference/API_SNSAction.html); it waits in a queue for a few minutes. All of it
 * only where CANARY_ADDRESS is an address.
 *
 * One rule set is active in an account and region, and no template can make it so: the rule is put into one that is there.
 */

const CONDITION = 'CanaryIsOn';

/** With the default SENDS_PER_DAY of 20, an address can be sent 20 codes a day; this takes 16. */
const SCHEDULE = 'rate(90 minutes)';

const only = (Type, Properties, more = {}) => ({ Type, Condition: CONDITION, ...more, Properties });
const arnOf = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Lets a service of AWS do one thing, for this account or this resource alone. */
const policy = (service, Action, Resource, Condition) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action, Resource, Condition }],
});

const mailbox = (address, ruleSet) => ({
  CanaryTopic: only('AWS::SNS::Topic', {}),
  CanaryTopicPolicy: only('AWS::SNS::TopicPolicy', {
    Topics: [{ Ref: 'CanaryTopic' }],
    PolicyDocument: policy(
      'ses.amazonaws.com',
      'sns:Publish',
      { Ref: 'CanaryTopic' },
      {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      },
    ),
  }),
  // A code is worth ten minutes, and no mail is looked at again.
  CanaryMail: only('AWS::SQS::Queue', { MessageRetentionPeriod: 600, SqsManagedSseEnabled: true }),
  CanaryMailPolicy: only('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: 'CanaryMail' }],
    PolicyDocument: policy('sns.amazonaws.com', 'sqs:SendMessage', arnOf('CanaryMail'), {
      ArnEquals: { 'aws:SourceArn': { Ref: 'CanaryTopic' } },
    }),
  }),
  CanarySubscription: only('AWS::SNS::Subscription', {
    TopicArn: { Ref: 'CanaryTopic' },
    Protocol: 'sqs',
    Endpoint: arnOf('CanaryMail'),
    RawMessageDelivery: true,
  }),
  CanaryReceiptRule: only(
    'AWS::SES::ReceiptRule',
    {
      RuleSetName: ruleSet,
      Rule: {
        Enabled: true,
        Recipients: [address],
        Actions: [{ SNSAction: { TopicArn: { Ref: 'CanaryTopic' }, Encoding: 'Base64' } }],
      },
    },
    { DependsOn: 'CanaryTopicPolicy' },
  ),
});

const schedule = (address) => ({
  CanarySchedule: only('AWS::Events::Rule', {
    ScheduleExpression: SCHEDULE,
    Targets: [
      {
        Id: 'canary',
        Arn: arnOf('CanaryLambdaFunction'),
        // All that it has to know: as settings, every function would have them.
        Input: { 'Fn::Sub': JSON.stringify({ detail: { address, queueUrl: `\${CanaryMail}` } }) },
      },
    ],
  }),
  CanaryPermission: only('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: arnOf('CanaryLambdaFunction'),
    Principal: 'events.amazonaws.com',
    SourceArn: arnOf('CanarySchedule'),
  }),
});

module.exports = async ({ resolveConfigurationProperty }) => {
  const { CANARY_ADDRESS: address, CANARY_RULE_SET: ruleSet } = await resolveConfigurationProperty([
    'custom',
    'stack',
  ]);
  return {
    Conditions: { [CONDITION]: { 'Fn::Not': [{ 'Fn::Equals': [address, ''] }] } },
    Resources: { ...mailbox(address, ruleSet), ...schedule(address) },
  };
};
