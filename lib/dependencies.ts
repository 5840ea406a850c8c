import { type CanaryInbox, createInboxClient, createSqsInbox } from './canary/inbox.ts';
import { readSettings, type Settings } from './config.ts';
import { createEventBridgeClient, createEventBus, type EventBus } from './events/bus.ts';
import type { HumanCheck } from './human-check/human-check.ts';
import { HUMAN_CHECK_SECRETS, type HumanCheckSecret } from './human-check/settings.ts';
import { createTencentCaptcha, TENCENT_CAPTCHA_ORIGIN } from './human-check/tencent.ts';
import { createTurnstile, TURNSTILE_ORIGIN } from './human-check/turnstile.ts';
import { notMeUrl } from './linking/notice.ts';
import {
  deriveKeys,
  derivePhoneKeys,
  type Keys,
  type PhoneKeys,
  type Randomness,
  systemRandomness,
} from './linking/secrets.ts';
import { createAwsSms, createSmsClient } from './messages/aws-sms.ts';
import { SEND_ONCE } from './messages/client-settings.ts';
import { createSesClient, createSesMail, type MailSender } from './messages/mail.ts';
import { createNoticeQueue, createSqsClient, type NoticeQueue } from './messages/notice-queue.ts';
import type { SmsSender } from './messages/sms.ts';
import { createRoutedSms, SMS_VENDORS, type SmsVendor } from './messages/sms-routes.ts';
import { routedSecrets, type SmsSecret } from './messages/sms-settings.ts';
import { createTencentReceipts, type ReceiptSource } from './messages/tencent-receipts.ts';
import { createTencentSms, TENCENT_SMS_ORIGIN } from './messages/tencent-sms.ts';
import { countAtOnce, describeError, logger, type Observer, systemObserver } from './observe.ts';
import { createOwnLogin, type OwnLogin } from './own-login/own-login.ts';
import { createProviders, providerSecrets } from './providers/enabled.ts';
import type { OAuthProvider, OAuthProviderName } from './providers/provider.ts';
import { ASSERTION_KEYS, HMAC_KEYS, PHONE_INDEX_KEYS, readSecrets, type SecretName } from './secret-store.ts';
import { type AssertionSigner, createSigner } from './session-assertions/signer.ts';
import { SettingsError } from './settings-error.ts';
import { connectTable, type Table, tableUntil } from './table/client.ts';

/** What every function is given. One that needs more names the capabilities it needs. */
export interface Core {
  readonly settings: Settings;
  readonly table: Table;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: Randomness;
  readonly observer: Observer;
  /** Given once the request has been answered without waiting for its end: what is sent out after that was told to have failed. */
  readonly signal?: AbortSignal;
}

/**
 * Dependencies that do nothing more once the signal is given. Lambda freezes a function that has answered, and thaws it for the next
 * request, perhaps hours later: what was still under way would go on then, by a clock that has stopped.
 */
export function dependenciesUntil<Dependencies extends Core>(
  dependencies: Dependencies,
  signal: AbortSignal,
): Dependencies {
  return { ...dependencies, signal, table: tableUntil(dependencies.table, signal) };
}

/** Judges codes, and makes pseudonyms and seals. */
export interface WithKeys {
  readonly keys: Keys;
}

/** Lists which accounts have a phone, and looks that up. */
export interface WithPhoneKeys {
  readonly phoneKeys: PhoneKeys;
}

export interface WithMail {
  readonly mail: MailSender;
}

export interface WithSms {
  readonly sms: SmsSender;
}

export interface WithReceiptSource {
  /** Undefined where no SMS go by Tencent. */
  readonly receiptSource?: ReceiptSource | undefined;
}

export interface WithBus {
  readonly bus: EventBus;
}

export interface WithNoticeQueue {
  readonly noticeQueue: NoticeQueue;
}

export interface WithHumanCheck {
  /** Undefined where `HUMAN_CHECK` is off. */
  readonly humanCheck?: HumanCheck | undefined;
}

export interface WithOwnLogin {
  /** Undefined where `TRUSTED_ISSUER` is empty. */
  readonly ownLogin?: OwnLogin | undefined;
}

export interface WithSigner {
  /** Undefined where `ASSERTION_AUDIENCES` is empty. */
  readonly signer?: AssertionSigner | undefined;
}

/** Sends the browser to a provider, or gets it back. */
export interface WithProviders {
  readonly providers: Readonly<Record<OAuthProviderName, OAuthProvider>>;
}

export interface WithCanary {
  /** Opens the queue that the canary's mail arrives in. */
  readonly openInbox: (queueUrl: string) => CanaryInbox;
  readonly fetch: typeof fetch;
}

/**
 * Something a function needs besides the core: how it is made, from the settings and from just the secrets it names. A function's role
 * allows no other secret.
 */
