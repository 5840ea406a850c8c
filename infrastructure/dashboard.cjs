'use strict';

const makeAlarms = require('./alarms.cjs');
const { ON_STREAM } = require('./names.cjs');
const {
  COUNTRIES_MAX,
  listCountries,
  ofApi,
  ofFunction,
  ofQueue,
  ours,
  VENDORS,
  workers,
} = require('./watched.cjs');

/**
 * The dashboard: first the alarms, then the funnel from asking for a code to the link, by channel and country, then what may be behind it.
 * CloudWatch draws three dashboards for nothing, of 50 metrics each; beyond that one is USD 3 a month.
 */

const PERIOD_SECONDS = 300;
const COLUMNS = 24;
const HEIGHT = 6;

const QUEUES = ['DeferredNotices', 'UndeliverableNotices', 'ParkedAccountEvents', 'ParkedMailEvents'];

/** `Fn::Sub` fills in what is no text: a `Ref`, or an export of the state's, by the end of its name. */
const text = (value) => (typeof value === 'string' ? value : `\${${value.Ref ?? variable(value)}}`);
const variable = (value) => value['Fn::ImportValue'].split('-').at(-1);

/** The exports that `Fn::Sub` has to be told of. */
const variables = (state) =>
  Object.fromEntries(
    QUEUES.flatMap((queue) => Object.values(ofQueue('', state, queue).dimensions)).map((value) => [
      variable(value),
      value,
    ]),
  );

/** A metric as a widget has it. */
const line = ({ namespace, name, dimensions }, options = {}) => [
  namespace,
  name,
  ...Object.entries(dimensions).flatMap(([key, value]) => [key, text(value)]),
  { label: name, ...options },
];

const graph = (title, metrics, options = {}) => ({
  type: 'metric',
  properties: {
    title,
    region: `\${AWS::Region}`,
    stat: 'Sum',
    period: PERIOD_SECONDS,
    view: 'timeSeries',
    metrics,
    ...options,
  },
});

/** Puts widgets beside each other, row below row. */
function laidOut(rows) {
  let y = 0;
  return rows.flatMap(({ widgets, height = HEIGHT }) => {
    const width = Math.floor(COLUMNS / widgets.length);
    const row = widgets.map((widget, index) => ({ ...widget, x: index * width, y, width, height }));
    y += height;
    return row;
  });
}

const STEPS = ['CodeAsked', 'CodeSent', 'CodeVerified'];

/** Of one channel and country, each step below the one before it. */
function funnel(title, by) {
  const step = (name) => line(ours(name, by));
  const [asked, sent, verified] = STEPS.map(step);
  if (by.channel === 'mail') return graph(title, [asked, sent, line(ours('MailDelivered')), verified]);
  const { country } = by;
  const delivered = VENDORS.map((vendor) =>
    line(ours('SmsDelivered', { country, vendor }), { id: vendor, visible: false }),
  );
  return graph(title, [
    asked,
    sent,
    ...delivered,
    [{ expression: `SUM([${VENDORS}])`, label: 'SmsDelivered' }],
    verified,
    step('Linked'),
    step('Replaced'),
  ]);
}

/** A line a country, of those too that were not counted when this was deployed. */
const byCountry = (name) =>
  graph(`${name} by SMS, by country`, [
    [
      {
        expression: `SEARCH('{AccountLinking,service,channel,country} MetricName="${name}" channel="sms"', 'Sum', ${PERIOD_SECONDS})`,
        label: `\${!PROP('Dim.country')}`,
      },
    ],
  ]);

const rowsOf = (widgets, perRow) =>
  Array.from({ length: Math.ceil(widgets.length / perRow) }, (_, row) => ({
    widgets: widgets.slice(row * perRow, (row + 1) * perRow),
  }));

