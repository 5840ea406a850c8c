import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkSettings, deployedEnvironment } from '../../infrastructure/settings.ts';
import { METRICS } from '../../lib/observe.ts';
import {
  type AlarmProperties,
  alarmsWith,
  metricsOf,
  type StackPart,
  stackPart,
} from '../support/infrastructure.ts';
import { ROOT } from '../support/packaged.ts';

const document = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');

let alarms: Map<string, AlarmProperties>;
beforeAll(async () => {
  alarms = await alarmsWith();
});

function alarmOf(id: string): AlarmProperties {
  const alarm = alarms.get(id);
  if (alarm === undefined) throw new Error(`there is no ${id}`);
  return alarm;
}

type Values = readonly (number | undefined)[];
const some = (values: Values) => values.filter((value) => value !== undefined);
const sumOf = (values: Values) => some(values).reduce((sum, value) => sum + value, 0);
const maxOf = (values: Values) => Math.max(...some(values));
const choose = (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise);

/** What CloudWatch makes of an expression, as far as those here go; undefined where it has no value. */
function evaluate(expression: string, values: Readonly<Record<string, number>>): number | undefined {
  const everything = () => Object.values(values);
  const value: unknown = runInNewContext(expression, {
    ...values,
    SUM: sumOf,
    MAX: maxOf,
    METRICS: everything,
    IF: choose,
  });
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Whether an alarm is raised by these values of a period, by the names of their metrics and what else they are counted by. */
function isRaised(id: string, counted: Readonly<Record<string, number>>): boolean {
  const alarm = alarmOf(id);
  const metrics = [...metricsOf(alarm)];
  const known = metrics.flatMap(([name, { MetricName, Dimensions }]): [string, number | undefined][] => {
    const by = Dimensions.flatMap(({ Name, Value }) =>
      Name === 'service' || typeof Value !== 'string' ? [] : [Value],
    );
    return [[name, counted[[MetricName, ...by].join(' ')]]];
  });
  expect(known.some(([, value]) => value !== undefined) || Object.keys(counted).length === 0).toBe(true);
  // A metric that has no data is there all the same, without a value.
  const values = Object.fromEntries(known) as Record<string, number>;
  const expression = alarm.Metrics?.find(({ ReturnData }) => ReturnData)?.Expression ?? 'watched';
  const value = evaluate(expression, values);
  if (value === undefined) return alarm.TreatMissingData === 'breaching';
  return alarm.ComparisonOperator === 'LessThanThreshold' ? value < alarm.Threshold : value > alarm.Threshold;
}

describe('every alarm', () => {
  test('looks at what there is, ten metrics at most, and says what no data means', () => {
    for (const [id, alarm] of alarms) {
      const metrics = metricsOf(alarm);
      expect([id, metrics.size <= 10 && metrics.size > 0]).toEqual([id, true]);
      for (const { Namespace, MetricName, Dimensions } of metrics.values()) {
        if (Namespace !== 'AccountLinking') continue;
        expect(METRICS).toContain(MetricName);
        expect(Dimensions[0]).toEqual({ Name: 'service', Value: 'account-linking' });
      }
      expect(alarm.TreatMissingData).toBe(id === 'CanarySilentAlarm' ? 'breaching' : 'notBreaching');
      expect(alarm.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      const period = alarm.Period ?? alarm.Metrics?.[0]?.MetricStat?.Period ?? 0;
      expect(period % 60).toBe(0);
      // The most that CloudWatch looks back.
      expect(period * alarm.EvaluationPeriods).toBeLessThanOrEqual(86_400);
    }
  });

  test('watches counts without what else they are counted by, or with all of it', () => {
    const dimensions = [...alarms.values()].flatMap((alarm) =>
      [...metricsOf(alarm).values()].flatMap(({ Namespace, Dimensions }) =>
        Namespace === 'AccountLinking' ? [Dimensions.map(({ Name }) => Name).join()] : [],
      ),
    );
    expect([...new Set(dimensions)].toSorted()).toEqual(['service', 'service,country,vendor']);
  });

  test('goes to the company’s own topic where it names one', async () => {
    const ALARM_TOPIC_ARN = 'arn:aws:sns:ap-southeast-1:123456789012:on-duty';
    const { Resources } = await stackPart('alarms.cjs', { ALARM_TOPIC_ARN });
    expect(Resources).not.toHaveProperty('AlarmTopic');
    for (const { Properties: properties } of Object.values(Resources))
      expect(properties['AlarmActions']).toEqual([ALARM_TOPIC_ARN]);
  });

  test('is one more a country, up to twelve', async () => {
    const of = async (SMS_COUNTRIES: string) =>
      [...(await alarmsWith({ SMS_COUNTRIES })).keys()].filter((id) => id.startsWith('SmsDelivered'));
    expect(await of('86, 852')).toEqual(['SmsDeliveredAlarm', 'SmsDelivered86Alarm', 'SmsDelivered852Alarm']);
    expect(await of(Array.from({ length: 40 }, (_, code) => code + 1).join())).toHaveLength(1 + 12);
  });

  test('names no function that it would need an eleventh metric for', async () => {
    const functions = Object.entries(
      parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8')).functions as Record<
        string,
        { events: object[] }
      >,
    );
    const workers = functions.filter(([, { events }]) => events.some((event) => !('httpApi' in event)));
    for (const id of ['WorkerErrorsAlarm', 'WorkerSlowAlarm'])
      expect([...metricsOf(alarmOf(id)).keys()]).toEqual(
        workers.map(([name]) => `of${name.charAt(0).toUpperCase()}${name.slice(1)}`),
      );
  });
});

describe('an alarm is raised', () => {
  test.each([
    ['FaultAlarm', { Fault: 5 }],
    ['ColdStartFailedAlarm', { ColdStartFailed: 1 }],
    // Where everything fails, nothing is ever accepted.
    ['SmsRefusedAlarm', { SmsRefused: 5 }],
    ['SmsRefusedAlarm', { SmsUnknown: 6, SmsAccepted: 40 }],
    ['MailRefusedAlarm', { MailRefused: 3, MailUnknown: 2, MailAccepted: 1 }],
    ['SmsDeliveredAlarm', { SmsUndelivered: 5 }],
    ['SmsDelivered86Alarm', { 'SmsUndelivered 86 tencent': 6, 'SmsDelivered 86 aws': 20 }],
    ['MailBouncedAlarm', { MailBounced: 3, MailSuppressed: 3, MailAccepted: 100 }],
    ['MailComplainedAlarm', { MailComplained: 2, MailAccepted: 1900 }],
    ['ApiErrorsAlarm', { '5xx': 6, Count: 500 }],
    ['ApiSlowAlarm', { IntegrationLatency: 25_001 }],
    ['WorkerErrorsAlarm', { Errors: 5 }],
    ['WorkerSlowAlarm', { Duration: 26_000 }],
    ['ThrottlesAlarm', { Throttles: 5 }],
    ['MailSignInCodeLateAlarm', { IteratorAge: 61_000 }],
    ['NotifyOwnerLateAlarm', { IteratorAge: 901_000 }],
    ['UndeliverableRecordsAlarm', { OnFailureDestinationDeliveredEventCount: 1 }],
    ['UndeliverableNoticesAlarm', { ApproximateNumberOfMessagesVisible: 1 }],
    ['DeferredNoticesAlarm', { ApproximateAgeOfOldestMessage: 3601 }],
    ['CanaryFailedAlarm', { CanaryFailed: 1 }],
    ['CanarySilentAlarm', {}],
  ])('%s by %j', (id, counted) => {
    expect(isRaised(id, counted as Record<string, number>)).toBe(true);
  });
});

describe('an alarm is not raised', () => {
  test.each([
    ['FaultAlarm', { Fault: 4 }],
    ['FaultAlarm', {}],
    ['ColdStartFailedAlarm', {}],
    ['SmsRefusedAlarm', { SmsRefused: 4 }],
    ['SmsRefusedAlarm', { SmsRefused: 5, SmsAccepted: 45 }],
    ['SmsRefusedAlarm', { SmsAccepted: 45 }],
    ['SmsDelivered86Alarm', { 'SmsUndelivered 86 tencent': 5, 'SmsDelivered 86 tencent': 20 }],
    ['SmsDelivered86Alarm', {}],
    ['MailBouncedAlarm', { MailBounced: 5, MailAccepted: 95 }],
    ['MailComplainedAlarm', { MailComplained: 1, MailAccepted: 1 }],
    ['ApiErrorsAlarm', { '5xx': 4, Count: 4 }],
    ['ApiErrorsAlarm', {}],
    ['WorkerErrorsAlarm', { Errors: 0 }],
    ['CanarySilentAlarm', { CanarySucceeded: 1 }],
  ])('%s by %j', (id, counted) => {
    expect(isRaised(id, counted as Record<string, number>)).toBe(false);
  });
});

describe('the runbook', () => {
  const sections = (name: string) =>
    document(name)
      .split(/^## /m)
      .slice(1)
      .map((text) => ({ title: text.slice(0, text.indexOf('\n')).trim(), text }))
      .filter(({ title }) => title.endsWith('Alarm'));
  const linked = () =>
    [...alarms.values()].map(
      ({ AlarmDescription: text }) => /docs\/runbook\.md#(\w+)$/.exec(text)?.[1] ?? '',
    );

  test.each(['runbook.md', 'runbook.zh.md'])('docs/%s has a section for each alarm, and no other', (name) => {
    const titles = sections(name).map(({ title }) => title);
    expect(titles.map((title) => title.toLowerCase()).toSorted()).toEqual([...new Set(linked())].toSorted());
    expect(new Set(titles).size).toBe(titles.length);
    // Of an alarm a country there is one section.
    for (const title of titles) expect([...alarms.keys()]).toContain(title);
  });

  test.each([
    ['runbook.md', ['What it means', 'What users see', 'Look first', 'What to do', 'Here']],
    ['runbook.zh.md', ['含义', '用户看到', '先看', '怎么办', '在本地重现']],
  ])('docs/%s says of each the same five things', (name, headings) => {
    for (const { title, text } of sections(name)) {
      const found = [...text.matchAll(/^- \*\*([^*]+)\*\*/gm)].map(([, heading]) =>
        heading?.replace(/[.。：:]$/, ''),
      );
      expect([title, ...found]).toEqual([title, ...headings]);
    }
  });

  test.each(['runbook.md', 'runbook.zh.md'])(
    'docs/%s asks for messages that are logged, and names tests that are there',
    (name) => {
      const text = document(name);
      const logged = [...text.matchAll(/message = "([^"]+)"/g)].map(([, message = '']) => message);
      const sources = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(ROOT, 'lib', file), 'utf8'))
        .join('\n');
      expect(logged.filter((message) => !sources.includes(`'${message}'`))).toEqual([]);
      const tests = [...text.matchAll(/\btests\/[\w/-]+/g)].map(([path]) => path);
      expect(tests.filter((path) => !existsSync(join(ROOT, `${path}.test.ts`)))).toEqual([]);
    },
  );

  test('docs/runbook.zh.md has the alarms in the same order', () => {
    const titles = (name: string) => sections(name).map(({ title }) => title);
    expect(titles('runbook.zh.md')).toEqual(titles('runbook.md'));
  });
});

describe('the dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
      readonly title?: string;
      readonly metrics?: unknown[][];
      readonly alarms?: string[];
    };
  }
  const widgetsWith = async (settings = {}): Promise<Widget[]> => {
    const { Resources } = await stackPart('dashboard.cjs', settings);
    const { 'Fn::Sub': filled } = Object(Resources['Dashboard']?.Properties['DashboardBody']) as {
      'Fn::Sub': [body: string, variables: object];
    };
    const [body] = filled;
    return JSON.parse(body).widgets;
  };
  const metricsIn = ({ properties: { metrics = [] } }: Widget) =>
    metrics.filter((metric): metric is string[] => metric[0] === 'AccountLinking');

  test('shows what is counted, and every alarm that is always there', async () => {
    const widgets = await widgetsWith();
    for (const [, name] of widgets.flatMap(metricsIn)) expect(METRICS).toContain(name);
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const { Resources } = await stackPart('alarms.cjs');
    const always = Object.entries(Resources).filter(
      ([, { Type, Condition }]) => Type === 'AWS::CloudWatch::Alarm' && Condition === undefined,
    );
    expect(shown).toEqual(always.map(([id]) => `\${${id}.Arn}`));
  });

  test('has a funnel by mail, and one for each country', async () => {
    const widgets = await widgetsWith({ SMS_COUNTRIES: '86,852' });
    const funnels = widgets.filter(({ properties }) => properties.title?.startsWith('By '));
    const steps = funnels.map((widget) => [
      widget.properties.title,
      ...metricsIn(widget).map(
        ([, name, ...by]) =>
          `${name} ${by
            .filter((part) => typeof part === 'string')
            .slice(2)
            .join(' ')}`,
      ),
    ]);
    const bySms = (country: string) => [
      `By SMS to +${country}`,
      `CodeAsked channel sms country ${country}`,
      `CodeSent channel sms country ${country}`,
      `SmsDelivered country ${country} vendor aws`,
      `SmsDelivered country ${country} vendor tencent`,
      `CodeVerified channel sms country ${country}`,
      `Linked channel sms country ${country}`,
      `Replaced channel sms country ${country}`,
    ];
    expect(steps).toEqual([
      [
        'By mail',
        'CodeAsked channel mail country none',
        'CodeSent channel mail country none',
        'CodeVerified channel mail country none',
      ],
      bySms('86'),
      bySms('852'),
    ]);
  });

  test('has its widgets beside and below each other', async () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of await widgetsWith()) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column += 1)
        for (let row = y; row < y + height; row += 1) {
          expect(taken).not.toContain(`${column} ${row}`);
          taken.add(`${column} ${row}`);
        }
    }
  });
});

