import * as z from 'zod/mini';
import { type Environment, list, originOrEmpty } from '../setting-types.ts';
import { SMS_VENDORS, type SmsRoute, type SmsVendor } from './sms-routes.ts';
import { TEMPLATE_NAMES, TEMPLATE_SETS, type TemplateKey, type TemplateSet } from './tencent-templates.ts';

const EVERY = '*';

const route = z.pipe(
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^(\\*|[1-9]\\d{0,14})=(${SMS_VENDORS.join('|')})$`),
        'must be a list such as 86=tencent,*=aws',
      ),
    ),
  z.transform((text: string): SmsRoute => {
    const [code = EVERY, vendor] = text.split('=');
    return { prefix: code === EVERY ? '' : code, vendor: vendor as SmsVendor };
  }),
);
const routes = list(route);

const templateNames = TEMPLATE_NAMES.join('|');
const template = z.pipe(
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^(${TEMPLATE_SETS.join('|')})\\.(${templateNames})=\\d{1,20}$`),
        'must be a list such as cn.link=1110001,cn.unlink=1110002, of the templates in docs/sms.md',
      ),
    ),
  z.transform((text: string) => text.split('=') as [TemplateKey, string]),
);
const templates = list(template, 0);

/** The settings of SMS, and what each must be whatever the others are. */
export const smsSettings = {
  SMS_ROUTES: routes,
  SMS_ORIGINATION_IDENTITY: z.string(),
  SMS_PROTECT_CONFIGURATION_ID: z.string(),
  SMS_CONFIGURATION_SET: z.string(),
  TENCENT_SMS_URL: originOrEmpty,
  TENCENT_SMS_REGION: z
    .string()
    .check(z.regex(/^[a-z]+(-[a-z0-9]+)+$/, 'must be a region such as ap-guangzhou')),
  TENCENT_SMS_SECRET_ID: z.string(),
  TENCENT_SMS_APP_ID: z.string(),
  TENCENT_SMS_SIGN_NAME: z.string(),
  TENCENT_SMS_TEMPLATES: templates,
};

export type SmsSecret = 'TENCENT_SMS_SECRET_KEY';

/** The secrets that these routes need. */
export function routedSecrets(given: readonly SmsRoute[]): readonly SmsSecret[] {
  return given.some(({ vendor }) => vendor === 'tencent') ? ['TENCENT_SMS_SECRET_KEY'] : [];
}

const readRoutes = ({ SMS_ROUTES }: Environment): readonly SmsRoute[] =>
  routes.safeParse(SMS_ROUTES).data ?? [];

/** The secrets of the vendors that are routed to; none where the routes can't be read. */
export const smsSecrets = (environment: Environment): readonly SmsSecret[] =>
  routedSecrets(readRoutes(environment));

/** The sets of templates that are needed to send to these countries with Tencent. */
function neededSets(given: readonly SmsRoute[], countries: readonly string[]): readonly TemplateSet[] {
  const byTencent = countries.filter((country) =>
    given.some(
      ({ prefix, vendor }) =>
        vendor === 'tencent' && (country.startsWith(prefix) || prefix.startsWith(country)),
    ),
  );
  const isMainland = (country: string) => country.startsWith('86');
  return [
    ...(byTencent.some(isMainland) ? (['cn'] as const) : []),
    ...(byTencent.every(isMainland) ? [] : (['zh', 'en'] as const)),
  ];
}

/** A signature of 2 to 12 characters, without 【】: https://cloud.tencent.com/document/product/382/39022 */
const SIGN_NAME = /^[^\s【】]{2,12}$/u;

/** What is wrong with the settings of Tencent, where SMS go by it. */
function tencentProblems(environment: Environment, needed: readonly TemplateSet[]): string[] {
  const where = 'where SMS_ROUTES has tencent';
  const given = new Map(templates.safeParse(environment['TENCENT_SMS_TEMPLATES'] ?? '').data);
  const missing = needed
    .flatMap((set) => TEMPLATE_NAMES.map((name): TemplateKey => `${set}.${name}`))
    .filter((key) => !given.has(key));
  return [
    ...(environment['TENCENT_SMS_SECRET_ID'] ? [] : [`TENCENT_SMS_SECRET_ID: must be there ${where}`]),
    ...(/^\d{1,15}$/.test(environment['TENCENT_SMS_APP_ID'] ?? '')
      ? []
      : [`TENCENT_SMS_APP_ID: must be an SdkAppId, digits, ${where}`]),
    ...(SIGN_NAME.test(environment['TENCENT_SMS_SIGN_NAME'] ?? '')
      ? []
      : [`TENCENT_SMS_SIGN_NAME: must be the signature, 2 to 12 characters without 【】, ${where}`]),
    ...(missing.length > 0 ? [`TENCENT_SMS_TEMPLATES: lacks ${missing.join(', ')}`] : []),
  ];
}

/**
 * What is wrong with the settings that the routes need, and others do without.
 *
 * @param countries calling codes of where SMS go at all
 */
export function smsProblems(environment: Environment, countries: readonly string[]): string[] {
  const given = readRoutes(environment);
  if (given.length === 0) return [];
  const names = given.map(({ prefix, vendor }) => `${prefix}=${vendor}`);
  const lost = countries.filter((country) => !given.some(({ prefix }) => country.startsWith(prefix)));
  const isByTencent = given.some(({ vendor }) => vendor === 'tencent');
  return [
    ...(new Set(names).size < names.length ? ['SMS_ROUTES: names a route twice'] : []),
    ...(lost.length > 0 ? [`SMS_ROUTES: has no route for ${lost.join(', ')} of SMS_COUNTRIES`] : []),
    ...(isByTencent ? tencentProblems(environment, neededSets(given, countries)) : []),
  ];
}