function body({ alarmIds, countries, functions, state }) {
  const total = (names) => names.map((name) => line(ours(name)));
  const funnels = countries
    .slice(0, COUNTRIES_MAX)
    .map((country) => funnel(`By SMS to +${country}`, { channel: 'sms', country }));
  const worked = workers(functions);
  return {
    widgets: laidOut([
      {
        widgets: [
          { type: 'alarm', properties: { title: 'Alarms', alarms: alarmIds.map((id) => `\${${id}.Arn}`) } },
        ],
        height: 4,
      },
      {
        widgets: [
          {
            type: 'text',
            properties: {
              markdown:
                '## The funnel\nasked → sent → delivered → verified → linked. Where a step falls and the one before it does not, look there. ' +
                'Sign-in mail is asked for by addresses too that are nobody’s, and sent to none of them.',
            },
          },
        ],
        height: 2,
      },
      {
        widgets: [
          graph(
            'In all',
            total([
              'CodeAsked',
              'CodeSent',
              'SmsDelivered',
              'CodeVerified',
              'SignedIn',
              'Linked',
              'Replaced',
              'Unlinked',
            ]),
            { view: 'singleValue', setPeriodToTimeRange: true },
          ),
        ],
        height: 3,
      },
      ...rowsOf([funnel('By mail', { channel: 'mail', country: 'none' }), ...funnels], 2),
      { widgets: STEPS.map(byCountry) },
      {
        widgets: [
          graph('SMS', total(['SmsAccepted', 'SmsRefused', 'SmsUnknown', 'SmsDelivered', 'SmsUndelivered'])),
          graph(
            'Mail',
            total([
              'MailAccepted',
              'MailRefused',
              'MailUnknown',
              'MailDelivered',
              'MailBounced',
              'MailComplained',
              'MailSuppressed',
            ]),
          ),
          graph(
            'Refused by us',
            total([
              'QuotaExceeded',
              'SpendGuardClosed',
              'CountryNotServed',
              'UnverifiedRatioHigh',
              'HumanCheckRequired',
            ]),
          ),
        ],
      },
      {
        widgets: [
          graph(
            'Requests',
            ['Count', '4xx', '5xx'].map((name) => line(ofApi(name))),
          ),
          graph('Milliseconds of a request', [
            line(ofApi('IntegrationLatency'), { stat: 'p50', label: 'p50' }),
            line(ofApi('IntegrationLatency'), { stat: 'p99', label: 'p99' }),
            line(ofApi('IntegrationLatency'), { stat: 'Maximum', label: 'longest' }),
          ]),
          graph(
            'Faults',
            total(['Fault', 'ColdStartFailed', 'ProviderFailed', 'CodeWrong', 'GuessBudgetSpent']),
          ),
        ],
      },
      {
        widgets: [
          graph(
            'Errors of functions that nobody waits for',
            worked.map((name) => line(ofFunction('Errors', name), { label: name })),
          ),
          graph(
            'Milliseconds that records wait',
            ON_STREAM.map((name) => line(ofFunction('IteratorAge', name), { stat: 'Maximum', label: name })),
          ),
          graph(
            'Waiting, and given up',
            QUEUES.map((queue) =>
              line(ofQueue('ApproximateNumberOfMessagesVisible', state, queue), {
                stat: 'Maximum',
                label: queue,
              }),
            ),
          ),
          graph('The canary', [
            ...total(['CanarySucceeded', 'CanaryFailed']),
            line(ours('CanaryDuration'), { stat: 'Maximum', yAxis: 'right' }),
          ]),
        ],
      },
    ]),
  };
}

module.exports = async (serverless) => {
  const { resolveConfigurationProperty } = serverless;
  const [functions, setting, state, { Resources }] = await Promise.all([
    resolveConfigurationProperty(['functions']),
    resolveConfigurationProperty(['provider', 'environment', 'SMS_COUNTRIES']),
    resolveConfigurationProperty(['custom', 'stack', 'STATE']),
    makeAlarms(serverless),
  ]);
  // One that isn't always there can't be named here.
  const alarmIds = Object.entries(Resources).flatMap(([id, { Type, Condition }]) =>
    Type === 'AWS::CloudWatch::Alarm' && Condition === undefined ? [id] : [],
  );
  const countries = listCountries(setting);
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: { Ref: 'AWS::StackName' },
          DashboardBody: {
            'Fn::Sub': [JSON.stringify(body({ alarmIds, countries, functions, state })), variables(state)],
          },
        },
      },
    },
  };
};