describe('the canary', () => {
  const resources = ({ Resources }: StackPart) => Object.entries(Resources);

  test('is there only where it has an address', async () => {
    const made = await stackPart('canary.cjs', { CANARY_ADDRESS: 'canary@example.com' });
    for (const [id, { Condition }] of resources(made)) expect([id, Condition]).toEqual([id, 'CanaryIsOn']);
    expect(made.Conditions).toEqual({
      CanaryIsOn: { 'Fn::Not': [{ 'Fn::Equals': ['canary@example.com', ''] }] },
    });
    const { Resources: alarmed } = await stackPart('alarms.cjs');
    for (const [id, { Condition }] of Object.entries(alarmed))
      expect([id, Condition]).toEqual([id, id.startsWith('Canary') ? 'CanaryIsOn' : undefined]);
  });

  test.each(['canary', 'canary@Example.com', 'a "quote"@example.com', 'canary@example.com,b@example.com'])(
    'is not packaged with %j',
    (CANARY_ADDRESS) => {
      const environment = deployedEnvironment('dev', { CANARY_ADDRESS });
      expect(() => checkSettings(environment, { isForReal: false })).toThrow('CANARY_ADDRESS');
    },
  );

  test('gets its mail from SES, its topic and no other, and is told where it is', async () => {
    const { Resources } = await stackPart('canary.cjs', {
      CANARY_ADDRESS: 'canary@example.com',
      CANARY_RULE_SET: 'ours',
    });
    const of = (id: string) => Resources[id]?.Properties ?? {};
    expect(of('CanaryReceiptRule')).toMatchObject({
      RuleSetName: 'ours',
      Rule: { Recipients: ['canary@example.com'], Actions: [{ SNSAction: { Encoding: 'Base64' } }] },
    });
    expect(JSON.stringify(of('CanaryMailPolicy'))).toContain(
      '"ArnEquals":{"aws:SourceArn":{"Ref":"CanaryTopic"}}',
    );
    expect(JSON.stringify(of('CanaryTopicPolicy'))).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
    const [{ Input: input }] = of('CanarySchedule')['Targets'] as [{ Input: { 'Fn::Sub': string } }];
    expect(JSON.parse(input['Fn::Sub'])).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as CloudFormation has it
      detail: { address: 'canary@example.com', queueUrl: '${CanaryMail}' },
    });
  });

  test('asks for fewer codes a day than an address is sent', async () => {
    const { Resources } = await stackPart('canary.cjs');
    const { ScheduleExpression: rate } = Resources['CanarySchedule']?.Properties ?? {};
    const [, minutes] = /^rate\((\d+) minutes\)$/.exec(`${rate}`) ?? [];
    const { provider } = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8'));
    const [, perDay] = /'(\d+)'/.exec(provider.environment.SENDS_PER_DAY) ?? [];
    expect((24 * 60) / Number(minutes)).toBeLessThan(Number(perDay));
    // It may miss one, and not two.
    const { Period: period } = alarmOf('CanarySilentAlarm');
    expect(period).toBe(Number(minutes) * 60 * 2);
  });
});