export interface Capability<Made> {
  readonly secrets?: {
    /** All of them, or those that the settings make needed. */
    readonly names: (settings: Settings) => readonly SecretName[];
    /** Named here, so that a function without secrets is deployed without what would read them. */
    readonly read: typeof readSecrets;
  };
  readonly create: (settings: Settings, secrets: Readonly<Record<SecretName, string>>) => Made;
}

export const keys: Capability<WithKeys> = {
  secrets: { names: () => HMAC_KEYS, read: readSecrets },
  create: (_settings, secrets) => ({
    keys: deriveKeys(secrets.CODE_HMAC_KEY, secrets.CODE_HMAC_KEY_PREVIOUS),
  }),
};

export const phoneKeys: Capability<WithPhoneKeys> = {
  secrets: { names: () => PHONE_INDEX_KEYS, read: readSecrets },
  create: (_settings, secrets) => ({
    phoneKeys: derivePhoneKeys(secrets.PHONE_INDEX_KEY, secrets.PHONE_INDEX_KEY_PREVIOUS),
  }),
};

export const mail: Capability<WithMail> = {
  create: ({ MAIL_FROM: from, MAIL_CONFIGURATION_SET: configurationSet }) => ({
    mail: createSesMail(createSesClient(), { from, configurationSet }),
  }),
};

export const sms: Capability<WithSms> = {
  secrets: { names: ({ SMS_ROUTES: routes }) => routedSecrets(routes), read: readSecrets },
  create: (settings, secrets) => ({ sms: createSms(settings, secrets, Date.now) }),
};

/** How Tencent's SMS is reached, and as which of its applications. */
export function tencentSmsService(settings: Settings, secrets: Readonly<Record<SmsSecret, string>>) {
  return {
    origin: settings.TENCENT_SMS_URL || TENCENT_SMS_ORIGIN,
    region: settings.TENCENT_SMS_REGION,
    timeoutMilliseconds: SEND_ONCE.requestHandler.requestTimeout,
    credentials: { secretId: settings.TENCENT_SMS_SECRET_ID, secretKey: secrets.TENCENT_SMS_SECRET_KEY },
    appId: settings.TENCENT_SMS_APP_ID,
  };
}

export const receiptSource: Capability<WithReceiptSource> = {
  secrets: { names: ({ SMS_ROUTES: routes }) => routedSecrets(routes), read: readSecrets },
  create: (settings, secrets) => {
    if (routedSecrets(settings.SMS_ROUTES).length === 0) return {};
    const service = {
      ...tencentSmsService(settings, secrets),
      countries: settings.spending.smsCountries,
    };
    return { receiptSource: createTencentReceipts(service, fetch, Date.now) };
  },
};

/** Sends SMS by the routes of the settings, with those vendors alone that they name. */
export function createSms(
  settings: Settings,
  secrets: Readonly<Record<SmsSecret, string>>,
  clock: () => number,
): SmsSender {
  const { SMS_ROUTES: routes } = settings;
  const create: Record<SmsVendor, () => SmsSender> = {
    aws: () =>
      createAwsSms(createSmsClient(), {
        brand: settings.BRAND_NAME,
        notMeUrl: notMeUrl(settings.CONSOLE_ORIGINS),
        originationIdentity: settings.SMS_ORIGINATION_IDENTITY,
        protectConfigurationId: settings.SMS_PROTECT_CONFIGURATION_ID,
        configurationSet: settings.SMS_CONFIGURATION_SET,
        countries: settings.spending.smsCountries,
      }),
    tencent: () =>
      createTencentSms(
        {
          ...tencentSmsService(settings, secrets),
          signName: settings.TENCENT_SMS_SIGN_NAME,
          templates: new Map(settings.TENCENT_SMS_TEMPLATES),
        },
        fetch,
        clock,
      ),
  };
  const routed = SMS_VENDORS.filter((vendor) => routes.some((route) => route.vendor === vendor));
  return createRoutedSms(routes, Object.fromEntries(routed.map((vendor) => [vendor, create[vendor]()])));
}

export const bus: Capability<WithBus> = {
  create: ({ EVENT_BUS_NAME: busName }) => ({ bus: createEventBus(createEventBridgeClient(), { busName }) }),
};

export const noticeQueue: Capability<WithNoticeQueue> = {
  create: ({ NOTICE_QUEUE_URL: url }) => ({ noticeQueue: createNoticeQueue(createSqsClient(), { url }) }),
};

export const humanCheck: Capability<WithHumanCheck> = {
  secrets: { names: ({ HUMAN_CHECK }) => HUMAN_CHECK_SECRETS[HUMAN_CHECK], read: readSecrets },
  create: (settings, secrets) => ({ humanCheck: createHumanCheck(settings, secrets) }),
};

