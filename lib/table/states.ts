import * as z from 'zod/mini';
import type { FlowIntent } from '../linking/account.ts';
import { APP_KINDS, type AppKind, OAUTH_PROVIDERS, type OAuthProviderName } from '../linking/identity.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { TokenHash } from '../linking/secrets.ts';
import type { SessionRef } from '../linking/session.ts';
import { ABSENT, type Fragment, isRefusedByCondition, put, stale, type Table } from './client.ts';
import { keys } from './keys.ts';

/** What an OAuth `state` stands for. Only its hash is stored. */
export interface FlowState {
  readonly flowId: string;
  readonly provider: OAuthProviderName;
  readonly intent: FlowIntent;
  /** The app that the browser was sent away with. */
  readonly app: AppKind;
  /** The browser it was begun in. */
  readonly browserHash: TokenHash;
  /** The session it was begun in; a sign-in needs none. */
  readonly sessionHash?: TokenHash;
  /** The session that is to finish it, if it began it by a window: the browser's own is not looked at. */
  readonly begunBy?: SessionRef;
  /** The console's page where it ends; its page of results without. */
  readonly returnTo?: string;
  readonly expiresAt: EpochSeconds;
}

export const oauthProvider = z.enum(OAUTH_PROVIDERS);
export const flowIntent = z.enum(['link', 'replace', 'sign_in']);
/** A session's token was read before this was stored: what opened it is not judged once more. */
export const begunBySchema = z.object({ accountId: z.string(), openedBy: z.string(), hash: z.string() });

const stateSchema = z.object({
  flowId: z.string(),
  provider: oauthProvider,
  intent: flowIntent,
  app: z._default(z.enum(APP_KINDS), 'website'),
  browserHash: z.string(),
  sessionHash: z.optional(z.string()),
  begunBy: z.optional(begunBySchema),
  returnTo: z.optional(z.string()),
  expiresAt: z.int(),
});

export function stateCreated(table: Table, stateHash: TokenHash, flow: FlowState): Fragment {
  return put(table, keys.state(stateHash), { ...flow }, ABSENT, stale);
}

/**
 * Uses up a state, once, for the browser, session and provider it was made for: a callback from anywhere else neither gets
 * its flow nor uses it up.
 *
 * @param from.attemptId names this one attempt, so that a retry after a lost reply knows its own mark from another attempt's
 * @returns undefined if it is unknown, used, expired, or another's
 */
export async function consumeState(
  table: Table,
  stateHash: TokenHash,
  from: {
    provider: OAuthProviderName;
    browserHash: TokenHash;
    sessionHash?: TokenHash;
    now: EpochSeconds;
    attemptId: string;
  },
): Promise<FlowState | undefined> {
  try {
    const reply = await table.documents.send('UpdateItem', {
      TableName: table.name,
      Key: keys.state(stateHash),
      UpdateExpression: 'SET usedBy = :attemptId',
      ConditionExpression: [
        '(attribute_not_exists(usedBy) OR usedBy = :attemptId)',
        'expiresAt > :now',
        'provider = :provider',
        'browserHash = :browser',
        // A browser that has signed out has no session, rather than another one: what that means is judged later.
        ...(from.sessionHash === undefined
          ? []
          : ['(attribute_not_exists(sessionHash) OR sessionHash = :session)']),
      ].join(' AND '),
      ExpressionAttributeValues: {
        ':attemptId': from.attemptId,
        ':now': from.now,
        ':provider': from.provider,
        ':browser': from.browserHash,
        ...(from.sessionHash !== undefined && { ':session': from.sessionHash }),
      },
      ReturnValues: 'ALL_NEW',
    });
    return stateSchema.parse(reply.Attributes) as FlowState;
  } catch (error) {
    if (isRefusedByCondition(error)) return undefined;
    throw error;
  }
}
