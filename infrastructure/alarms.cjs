'use strict';

const { ON_STREAM } = require('./names.cjs');
const {
  COUNTRIES_MAX,
  listCountries,
  ofAllFunctions,
  ofApi,
  ofFunction,
  ofMapping,
  ofQueue,
  ours,
  VENDORS,
  workers,
} = require('./watched.cjs');

/**
 * Every alarm of the stack. docs/runbook.md has a section for each, named as it is here, which its description points at; a test holds the
 * two together. An alarm can neither search nor look at more than ten metrics (hard limits:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html), and each metric it looks at is billed. So what a caller
 * sees is watched at the gateway, once for all routes; of functions, those alone that no caller waits for, together.
 */

const MINUTES = 60;
const PERIOD_SECONDS = 5 * MINUTES;

/**
 * One may be a table that throttled for a moment, and whoever met it tries again. So many within a period are no such moment. Fewer are seen
 * all the same by the queues that keep what failed.
 */
const HANDFUL = 5;

/** The functions end after 29 s. */
const SLOW_MILLISECONDS = 25_000;

/**
 * What happens once and must be looked at. It is counted only when it happens, so that nothing counted means that nothing happened.
 */
const AT_ONCE = {
  ColdStartFailed:
    'A function can’t be started, for want of a setting or a secret: it answers 503 to everybody.',
  SpendGuardClosed: 'A spending cap of the whole deployment is reached: codes or notices are not sent.',
  UnverifiedRatioHigh: 'Far more codes are sent by SMS than are verified: somebody may be pumping.',
  SignInCodeFailed: 'Sign-ins by email were asked for whose codes could not be made.',
  NoticeNeverSent: 'Owners were not notified of changes of their accounts within 72 hours.',
  IdentitySplit: 'The subjects of one person belong to two accounts.',
  OwnLoginFailed: 'The keys of the company’s own login can’t be read: nobody signs in with it.',
  ProviderMisconfigured: 'A provider refuses our app, secret or callback.',
};

/** A metric that an expression is made of. */
const stat = (id, { namespace, name, dimensions }, statistic, period) => ({
  Id: id,
  ReturnData: false,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: period,
    Stat: statistic,
  },
});

/**
 * What an alarm looks at: one metric, or what an expression makes of several.
 *
 * @param metrics by the ids that the expression calls them
 */
function look(metrics, { expression, statistic = 'Sum', period = PERIOD_SECONDS }) {
  const entries = Object.entries(metrics);
  if (entries.length > 10) throw new Error('an alarm looks at ten metrics at most');
  if (expression === undefined) {
    const [[, { namespace, name, dimensions }]] = entries;
    return {
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: statistic,
      Period: period,
    };
  }
  return {
    Metrics: [
      ...entries.map(([id, metric]) => stat(id, metric, statistic, period)),
      { Id: 'watched', Expression: expression, Label: 'watched', ReturnData: true },
    ],
  };
}

/**
 * @param on what `look` returns
 * @param threshold raises the alarm if what is looked at is more; less, with `isFloor`
 * @param options.periods how many periods are looked at, and in how many of them it has to be so
 * @param options.missing what a period without data is: most of ours are counted only when something happens
 */
function alarm(on, threshold, { isFloor = false, periods = [1, 1], missing = 'notBreaching' } = {}) {
  return {
    ...on,
    Threshold: threshold,
    ComparisonOperator: isFloor ? 'LessThanThreshold' : 'GreaterThanThreshold',
    EvaluationPeriods: periods[0],
    DatapointsToAlarm: periods[1],
    TreatMissingData: missing,
  };
}

const one = (metric, options = {}) => look({ watched: metric }, options);

const sum = (ids) => (ids.length === 1 ? ids[0] : `SUM([${ids}])`);

/**
 * What share some metrics are of all, in percent, where there are enough of them to say so. The sum of a list leaves out what has no data,
 * while a mere `+` has no value then: where everything fails, nothing is ever accepted, and the alarm must not wait for that.
 */
const share = (parts, rest, enough) =>
  `IF(${sum(parts)} >= ${enough}, 100 * ${sum(parts)} / ${sum([...parts, ...rest])}, 0)`;

const counts = () =>
  Object.fromEntries(
    Object.entries(AT_ONCE).map(([metric, text]) => [`${metric}Alarm`, [text, alarm(one(ours(metric)), 0)]]),
  );

const ofService = () => ({
  ...counts(),
  FaultAlarm: [
    'The store or the code fails: requests answer 503, and what comes by the stream, queues or the bus is tried again.',
    alarm(one(ours('Fault')), HANDFUL - 1),
  ],
});

