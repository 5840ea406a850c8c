import type { Settings } from './config.ts';
import type { Needs } from './dependencies.ts';
import type { HmacKey } from './linking/secrets.ts';
import { createSesClient, createSesMail, type MailSender } from './messages/mail.ts';
import { createAwsSms, createSmsClient, type SmsSender } from './messages/sms.ts';
import type { OAuthProvider, OAuthProviderName } from './providers/provider.ts';
import { createQQ } from './providers/qq.ts';
import { createWeChat } from './providers/wechat.ts';

/** For routes that judge codes. */
export interface CodeDependencies {
  readonly hmacKey: HmacKey;
}

/** For routes that send codes by mail. */
export interface MailDependencies extends CodeDependencies {
  readonly mail: MailSender;
}

/** For routes that send codes by SMS. */
export interface SmsDependencies extends CodeDependencies {
  readonly sms: SmsSender;
}

/** For routes that send the browser to WeChat or QQ, or get it back. */
export interface OAuthDependencies {
  readonly providers: Readonly<Record<OAuthProviderName, OAuthProvider>>;
}

type CodeSecret = 'CODE_HMAC_KEY';
const hmacKeyOf = (secrets: Record<CodeSecret, string>) => secrets.CODE_HMAC_KEY as HmacKey;

export const CODES: Needs<CodeSecret, CodeDependencies> = {
  secrets: ['CODE_HMAC_KEY'],
  create: (_settings, secrets) => ({ hmacKey: hmacKeyOf(secrets) }),
};

export const MAIL: Needs<CodeSecret, MailDependencies> = {
  secrets: ['CODE_HMAC_KEY'],
  create: (settings, secrets) => ({
    hmacKey: hmacKeyOf(secrets),
    mail: createSesMail(createSesClient(), { from: settings.MAIL_FROM }),
  }),
};

export const SMS: Needs<CodeSecret, SmsDependencies> = {
  secrets: ['CODE_HMAC_KEY'],
  create: (settings, secrets) => ({
    hmacKey: hmacKeyOf(secrets),
    sms: createAwsSms(createSmsClient(), {
      originationIdentity: settings.SMS_ORIGINATION_IDENTITY,
      ...(settings.SMS_PROTECT_CONFIGURATION_ID && {
        protectConfigurationId: settings.SMS_PROTECT_CONFIGURATION_ID,
      }),
    }),
  }),
};

function providersOf(
  settings: Settings,
  appSecrets: { WECHAT_APP_SECRET: string; QQ_APP_SECRET: string },
): OAuthDependencies['providers'] {
  const timeoutMilliseconds = settings.PROVIDER_TIMEOUT_MILLISECONDS;
  return {
    wechat: createWeChat(
      {
        appId: settings.WECHAT_APP_ID,
        appSecret: appSecrets.WECHAT_APP_SECRET,
        authorizeOrigin: settings.WECHAT_AUTHORIZE_URL,
        apiOrigin: settings.WECHAT_API_URL,
        timeoutMilliseconds,
      },
      fetch,
    ),
    qq: createQQ(
      {
        appId: settings.QQ_APP_ID,
        appSecret: appSecrets.QQ_APP_SECRET,
        authorizeOrigin: settings.QQ_AUTHORIZE_URL,
        apiOrigin: settings.QQ_API_URL,
        timeoutMilliseconds,
      },
      fetch,
    ),
  };
}

/** Sending a browser away takes no secret. */
export const AUTHORIZE: Needs<never, OAuthDependencies> = {
  secrets: [],
  create: (settings) => ({ providers: providersOf(settings, { WECHAT_APP_SECRET: '', QQ_APP_SECRET: '' }) }),
};

export const CALLBACK: Needs<'WECHAT_APP_SECRET' | 'QQ_APP_SECRET', OAuthDependencies> = {
  secrets: ['WECHAT_APP_SECRET', 'QQ_APP_SECRET'],
  create: (settings, secrets) => ({ providers: providersOf(settings, secrets) }),
};