describe('tracing', () => {
  const traces = async (settings: Record<string, string>) =>
    Object.values((await stackPart('roles.cjs', settings)).Resources).filter((role) =>
      JSON.stringify(role).includes('xray:PutTraceSegments'),
    ).length;

  test('is allowed to the functions only where it is on', async () => {
    const { Resources } = await stackPart('roles.cjs');
    expect(await traces({})).toBe(0);
    expect(await traces({ TRACING: 'on' })).toBe(Object.keys(Resources).length);
  });

  test('is on or off, and nothing else', () => {
    const { provider, custom } = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8'));
    expect(custom.tracing).toEqual({ on: true, off: false });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as the framework has it
    expect(provider.tracing.lambda).toBe('${self:custom.tracing.${self:custom.stack.TRACING}}');
  });
});

test('docs/operating.md says about how many alarms and metrics there are to pay for', () => {
  const text = document('operating.md').replace(/\s+/g, ' ');
  const said = /some (\d+) alarms, which look at some (\d+) metrics.*some (\d+) names/.exec(text) ?? [];
  const looked = [...alarms.values()].reduce((sum, alarm) => sum + metricsOf(alarm).size, 0);
  for (const [index, count] of [alarms.size, looked, METRICS.length].entries())
    expect(Math.abs(Number(said[index + 1]) / count - 1)).toBeLessThan(0.2);
});
