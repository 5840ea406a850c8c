import * as z from 'zod/mini';
import { LANGUAGES, type Language } from '../linking/language.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { TokenHash } from '../linking/secrets.ts';
import { ABSENT, type Fragment, isRefusedByCondition, put, stale, type Table } from './client.ts';
import { keys } from './keys.ts';
import { begunBySchema, type FlowState, flowIntent, oauthProvider } from './states.ts';

/** A flow that waits for a window to be opened. Which browser and app it is of, the window says. */
export interface Ticket
  extends Pick<FlowState, 'flowId' | 'provider' | 'intent' | 'returnTo'>,
    Required<Pick<FlowState, 'begunBy'>> {
  /** What the page speaks that began it. */
  readonly language: Language;
  readonly flowExpiresAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

const ticketSchema = z.object({
  flowId: z.string(),
  provider: oauthProvider,
  intent: flowIntent,
  begunBy: begunBySchema,
  returnTo: z.optional(z.string()),
  language: z.enum(LANGUAGES),
  flowExpiresAt: z.int(),
  expiresAt: z.int(),
});

export function ticketCreated(table: Table, ticketHash: TokenHash, ticket: Ticket): Fragment {
  return put(table, keys.ticket(ticketHash), { ...ticket }, ABSENT, stale);
}

/**
 * Uses up a ticket, once, in time, and at the provider it was made for.
 *
 * @param at.attemptId names this one attempt, so that a retry after a lost reply knows its own mark from another attempt's
 * @returns undefined if it is unknown, used, late, or of another provider
 */
export async function consumeTicket(
  table: Table,
  ticketHash: TokenHash,
  at: { provider: string; now: EpochSeconds; attemptId: string },
): Promise<Ticket | undefined> {
  try {
    const reply = await table.documents.send('UpdateItem', {
      TableName: table.name,
      Key: keys.ticket(ticketHash),
      UpdateExpression: 'SET usedBy = :attemptId',
      ConditionExpression:
        '(attribute_not_exists(usedBy) OR usedBy = :attemptId) AND expiresAt > :now AND provider = :provider',
      ExpressionAttributeValues: {
        ':attemptId': at.attemptId,
        ':now': at.now,
        ':provider': at.provider,
      },
      ReturnValues: 'ALL_NEW',
    });
    return ticketSchema.parse(reply.Attributes) as Ticket;
  } catch (error) {
    if (isRefusedByCondition(error)) return undefined;
    throw error;
  }
}
