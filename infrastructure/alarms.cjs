'use strict';

/** What somebody must look at as soon as it happens once, by the metric that counts it (lib/observe.ts). */
const ALARMS = {
  SpendGuardClosed: 'A spending cap of the whole deployment is reached: codes or notices are not sent.',
  UnverifiedRatioHigh: 'Far more codes are sent by SMS than are verified: somebody may be pumping.',
  NoticeDropped: 'Owners were not told of changes of their accounts.',
  SignInCodeFailed: 'Sign-ins by email were asked for whose codes could not be made.',
  IdentitySplit: 'The subjects of one person belong to two accounts.',
  ProviderMisconfigured: 'A provider refuses our app, secret or callback.',
};

const PERIOD_SECONDS = 300;

function alarm(metric, description) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: description,
      Namespace: 'AccountLinking',
      MetricName: metric,
      Dimensions: [{ Name: 'service', Value: 'account-linking' }],
      Statistic: 'Sum',
      Period: PERIOD_SECONDS,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
    },
  };
}

/** Records that could not be handled wait in the queue; one is enough. */
const UNDELIVERABLE = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: 'A record of the table’s stream failed every time: a mail or notice was not sent.',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['UndeliverableRecords', 'QueueName'] } }],
    Statistic: 'Maximum',
    Period: PERIOD_SECONDS,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlarmTopic' }],
  },
};

module.exports = async () => ({
  Resources: {
    /** The people on duty subscribe to it. */
    AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: {} },
    ...Object.fromEntries(
      Object.entries(ALARMS).map(([metric, description]) => [`${metric}Alarm`, alarm(metric, description)]),
    ),
    UndeliverableRecordsAlarm: UNDELIVERABLE,
  },
  Outputs: { AlarmTopicArn: { Value: { Ref: 'AlarmTopic' } } },
});
