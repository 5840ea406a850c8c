import { readSettings, type Settings } from '../../lib/config.ts';
import type { HumanCheckSecret } from '../../lib/human-check/settings.ts';

/** Settings of the tests: those that serverless.yml would give, and secrets that are none. */
export const TEST_ENVIRONMENT = {
  TABLE_NAME: 'account-linking-test',
  CONSOLE_ORIGINS: 'https://console.example.com,https://console2.example.com',
  API_ORIGIN: 'https://api.example.com',
  HELP_URL: 'https://www.example.com/help',
  BRAND_NAME: '示例云',
  LOG_LEVEL: 'INFO',
  SIGN_IN_PROVIDERS: 'email,wechat,qq',
  LINKABLE_PROVIDERS: 'email,wechat',
  MAIL_FROM: 'no-reply@example.com',
  SMS_ORIGINATION_IDENTITY: 'EXAMPLE',
  SMS_PROTECT_CONFIGURATION_ID: '',
  WECHAT_APP_ID: 'wx0123456789abcdef',
  WECHAT_MP_APP_ID: 'wxfedcba9876543210',
  WECHAT_AUTHORIZE_URL: 'https://open.weixin.qq.com',
  WECHAT_API_URL: 'https://api.weixin.qq.com',
  QQ_APP_ID: '101000001',
  QQ_AUTHORIZE_URL: 'https://graph.qq.com',
  QQ_API_URL: 'https://graph.qq.com',
  PROVIDER_TIMEOUT_MILLISECONDS: '5000',
  SMS_CODE_TTL_SECONDS: '300',
  MAIL_CODE_TTL_SECONDS: '600',
  CHECK_TTL_SECONDS: '600',
  FLOW_TTL_SECONDS: '600',
  CODE_ATTEMPTS: '5',
  CODE_FAILURES_PER_DAY: '10',
  RESEND_SECONDS: '60',
  SENDS_PER_10_MINUTES: '5',
  SENDS_PER_DAY: '20',
  // All of a test's people are at one address, and some ask for very many codes.
  SENDS_PER_ACCOUNT_PER_DAY: '100000',
  SENDS_PER_IP_PER_HOUR: '100000',
  SIGN_INS_PER_IP_PER_HOUR: '100000',
  SMS_COUNTRIES: '86',
  SMS_PER_HOUR: '100000',
  SMS_PER_DAY: '100000',
  MAILS_PER_HOUR: '100000',
  MAILS_PER_DAY: '100000',
  NOTICES_PER_HOUR: '100000',
  NOTICES_PER_DAY: '100000',
  UNVERIFIED_RATIO_LIMIT: '0',
  HUMAN_CHECK: 'off',
  HUMAN_CHECK_AFTER: '10',
  HUMAN_CHECK_SITE_KEY: '',
  HUMAN_CHECK_URL: '',
  TENCENT_SECRET_ID: '',
  SESSION_IDLE_SECONDS: '3600',
  SESSION_MAX_SECONDS: '43200',
  COOLING_OFF_SECONDS: '0',
  PROBATION_SECONDS: '259200',
  NOTIFY: 'all',
  ACCOUNT_EVENTS_SOURCE: 'account-system',
  EVENT_BUS_NAME: 'default',
  NOTICE_QUEUE_URL: 'https://sqs.ap-southeast-1.amazonaws.com/123456789012/deferred-notices',
  CODE_HMAC_KEY: 'a-key-of-the-tests-of-at-least-32-characters',
  WECHAT_APP_SECRET: 'wechat-secret-of-the-tests',
  WECHAT_MP_APP_SECRET: 'wechat-mp-secret-of-the-tests',
  QQ_APP_SECRET: 'qq-secret-of-the-tests',
} as const;

type SettingName = keyof typeof TEST_ENVIRONMENT | HumanCheckSecret;

export function testSettings(changes: Partial<Record<SettingName, string>> = {}): Settings {
  return readSettings({ ...TEST_ENVIRONMENT, ...changes });
}