/** What the services that send say at once. A few refusals are the recipients' doing. Where nothing is refused, nothing is counted. */
const ofSending = () =>
  Object.fromEntries(
    ['Sms', 'Mail'].map((channel) => [
      `${channel}RefusedAlarm`,
      [
        `${channel === 'Sms' ? 'SMS' : 'Mails'} are refused by the service that sends them, or it does not answer.`,
        alarm(
          look(
            {
              refused: ours(`${channel}Refused`),
              unknown: ours(`${channel}Unknown`),
              accepted: ours(`${channel}Accepted`),
            },
            { expression: share(['refused', 'unknown'], ['accepted'], HANDFUL) },
          ),
          10,
        ),
      ],
    ]),
  );

const HOUR = 60 * MINUTES;

/** Of SMS that a vendor has taken, by what the receipts say. Where no receipt came, none is bad. */
function smsDelivered(whither, delivered, undelivered) {
  const expression = share(Object.keys(undelivered), Object.keys(delivered), HANDFUL);
  return [
    `SMS${whither} are accepted, but more than one in five does not arrive.`,
    alarm(look({ ...undelivered, ...delivered }, { expression, period: HOUR }), 20),
    // One section for all countries.
    'SmsDeliveredAlarm',
  ];
}

/** In each country by itself: the other countries' messages would hide that one gets none. */
function smsDeliveredIn(country) {
  const by = (id, name) =>
    Object.fromEntries(VENDORS.map((vendor) => [`${id}_${vendor}`, ours(name, { country, vendor })]));
  return smsDelivered(
    ` to +${country}`,
    by('delivered', 'SmsDelivered'),
    by('undelivered', 'SmsUndelivered'),
  );
}

/** What comes back later: SES looks into an account from 5 % of bounces or 0.1 % of complaints on, and in the end stops its mail. */
const ofDelivery = (countries) => ({
  SmsDeliveredAlarm: smsDelivered(
    '',
    { delivered: ours('SmsDelivered') },
    { undelivered: ours('SmsUndelivered') },
  ),
  ...Object.fromEntries(
    countries
      .slice(0, COUNTRIES_MAX)
      .map((country) => [`SmsDelivered${country}Alarm`, smsDeliveredIn(country)]),
  ),
  // Asked for every five minutes.
  SmsReceiptsFailedAlarm: [
    'Tencent gives no receipts: whether its SMS arrive, nobody knows.',
    alarm(one(ours('SmsReceiptsFailed')), 0, { periods: [3, 3] }),
  ],
  MailBouncedAlarm: [
    'One mail in twenty or more comes back, or is not sent since one came back before.',
    alarm(
      look(
        { bounced: ours('MailBounced'), suppressed: ours('MailSuppressed'), accepted: ours('MailAccepted') },
        {
          expression: share(['bounced', 'suppressed'], ['accepted'], HANDFUL),
          period: HOUR,
        },
      ),
      5,
    ),
  ],
  MailComplainedAlarm: [
    'One reader in a thousand or more reports our mail as spam.',
    alarm(
      look(
        { complained: ours('MailComplained'), accepted: ours('MailAccepted') },
        { expression: share(['complained'], ['accepted'], 2), period: 24 * HOUR },
      ),
      0.1,
    ),
  ],
});

/** What callers see, whatever the reason. Without requests there is no data, and nobody to see anything. */
const ofApiGateway = () => ({
  ApiErrorsAlarm: [
    'More than one request in a hundred is answered with 5xx.',
    alarm(
      look(
        { errors: ofApi('5xx'), requests: ofApi('Count') },
        { expression: `IF(errors >= ${HANDFUL}, 100 * errors / requests, 0)` },
      ),
      1,
    ),
  ],
  ApiSlowAlarm: [
    'Requests take nearly as long as they may.',
    alarm(one(ofApi('IntegrationLatency'), { statistic: 'Maximum' }), SLOW_MILLISECONDS, { periods: [3, 2] }),
  ],
});

/** Of functions that nobody waits for. Where none of them ran, none failed. */
function ofWorkers(functions) {
  const names = workers(functions);
  const each = (metric) => Object.fromEntries(names.map((name) => [`of${name}`, ofFunction(metric, name)]));
  return {
    WorkerErrorsAlarm: [
      'Functions on the stream, the queues or the bus crash, run out of time, or can’t be started.',
      alarm(look(each('Errors'), { expression: 'SUM(METRICS())' }), HANDFUL - 1),
    ],
    WorkerSlowAlarm: [
      'Functions on the stream, the queues or the bus take nearly as long as they may.',
      alarm(
        look(each('Duration'), { expression: 'MAX(METRICS())', statistic: 'Maximum' }),
        SLOW_MILLISECONDS,
        { periods: [3, 2] },
      ),
    ],
    // Of the whole account: its functions share one limit, and whichever of them takes it all, ours are throttled.
    ThrottlesAlarm: [
      'Functions are not run, since the account has as many at a time as it may.',
      alarm(one(ofAllFunctions('Throttles')), HANDFUL - 1),
    ],
  };
}

