import { HUMAN_CHECK_SECRETS, type HumanCheckSecret, type Settings } from './config.ts';
import type { Needs } from './dependencies.ts';
import { createEventBridgeClient, createEventBus, type EventBus } from './events/bus.ts';
import type { HumanCheck } from './human-check/human-check.ts';
import { createTencentCaptcha, TENCENT_CAPTCHA_ORIGIN } from './human-check/tencent.ts';
import { createTurnstile, TURNSTILE_ORIGIN } from './human-check/turnstile.ts';
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

/** For the route that anybody may have mail sent by. */
export interface HumanCheckDependencies extends CodeDependencies {
  /** Undefined where `HUMAN_CHECK` is off. */
  readonly humanCheck?: HumanCheck;
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

/** For the function that tells owners, and the bus, what happened. */
export interface TellDependencies extends MailDependencies, SmsDependencies {
  readonly bus: EventBus;
}

type CodeSecret = 'CODE_HMAC_KEY';
const hmacKeyOf = (secrets: Record<CodeSecret, string>) => secrets.CODE_HMAC_KEY as HmacKey;

export const CODES: Needs<CodeSecret, CodeDependencies> = {
  secrets: ['CODE_HMAC_KEY'],
  create: (_settings, secrets) => ({ hmacKey: hmacKeyOf(secrets) }),
};

function humanCheckOf(
  settings: Settings,
  secrets: Record<HumanCheckSecret, string>,
): HumanCheckDependencies['humanCheck'] {
  const { HUMAN_CHECK: kind, HUMAN_CHECK_URL: url, TENCENT_SECRET_ID: secretId } = settings;
  const reached = {
    siteKey: settings.HUMAN_CHECK_SITE_KEY,
    secret: secrets.HUMAN_CHECK_SECRET,
    timeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
  };
  switch (kind) {
    case 'off':
      return undefined;
    case 'turnstile':
      return createTurnstile({ ...reached, apiOrigin: url || TURNSTILE_ORIGIN }, fetch);
    case 'tencent': {
      const credentials = { secretId, secretKey: secrets.TENCENT_SECRET_KEY };
      return createTencentCaptcha(
        { ...reached, apiOrigin: url || TENCENT_CAPTCHA_ORIGIN, credentials },
        fetch,
      );
    }
  }
}

export const CODES_FOR_HUMANS: Needs<CodeSecret | HumanCheckSecret, HumanCheckDependencies> = {
  secrets: ({ HUMAN_CHECK }) => ['CODE_HMAC_KEY', ...HUMAN_CHECK_SECRETS[HUMAN_CHECK]],
  create: (settings, secrets) => {
    const humanCheck = humanCheckOf(settings, secrets);
    return { hmacKey: hmacKeyOf(secrets), ...(humanCheck && { humanCheck }) };
  },
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

export const TELL: Needs<CodeSecret, TellDependencies> = {
  secrets: ['CODE_HMAC_KEY'],
  create: (settings, secrets) => ({
    ...MAIL.create(settings, secrets),
    ...SMS.create(settings, secrets),
    bus: createEventBus(createEventBridgeClient(), { busName: settings.EVENT_BUS_NAME }),
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

/** A sign-in gives the browser a cookie it is known by, sealed with the key of the codes. */
export const CALLBACK: Needs<
  CodeSecret | 'WECHAT_APP_SECRET' | 'QQ_APP_SECRET',
  CodeDependencies & OAuthDependencies
> = {
  secrets: ['CODE_HMAC_KEY', 'WECHAT_APP_SECRET', 'QQ_APP_SECRET'],
  create: (settings, secrets) => ({
    hmacKey: hmacKeyOf(secrets),
    providers: providersOf(settings, secrets),
  }),
};