function createHumanCheck(
  settings: Settings,
  secrets: Readonly<Record<HumanCheckSecret, string>>,
): HumanCheck | undefined {
  const { HUMAN_CHECK: kind, HUMAN_CHECK_URL: url, TENCENT_SECRET_ID: secretId } = settings;
  const reached = {
    siteKey: settings.HUMAN_CHECK_SITE_KEY,
    secret: secrets.HUMAN_CHECK_SECRET,
    timeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
  };
  switch (kind) {
    case 'off':
      return undefined;
    case 'turnstile': {
      const hosts = settings.CONSOLE_ORIGINS.map((origin) => new URL(origin).hostname);
      return createTurnstile({ ...reached, hosts, apiOrigin: url || TURNSTILE_ORIGIN }, fetch);
    }
    case 'tencent': {
      const credentials = { secretId, secretKey: secrets.TENCENT_SECRET_KEY };
      return createTencentCaptcha(
        { ...reached, apiOrigin: url || TENCENT_CAPTCHA_ORIGIN, credentials },
        fetch,
      );
    }
  }
}

export const ownLogin: Capability<WithOwnLogin> = {
  create: ({
    TRUSTED_ISSUER: issuer,
    TRUSTED_JWKS_URL: keysUrl,
    TRUSTED_AUDIENCE: audience,
    API_ORIGIN: apiOrigin,
    PROVIDER_TIMEOUT_MILLISECONDS: timeoutMilliseconds,
  }) => ({
    ownLogin: issuer
      ? createOwnLogin(
          { issuer, keysUrl, audience: audience || apiOrigin, timeoutMilliseconds },
          fetch,
          Date.now,
        )
      : undefined,
  }),
};

export const signer: Capability<WithSigner> = {
  secrets: {
    names: ({ ASSERTION_AUDIENCES: audiences }) => (audiences.length === 0 ? [] : ASSERTION_KEYS),
    read: readSecrets,
  },
  create: ({ ASSERTION_AUDIENCES: audiences, API_ORIGIN: issuer }, secrets) => {
    if (audiences.length === 0) return {};
    const pems = ASSERTION_KEYS.map((name) => secrets[name]).filter((pem) => pem !== '');
    return { signer: createSigner(pems, issuer) };
  },
};

/** The providers, with the secrets that finding out who came takes. */
export const providers: Capability<WithProviders> = {
  secrets: {
    names: (settings) => providerSecrets(settings.rules.signInProviders, settings),
    read: readSecrets,
  },
  create: (settings, secrets) => ({ providers: createProviders(settings, secrets) }),
};

/** The providers for sending a browser away, which takes no secret. */
export const authorize: Capability<WithProviders> = {
  create: (settings) => ({ providers: createProviders(settings, {}) }),
};

export const canary: Capability<WithCanary> = {
  create: () => ({ openInbox: (url) => createSqsInbox(createInboxClient(), { url }), fetch }),
};

type Made<Capabilities extends readonly Capability<object>[]> = Capabilities extends readonly [
  Capability<infer First>,
  ...infer Rest extends readonly Capability<object>[],
]
  ? First & Made<Rest>
  : unknown;

/** Gives a function its dependencies; rejects where they can't be made. */
export type Provide<More = unknown> = () => Promise<Core & More>;

async function create(capabilities: readonly Capability<object>[]): Promise<Core> {
  const settings = readSettings();
  logger.setLogLevel(settings.LOG_LEVEL);
  const secretive = capabilities.flatMap(({ secrets }) => secrets ?? []);
  const names = [...new Set(secretive.flatMap((secrets) => secrets.names(settings)))];
  // What reads them is loaded by those alone that have any.
  const secrets = await secretive[0]?.read(settings.secrets, names);
  return Object.assign(
    {
      settings,
      table: connectTable({ tableName: settings.TABLE_NAME }),
      clock: Date.now,
      random: systemRandomness,
      observer: systemObserver,
    },
    ...capabilities.map((capability) =>
      capability.create(settings, (secrets ?? {}) as Readonly<Record<SecretName, string>>),
    ),
  );
}

/**
 * Makes the dependencies while the function starts, when Lambda gives it a whole processor, and keeps them. What is wrong with the
 * settings is logged at once; a secret store that did not answer is asked again by the next invocation.
 */
export function provide<const Capabilities extends readonly Capability<object>[]>(
  ...capabilities: Capabilities
): Provide<Made<Capabilities>> {
  let made: Promise<Core> | undefined;
  function make(): Promise<Core> {
    const making = create(capabilities);
    making.catch((error: unknown) => {
      made = undefined;
      const problems = error instanceof SettingsError ? error.problems : undefined;
      systemObserver.error('cold start failed', { ...describeError(error), problems });
      // Lambda may freeze or end the function before an invocation would publish it.
      countAtOnce('ColdStartFailed');
    });
    return making;
  }
  made = make();
  return () => {
    made ??= make();
    return made as Promise<Core & Made<Capabilities>>;
  };
}