/** How old a record of the stream may get before its function sees it, in seconds; a code by mail is worth ten minutes. */
const LAG_SECONDS = { MailSignInCode: 60, NotifyOwner: 15 * MINUTES };

/** A function that sees no records has nothing to wait for. */
const ofStream = () =>
  Object.fromEntries(
    ON_STREAM.map((name) => [
      `${name}LateAlarm`,
      [
        'Records of the table’s stream wait for their function: mails or notices are late.',
        alarm(one(ofFunction('IteratorAge', name), { statistic: 'Maximum' }), LAG_SECONDS[name] * 1000),
      ],
    ]),
  );

/** What could not be handled waits in its queue; one is enough. A queue that nothing touches for hours tells nothing: it is empty. */
const isNotEmpty = (state, queue) =>
  alarm(one(ofQueue('ApproximateNumberOfMessagesVisible', state, queue), { statistic: 'Maximum' }), 0);

const ofUndelivered = (state) => ({
  // They are put into a bucket, which tells of it once a day: the mappings do at once.
  UndeliverableRecordsAlarm: [
    'A record of the table’s stream failed every time: a mail or notice was not sent.',
    alarm(
      look(
        Object.fromEntries(
          ON_STREAM.map((name) => [
            `of${name}`,
            ofMapping('OnFailureDestinationDeliveredEventCount', state, name),
          ]),
        ),
        { expression: 'SUM(METRICS())' },
      ),
      0,
    ),
  ],
  UndeliverableNoticesAlarm: [
    'A notice that was deferred failed every time.',
    isNotEmpty(state, 'UndeliverableNotices'),
  ],
  ParkedAccountEventsAlarm: [
    'An event of the account system could not be applied: an account is not in step.',
    isNotEmpty(state, 'ParkedAccountEvents'),
  ],
  ParkedMailEventsAlarm: [
    'An event about a mail could not be taken: an address that mail came back from may be mailed again.',
    isNotEmpty(state, 'ParkedMailEvents'),
  ],
  // A message waits a quarter of an hour at most, and is written anew after each try.
  DeferredNoticesAlarm: [
    'Notices that were deferred are not tried again.',
    alarm(
      one(ofQueue('ApproximateAgeOfOldestMessage', state, 'DeferredNotices'), { statistic: 'Maximum' }),
      3600,
    ),
  ],
});

/** Only where there is a canary. */
const ofCanary = () => ({
  CanaryFailedAlarm: ['The canary could not sign in by email.', alarm(one(ours('CanaryFailed')), 0)],
  // It runs every 90 minutes. That it is not heard of is what this is about.
  CanarySilentAlarm: [
    'The canary has not signed in for three hours.',
    alarm(one(ours('CanarySucceeded'), { period: 3 * HOUR }), 1, { isFloor: true, missing: 'breaching' }),
  ],
});

const resource =
  (actions, condition) =>
  ([id, [description, properties, section = id]]) => [
    id,
    {
      Type: 'AWS::CloudWatch::Alarm',
      ...(condition && { Condition: condition }),
      Properties: {
        AlarmDescription: `${description} What to do: docs/runbook.md#${section.toLowerCase()}`,
        ...properties,
        AlarmActions: actions,
      },
    },
  ];

/** Where alarms are told: the company's topic, or one of the stack's own that the people on duty subscribe to. */
const topic = (arn) =>
  arn === ''
    ? { resources: { AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: {} } }, ref: { Ref: 'AlarmTopic' } }
    : { resources: {}, ref: arn };

module.exports = async ({ resolveConfigurationProperty }) => {
  const [functions, countries, { STATE: state, ALARM_TOPIC_ARN: topicArn }] = await Promise.all([
    resolveConfigurationProperty(['functions']),
    resolveConfigurationProperty(['provider', 'environment', 'SMS_COUNTRIES']),
    resolveConfigurationProperty(['custom', 'stack']),
  ]);
  const { resources, ref } = topic(topicArn);
  const always = {
    ...ofService(),
    ...ofSending(),
    ...ofDelivery(listCountries(countries)),
    ...ofApiGateway(),
    ...ofWorkers(functions),
    ...ofStream(),
    ...ofUndelivered(state),
  };
  return {
    Resources: {
      ...resources,
      ...Object.fromEntries([
        ...Object.entries(always).map(resource([ref])),
        ...Object.entries(ofCanary()).map(resource([ref], 'CanaryIsOn')),
      ]),
    },
    Outputs: { AlarmTopicArn: { Value: ref } },
  };
};
