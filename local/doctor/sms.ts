import {
  DescribeAccountAttributesCommand,
  DescribePhoneNumbersCommand,
  DescribePoolsCommand,
  DescribeSenderIdsCommand,
  DescribeSpendLimitsCommand,
  GetProtectConfigurationCountryRuleSetCommand,
  type PinpointSMSVoiceV2Client,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import * as z from 'zod/mini';
import type { Settings } from '../../lib/config.ts';
import type { SmsVendor } from '../../lib/messages/sms-routes.ts';
import type { tencentCalls } from '../../lib/tencent/call.ts';
import { type Check, failed, type Group, ok, skipped, warning } from './check.ts';

const tier = (sms: PinpointSMSVoiceV2Client): Check => ({
  id: 'sms-account',
  run: async () => {
    const { AccountAttributes: attributes = [] } = await sms.send(new DescribeAccountAttributesCommand({}));
    const found = attributes.find(({ Name: name }) => name === 'ACCOUNT_TIER')?.Value;
    return found === 'PRODUCTION'
      ? ok('in production')
      : failed(
          `${found ?? 'unknown'}`,
          'Ask for production access in End User Messaging: only verified numbers get SMS.',
        );
  },
});

const spend = (sms: PinpointSMSVoiceV2Client): Check => ({
  id: 'sms-spend',
  run: async () => {
    const { SpendLimits: limits = [] } = await sms.send(new DescribeSpendLimitsCommand({}));
    const limit = limits.find(({ Name: name }) => name === 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT');
    const found = `USD ${limit?.EnforcedLimit ?? '?'} a month of ${limit?.MaxLimit ?? '?'}`;
    // What an account begins with.
    return (limit?.EnforcedLimit ?? 0) <= 1
      ? failed(found, 'Raise the spend limit in End User Messaging: npm run bill says what it may come to.')
      : ok(found);
  },
});

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';

/** A number, sender id or pool, by its id or ARN: AWS has a call for each kind. */
async function identityStatus(sms: PinpointSMSVoiceV2Client, id: string): Promise<string | undefined> {
  const asked = [
    () =>
      sms
        .send(new DescribePhoneNumbersCommand({ PhoneNumberIds: [id] }))
        .then(({ PhoneNumbers: [one] = [] }) => one?.Status),
    () => sms.send(new DescribePoolsCommand({ PoolIds: [id] })).then(({ Pools: [one] = [] }) => one?.Status),
    () =>
      sms.send(new DescribeSenderIdsCommand({})).then(({ SenderIds: all = [] }) => {
        const one = all.find(({ SenderId: name, SenderIdArn: arn }) => name === id || arn === id);
        return one && 'ACTIVE';
      }),
  ];
  for (const ask of asked) {
    const status = await ask().catch((error: unknown) => {
      // Which kind it is, nobody has said: another's id is refused.
      if (isNotFound(error) || (error instanceof Error && error.name === 'ValidationException'))
        return undefined;
      throw error;
    });
    if (status !== undefined) return status;
  }
  return undefined;
}

const identity = (sms: PinpointSMSVoiceV2Client, id: string): Check => ({
  id: 'sms-identity',
  run: async () => {
    if (id === '')
      return skipped('SMS_ORIGINATION_IDENTITY is empty: AWS takes what the account has for a country');
    const status = await identityStatus(sms, id);
    if (status === undefined)
      return failed('there is no such number, sender id or pool', 'Mend SMS_ORIGINATION_IDENTITY.');
    return status === 'ACTIVE'
      ? ok('active')
      : failed(status.toLowerCase(), 'Wait until it is registered, or look into its registration.');
  },
});

const protection = (sms: PinpointSMSVoiceV2Client, id: string): Check => ({
  id: 'sms-countries',
  run: async () => {
    if (id === '')
      return warning(
        'SMS_PROTECT_CONFIGURATION_ID is empty',
        'Let AWS bar all other countries as well: docs/sms.md.',
      );
    const { CountryRuleSet: rules = {} } = await sms.send(
      new GetProtectConfigurationCountryRuleSetCommand({
        ProtectConfigurationId: id,
        NumberCapability: 'SMS',
      }),
    );
    const allowed = Object.keys(rules).filter((country) => rules[country]?.ProtectStatus !== 'BLOCK');
    return allowed.length === 0
      ? failed('every country is barred', 'Allow those of SMS_COUNTRIES in it.')
      : ok(`allows ${allowed.join(', ')}`);
  },
});

type TencentCall = ReturnType<typeof tencentCalls>;

const errorSchema = z.optional(z.object({ Code: z.string() }));
const templatesSchema = z.object({
  Response: z.object({
    Error: errorSchema,
    DescribeTemplateStatusSet: z.optional(
      z.array(z.object({ TemplateId: z.number(), StatusCode: z.number() })),
    ),
  }),
});

/** https://cloud.tencent.com/document/product/382/52067: 0 approved, 1 under review, -1 refused, 2 approved and not yet in use. */
const APPROVED = [0, 2];
const ASKED_MAX = 100;

const templates = (call: TencentCall, given: Settings['TENCENT_SMS_TEMPLATES']): Check => ({
  id: 'tencent-templates',
  run: async () => {
    const faults: string[] = [];
    for (const [International, isOf] of [
      [0, (key: string) => key.startsWith('cn.')],
      [1, (key: string) => !key.startsWith('cn.')],
    ] as const) {
      const asked = given.filter(([key]) => isOf(key));
      if (asked.length === 0) continue;
      const TemplateIdSet = asked.slice(0, ASKED_MAX).map(([, id]) => Number(id));
      const { Response: reply } = await call(
        'DescribeSmsTemplateList',
        { International, TemplateIdSet },
        templatesSchema,
      );
      if (reply.Error)
        return failed(
          reply.Error.Code,
          'Look at TENCENT_SMS_SECRET_ID, its key in SSM, and what it may call (sms:DescribeSmsTemplateList).',
        );
      const status = new Map(
        reply.DescribeTemplateStatusSet?.map(({ TemplateId, StatusCode }) => [
          String(TemplateId),
          StatusCode,
        ]),
      );
      for (const [key, id] of asked) {
        const code = status.get(id);
        if (code === undefined || !APPROVED.includes(code))
          faults.push(
            `${key} (${id}) ${code === undefined ? 'is not there' : code === 1 ? 'is under review' : 'was refused'}`,
          );
      }
    }
    return faults.length === 0
      ? ok(`${given.length} approved`)
      : failed(faults.join(', '), 'Register them as docs/sms.md says, and wait until they are approved.');
  },
});

/** Whether SMS go out, by those who are routed to. */
export function sms(
  client: PinpointSMSVoiceV2Client,
  tencent: TencentCall | undefined,
  settings: Settings,
): Group {
  const isRouted = (vendor: SmsVendor) => settings.SMS_ROUTES.some((route) => route.vendor === vendor);
  const ofAws = [
    tier(client),
    spend(client),
    identity(client, settings.SMS_ORIGINATION_IDENTITY),
    protection(client, settings.SMS_PROTECT_CONFIGURATION_ID),
  ];
  const ofTencent = tencent === undefined ? [] : [templates(tencent, settings.TENCENT_SMS_TEMPLATES)];
  return { title: 'SMS', checks: [...(isRouted('aws') ? ofAws : []), ...ofTencent] };
}
