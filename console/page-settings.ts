import { isCompanyUrl } from '../lib/linking/company-url.ts';
import { isProvider, type Provider } from '../lib/linking/identity.ts';

/**
 * The settings of the service that the page is built with. A build reads each from the environment, under the service's name for it with
 * `VITE_` in front. To add one, give it a default here and read it below.
 */
export interface PageSettings {
  /** Of the API, no slash at the end. */
  readonly apiOrigin: string;
  /** What the sign-in page offers. */
  readonly signInProviders: readonly Provider[];
  /** For how long what is linked is on probation, which the page says before anything is. */
  readonly probationSeconds: number;
  /** What the product is called. */
  readonly brandName: string;
  /** Whether signing in inside WeChat is possible. */
  readonly weChatInApp: boolean;
  /** Where to register, the terms, the privacy policy, and help; '' where there is no such page. */
  readonly registerUrl: string;
  readonly termsUrl: string;
  readonly privacyUrl: string;
  readonly helpUrl: string;
}

export const PROBATION_SECONDS = 259_200;
const DEFAULTS = {
  API_ORIGIN: 'http://localhost:3001',
  SIGN_IN_PROVIDERS: 'email,wechat,qq',
  PROBATION_SECONDS: String(PROBATION_SECONDS),
  BRAND_NAME: 'Example Cloud',
  WECHAT_MP_APP_ID: '',
  REGISTER_URL: '',
  TERMS_URL: '',
  PRIVACY_URL: '',
  HELP_URL: '',
};

type Environment = Readonly<Record<string, string | undefined>>;

function readProviders(names: string): Provider[] {
  const providers = names.split(',').map((name) => name.trim());
  const [unknown] = providers.filter((name) => !isProvider(name));
  if (unknown !== undefined) throw new Error(`VITE_SIGN_IN_PROVIDERS: "${unknown}" is no provider`);
  return providers.filter(isProvider);
}

function readOrigin(value: string): string {
  if (!URL.canParse(value) || new URL(value).origin !== value)
    throw new Error(`VITE_API_ORIGIN: "${value}" is no origin such as https://api.example.com`);
  return value;
}

function readSeconds(value: string): number {
  if (!/^\d+$/.test(value))
    throw new Error(`VITE_PROBATION_SECONDS: "${value}" is no number of seconds such as 259200`);
  return Number(value);
}

function readUrl(name: string, value: string): string {
  if (!isCompanyUrl(value))
    throw new Error(`VITE_${name}: "${value}" is no URL such as https://www.example.com/help, and not empty`);
  return value;
}

/** What the build was told. @throws Error naming the variable that is malformed */
export function readPageSettings(environment: Environment): PageSettings {
  const read = (name: keyof typeof DEFAULTS) => environment[`VITE_${name}`] ?? DEFAULTS[name];
  return {
    apiOrigin: readOrigin(read('API_ORIGIN')),
    signInProviders: readProviders(read('SIGN_IN_PROVIDERS')),
    probationSeconds: readSeconds(read('PROBATION_SECONDS')),
    brandName: read('BRAND_NAME'),
    weChatInApp: read('WECHAT_MP_APP_ID') !== '',
    registerUrl: readUrl('REGISTER_URL', read('REGISTER_URL')),
    termsUrl: readUrl('TERMS_URL', read('TERMS_URL')),
    privacyUrl: readUrl('PRIVACY_URL', read('PRIVACY_URL')),
    helpUrl: readUrl('HELP_URL', read('HELP_URL')),
  };
}

/** What a build is to be told, by the settings of a service. */
export function buildEnvironment(settings: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.keys(DEFAULTS).flatMap((name) => {
      const value = settings[name];
      return value === undefined ? [] : [[`VITE_${name}`, value]];
    }),
  );
}
