import * as z from 'zod/mini';
import { shownDisplay } from '../linking/account.ts';
import type { AccountRecord, IdentityConflict } from '../linking/account-record.ts';
import { isProvider, PROVIDERS } from '../linking/identity.ts';
import { FREEZE_SECONDS, type Notice } from '../linking/notice.ts';

/** Members every event has. `id` is the same however often an event is delivered. */
const common = {
  version: z.literal(1),
  id: z.string().check(z.describe('Unique to the event: one that is delivered again has the same.')),
  accountId: z.string(),
  at: z.iso.datetime().check(z.describe('When it happened, UTC.')),
};

const identity = z.object({
  ...common,
  provider: z.enum(PROVIDERS),
  display: z.string().check(z.describe('The masked address, or the nickname.')),
});

/** Every event that goes out, by its detail-type; a member that changes its meaning makes a new version. */
export const EVENT_SCHEMAS = {
  'identity.linked': identity,
  'identity.unlinked': identity,
  'identity.replaced': z.extend(identity, {
    previousDisplay: z
      .string()
      .check(z.describe('The masked address, or the nickname, that it took the place of.')),
  }),
  'identity.conflict': z.object({
    ...common,
    provider: z.enum(PROVIDERS),
    revision: z
      .int()
      .check(z.describe('Of the account that was to have the identity: the one that was not taken.')),
    ownerId: z.string().check(z.describe('The account that has the identity.')),
  }),
  'account.frozen': z.object({
    ...common,
    frozenUntil: z.iso.datetime().check(z.describe('Until then nothing can be linked.')),
  }),
} as const;

type Schemas = typeof EVENT_SCHEMAS;
export type EventType = keyof Schemas;
export type OutgoingEvent = {
  [Type in EventType]: { readonly type: Type; readonly detail: z.infer<Schemas[Type]> };
}[EventType];

/** The company says of an account that it has an identity which another account has here. */
export function toConflictEvent(
  { accountId, revision }: Pick<AccountRecord, 'accountId' | 'revision'>,
  { provider, ownerId }: IdentityConflict,
  at: string,
): OutgoingEvent {
  // The same each time that the record comes.
  const id = `${accountId}.${revision}.${provider}`;
  return {
    type: 'identity.conflict',
    detail: { version: 1, id, accountId, at, provider, revision, ownerId },
  };
}

/** @returns undefined for what is told to the owner alone */
export function toEvent({
  isSuccessor,
  noticeId,
  accountId,
  at,
  type,
  provider,
  display,
  before,
  after,
}: Notice): OutgoingEvent | undefined {
  // The bus has been told of it.
  if (isSuccessor) return undefined;
  const detail = { version: 1, id: noticeId, accountId, at } as const;
  switch (type) {
    case 'linked':
    case 'unlinked':
    case 'replaced': {
      // One subject of it went to another account, and it is still linked.
      if (type === 'unlinked' && after !== undefined) return undefined;
      // The company's own login has no identity to link.
      if (!isProvider(provider)) return undefined;
      const changed = { ...detail, provider, display };
      if (type !== 'replaced') return { type: `identity.${type}`, detail: changed };
      const previousDisplay = before ? shownDisplay(before) : '';
      return { type: 'identity.replaced', detail: { ...changed, previousDisplay } };
    }
    case 'frozen': {
      const frozenUntil = new Date(Date.parse(at) + FREEZE_SECONDS * 1000).toISOString();
      return { type: 'account.frozen', detail: { ...detail, frozenUntil } };
    }
    case 'unfrozen':
    case 'signed_in':
    case 'suspended':
    case 'cleared':
    case 'signed_out':
    case 'locked':
    case 'preferences_changed':
    case 'phone_changed':
    case 'mail_stopped':
      return undefined;
  }
}
