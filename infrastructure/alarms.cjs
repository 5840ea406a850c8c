'use strict';

const { imported, ON_STREAM, streamMapping } = require('./names.cjs');

/** What somebody must look at as soon as it happens once, by the metric that counts it (lib/observe.ts). */
const ALARMS = {
  SpendGuardClosed: 'A spending cap of the whole deployment is reached: codes or notices are not sent.',
  UnverifiedRatioHigh: 'Far more codes are sent by SMS than are verified: somebody may be pumping.',
  SignInCodeFailed: 'Sign-ins by email were asked for whose codes could not be made.',
  NoticeNeverSent: 'Owners were not notified of changes of their accounts within 72 hours.',
  IdentitySplit: 'The subjects of one person belong to two accounts.',
  OwnLoginFailed: 'The keys of the company’s own login can’t be read: nobody signs in with it.',
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

function queueAlarm(state, queue, { metric, threshold, description }) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: description,
      Namespace: 'AWS/SQS',
      MetricName: metric,
      Dimensions: [{ Name: 'QueueName', Value: imported(state, `${queue}Name`) }],
      Statistic: 'Maximum',
      Period: PERIOD_SECONDS,
      EvaluationPeriods: 1,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
    },
  };
}

/** What could not be handled waits in its queue; one is enough. */
const isNotEmpty = (description) => ({
  metric: 'ApproximateNumberOfMessagesVisible',
  threshold: 0,
  description,
});

const queueAlarms = (state) => ({
  UndeliverableNoticesAlarm: queueAlarm(
    state,
    'UndeliverableNotices',
    isNotEmpty('A notice that was deferred failed every time.'),
  ),
  ParkedAccountEventsAlarm: queueAlarm(
    state,
    'ParkedAccountEvents',
    isNotEmpty('An event of the account system could not be applied: an account is not in step.'),
  ),
  ParkedMailEventsAlarm: queueAlarm(
    state,
    'ParkedMailEvents',
    isNotEmpty(
      'An event about a mail could not be taken: an address that mail came back from may be mailed again.',
    ),
  ),
  // A message waits a quarter of an hour at most, and is written anew after each try.
  DeferredNoticesAlarm: queueAlarm(state, 'DeferredNotices', {
    metric: 'ApproximateAgeOfOldestMessage',
    threshold: 3600,
    description: 'Notices that were deferred are not tried again.',
  }),
});

/** What the functions on the stream could not handle is put into a bucket, which tells of it once a day: the mapping does at once. */
const recordAlarm = (state, functionName) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: 'A record of the table’s stream failed every time: a mail or notice was not sent.',
    Namespace: 'AWS/Lambda',
    MetricName: 'OnFailureDestinationDeliveredEventCount',
    Dimensions: [{ Name: 'EventSourceMappingUUID', Value: { Ref: streamMapping(state, functionName) } }],
    Statistic: 'Sum',
    Period: PERIOD_SECONDS,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'AlarmTopic' }],
  },
});

module.exports = async ({ resolveConfigurationProperty }) => {
  const state = await resolveConfigurationProperty(['custom', 'stack', 'STATE']);
  return {
    Resources: {
      /** The people on duty subscribe to it. */
      AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: {} },
      ...Object.fromEntries(
        Object.entries(ALARMS).map(([metric, description]) => [`${metric}Alarm`, alarm(metric, description)]),
      ),
      ...queueAlarms(state),
      ...Object.fromEntries(ON_STREAM.map((name) => [`${name}RecordAlarm`, recordAlarm(state, name)])),
    },
    Outputs: { AlarmTopicArn: { Value: { Ref: 'AlarmTopic' } } },
  };
};
