import * as z from 'zod/mini';
import { OAUTH_PROVIDERS, PROVIDERS, PURPOSES } from '../linking/identity.ts';

export const provider = z.enum(PROVIDERS);
export const oauthProvider = z.enum(OAUTH_PROVIDERS);
/** What an identity check opens: an action at a provider. */
export const purpose = z.enum(PURPOSES);
