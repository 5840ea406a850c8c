import { parseArgs } from 'node:util';
import calculator from 'sms-segments-calculator';
import { defaultSettings, deployedEnvironment } from '../infrastructure/settings.ts';
import { readSettings, type Settings } from '../lib/config.ts';
import { PURPOSES, WAYS_IN } from '../lib/linking/identity.ts';
import { LANGUAGES } from '../lib/linking/language.ts';
import { notMeUrl } from '../lib/linking/notice.ts';
import { NOTICE_TYPES } from '../lib/linking/notice-types.ts';
import type { PhoneNumber } from '../lib/linking/phone.ts';
import { UNDO_SECONDS, validMinutes } from '../lib/linking/rules.ts';
import type { Code } from '../lib/linking/secrets.ts';
import type { SpendingLimits } from '../lib/linking/spending.ts';
import { smsBody } from '../lib/messages/aws-sms.ts';
import type { SmsContent } from '../lib/messages/sms.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { type Environment, StartError } from './environment.ts';

const USAGE = `Usage: npm run bill -- --sms PRICE --mail PRICE [--currency NAME] [--stage NAME]

Prints what this deployment can be made to spend on SMS and mail at most, in an hour and in a day, by its settings: those
of the environment, of settings/NAME.yml, and the defaults of serverless.yml for the rest. --sms is the price of one part of an SMS (a long
text has several), --mail that of one mail.`;

const HOURS = 24;

/** So many messages at most. */
export interface Most {
  readonly hour: number;
  readonly day: number;
}

export type Kind = 'smsCodes' | 'smsNotices' | 'mailCodes' | 'mailNotices';

/** The most that goes out in an hour and in a day of the clock, no matter who asks for it: what the caps let through. */
export function mostSends(limits: SpendingLimits, notify: Settings['NOTIFY']): Record<Kind, Most> {
  const most = (hour: number, day: number): Most => ({
    hour: Math.min(hour, day),
    day: Math.min(day, hour * HOURS),
  });
  const notices = (isSent: boolean): Most =>
    isSent ? most(limits.noticesPerHour, limits.noticesPerDay) : { hour: 0, day: 0 };
  return {
    smsCodes: most(limits.smsPerHour, limits.smsPerDay),
    smsNotices: notices(notify === 'all'),
    mailCodes: most(limits.mailsPerHour, limits.mailsPerDay),
    mailNotices: notices(notify !== 'off'),
  };
}

const partsOf = (text: string): number => new calculator.SegmentedMessage(text).segmentsCount;

/** The most parts that an SMS of each kind is sent and billed in. */
export function mostParts(settings: Settings): { readonly codes: number; readonly notices: number } {
  const { BRAND_NAME: brand, CONSOLE_ORIGINS: origins, rules } = settings;
  const signature = { brand, notMeUrl: notMeUrl(origins) };
  const to = '+8613800138000' as PhoneNumber;
  const mostOf = (contents: readonly SmsContent[]) =>
    Math.max(
      ...LANGUAGES.flatMap((language) =>
        contents.map((content) => partsOf(smsBody({ ...content, to, language }, signature))),
      ),
    );
  const codes = [...PURPOSES, 'restore' as const].map((purpose) => ({
    kind: 'code' as const,
    purpose,
    code: '000000' as Code,
    validMinutes: validMinutes(rules.smsCodeTtlSeconds),
  }));
  // As long as they get: an address of RFC 5321's 254 octets, masked, and an account id of 64 characters.
  const display = `a***a@${'a'.repeat(63)}.${'a'.repeat(63)}.${'a'.repeat(63)}.${'a'.repeat(56)}`;
  const undo = { url: `${signature.notMeUrl}#${'a'.repeat(64)}.${'a'.repeat(22)}.${'a'.repeat(27)}` };
  const at = '2026-12-24T20:48:48.000Z';
  const common = {
    kind: 'notice',
    display,
    at,
    undo,
    expiresAt: Date.parse(at) / 1000 + UNDO_SECONDS,
  } as const;
  const notices = NOTICE_TYPES.flatMap((type) => WAYS_IN.map((provider) => ({ ...common, type, provider })));
  return { codes: mostOf(codes), notices: mostOf(notices) };
}

export interface Prices {
  /** Of one part of an SMS. */
  readonly sms: number;
  readonly mail: number;
  readonly currency: string;
}

const number = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The bill as people read it: one line a kind, then all together. */
export function bill(settings: Settings, { sms, mail, currency }: Prices): string {
  const most = mostSends(settings.spending, settings.NOTIFY);
  const parts = mostParts(settings);
  const lines = [
    { name: 'SMS with codes', most: most.smsCodes, parts: parts.codes, price: sms },
    { name: 'SMS with notices', most: most.smsNotices, parts: parts.notices, price: sms },
    { name: 'mail with codes', most: most.mailCodes, parts: 1, price: mail },
    { name: 'mail with notices', most: most.mailNotices, parts: 1, price: mail },
  ];
  const cost = (span: keyof Most) =>
    lines.reduce((sum, line) => sum + line.most[span] * line.parts * line.price, 0);
  const cells = lines.map((line) => [
    line.name,
    ...(['hour', 'day'] as const).map((span) => {
      const count = `${number.format(line.most[span])}${line.parts > 1 ? ` × ${line.parts} parts` : ''}`;
      return `${count} × ${line.price} = ${money.format(line.most[span] * line.parts * line.price)}`;
    }),
  ]);
  const unit = currency === '' ? '' : ` ${currency}`;
  const total = [
    'at most',
    ...(['hour', 'day'] as const).map((span) => `${money.format(cost(span))}${unit}`),
  ];
  return `${aligned([['', 'in an hour', 'in a day'], ...cells, total])}

Hours and days are those of the clock, in UTC: what begins in the middle of one may see that of two.`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name = '', ...amounts]) =>
      [
        name.padEnd(widths[0] ?? 0),
        ...amounts.map((amount, index) => amount.padStart(widths[index + 1] ?? 0)),
      ].join('   '),
    )
    .join('\n');
}

/**
 * The settings of a deployment with this environment. No secret is needed to know them.
 *
 * @throws SettingsError
 */
export function deployedSettings(environment: Environment, stage = 'dev'): Settings {
  const { SECRETS_PATH } = defaultSettings(stage);
  return readSettings({ ...deployedEnvironment(stage, environment), SECRETS_PATH });
}

function price(name: string, text: string | undefined): number {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text))
    throw new StartError(`--${name} must be a price such as 0.05.\n\n${USAGE}`);
  return Number(text);
}

function readArguments(args: readonly string[]): (Prices & { readonly stage?: string | undefined }) | 'help' {
  const text = { type: 'string' } as const;
  const options = {
    sms: text,
    mail: text,
    currency: text,
    stage: text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return 'help';
  const { currency = '', stage } = values;
  return { sms: price('sms', values.sms), mail: price('mail', values.mail), currency, stage };
}

/** @returns what to print */
export function main(args: readonly string[], environment: Environment): string {
  const read = readArguments(args);
  return read === 'help' ? USAGE : bill(deployedSettings(environment, read.stage), read);
}

if (import.meta.main) {
  try {
    console.log(main(process.argv.slice(2), process.env));
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof StartError ? 2 : 1;
  }
}
