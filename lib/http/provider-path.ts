import { isOAuthProvider, isProvider, type OAuthProviderName, type Provider } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import type { HttpRequest } from './request.ts';

/** The `{provider}` of the path. @throws Problem `not_found` */
export function providerOf({ event }: HttpRequest): Provider {
  const provider = event.pathParameters?.['provider'];
  if (!isProvider(provider)) throw new Problem('not_found');
  return provider;
}

/** The `{provider}` of a path that only OAuth providers have. @throws Problem `not_found` */
export function oauthProviderOf({ event }: HttpRequest): OAuthProviderName {
  const provider = event.pathParameters?.['provider'];
  if (!isOAuthProvider(provider)) throw new Problem('not_found');
  return provider;
}
