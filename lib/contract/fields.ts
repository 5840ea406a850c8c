import * as z from 'zod/mini';
import { OAUTH_PROVIDERS, PROVIDERS, PURPOSES, WAYS_IN } from '../linking/identity.ts';

export const provider = z.enum(PROVIDERS);
export const oauthProvider = z.enum(OAUTH_PROVIDERS);
/** Whatever opens sessions: a provider, or the company's own login. */
export const wayIn = z.enum(WAYS_IN);
/** What an identity check opens: an action at a provider. */
export const purpose = z.enum(PURPOSES);
