import * as z from 'zod/mini';
import { isOAuthProvider, OAUTH_PROVIDERS, type Provider } from '../linking/identity.ts';
import type { OAuthProvider, OAuthProviderName, ProviderSettings } from './provider.ts';
import { REGISTRY } from './registry.ts';

type Registered = (typeof REGISTRY)[OAuthProviderName];
type KeyOfEach<Union> = Union extends unknown ? keyof Union : never;

/** The settings of all providers together. */
export type ProviderSetting = KeyOfEach<Registered['settings']>;
export type ProviderSecret = KeyOfEach<Registered['secrets']>;

/** A setting of a provider that is off: nobody looks at it. */
const UNREAD = z._default(z.string(), '');

/** What each setting of the providers must be. Those of a provider that is off may be anything, or missing. */
export function providerSettings(
  isEnabled: (provider: OAuthProviderName) => boolean,
): Record<ProviderSetting, z.ZodMiniType<string>> {
  const entries = OAUTH_PROVIDERS.flatMap((name) =>
    Object.entries(REGISTRY[name].settings).map(([setting, type]) => [
      setting,
      isEnabled(name) ? type : UNREAD,
    ]),
  );
  return Object.fromEntries(entries) as Record<ProviderSetting, z.ZodMiniType<string>>;
}

/**
 * The secrets that it takes to identify who comes from these providers; signing in by email takes none.
 *
 * @param settings in which an app that a deployment does without has an empty id
 */
export function providerSecrets(
  providers: readonly Provider[],
  settings: Readonly<Partial<Record<ProviderSetting, string | undefined>>>,
): ProviderSecret[] {
  return providers.filter(isOAuthProvider).flatMap((name) => {
    const secrets = Object.entries(REGISTRY[name].secrets) as [ProviderSecret, ProviderSetting][];
    return secrets.filter(([, setting]) => settings[setting] !== '').map(([secret]) => secret);
  });
}

/**
 * Makes every provider, those that are off too: they are never asked, see `requireSignInProvider`.
 *
 * @param secrets what identifying takes; for sending a browser away none is needed
 */
export function createProviders(
  settings: Readonly<Record<ProviderSetting, string>> & ProviderSettings,
  secrets: Readonly<Partial<Record<ProviderSecret, string>>>,
  fetch = globalThis.fetch,
): Record<OAuthProviderName, OAuthProvider> {
  const entries = OAUTH_PROVIDERS.map((name) => {
    const { secrets: names, create } = REGISTRY[name];
    const own = Object.fromEntries(
      Object.keys(names).map((secret) => [secret, secrets[secret as ProviderSecret] ?? '']),
    );
    return [name, create(settings, own as Record<ProviderSecret, string>, fetch)];
  });
  return Object.fromEntries(entries) as Record<OAuthProviderName, OAuthProvider>;
}
