import { array, malformed, moment, momentOrNull, object, oneOf, present, text, textOrNull } from './json.ts';
import {
  ACTIONS,
  type Account,
  type Check,
  EVENT_TYPES,
  type Flow,
  type HistoryEvent,
  type HistoryPage,
  type Method,
  type OauthStart,
  PROVIDERS,
  type Purpose,
  RELATIONS,
  type Sent,
  type SignInChallenge,
  STEPS,
  UNDO_TYPES,
  UNDO_WAYS,
  type UndoStory,
} from './types.ts';

function purpose(value: unknown): Purpose | undefined {
  const [action, provider] = typeof value === 'string' ? value.split('_') : [];
  const known = oneOf(ACTIONS, action);
  const of = oneOf(PROVIDERS, provider);
  return known && of ? `${known}_${of}` : undefined;
}

// Providers, purposes and actions this page does not know are left out: a newer service must not blank an older page.

function method(value: unknown): Method | undefined {
  const row = object(value, 'methods');
  const provider = oneOf(PROVIDERS, row['provider']);
  if (!provider) return undefined;
  return {
    provider,
    relation: oneOf(RELATIONS, row['relation']) ?? malformed('relation'),
    display: textOrNull(row['display']),
    since: textOrNull(row['since']),
    actions: array(row['actions'] ?? [], 'actions')
      .map((action) => oneOf(ACTIONS, action))
      .filter(present),
  };
}

function check(value: unknown): Check | undefined {
  const item = object(value, 'checks');
  const of = purpose(item['purpose']);
  const step = oneOf(STEPS, item['step']);
  if (!of || !step) return undefined;
  return {
    purpose: of,
    step,
    sentTo: textOrNull(item['sentTo']),
    expiresAt: textOrNull(item['expiresAt']),
    resendAt: textOrNull(item['resendAt']),
    verifiedUntil: textOrNull(item['verifiedUntil']),
    attemptsLeft: typeof item['attemptsLeft'] === 'number' ? item['attemptsLeft'] : null,
  };
}

function flow(value: unknown): Flow | null {
  if (value === null || value === undefined) return null;
  const item = object(value, 'lastFlow');
  const provider = oneOf(PROVIDERS, item['provider']);
  if (!provider) return null;
  return {
    flowId: text(item['flowId'], 'flowId'),
    provider,
    intent: text(item['intent'], 'intent'),
    result: textOrNull(item['result']),
  };
}

export function parseAccount(value: unknown): Account {
  const body = object(value, 'account');
  const session = object(body['session'], 'session');
  return {
    accountId: text(body['accountId'], 'accountId'),
    name: text(body['name'], 'name'),
    phone: textOrNull(body['phone']),
    methods: array(body['methods'], 'methods').map(method).filter(present),
    checks: array(body['checks'], 'checks').map(check).filter(present),
    lastFlow: flow(body['lastFlow']),
    frozenUntil: momentOrNull(body['frozenUntil'], 'frozenUntil'),
    session: {
      openedBy: oneOf(PROVIDERS, session['openedBy']) ?? malformed('openedBy'),
      expiresAt: text(session['expiresAt'], 'session.expiresAt'),
    },
  };
}

export function parseSent(value: unknown): Sent {
  const body = object(value, 'sent');
  return {
    sentTo: text(body['sentTo'], 'sentTo'),
    expiresAt: text(body['expiresAt'], 'expiresAt'),
    resendAt: text(body['resendAt'], 'resendAt'),
  };
}

export function parseSignInChallenge(value: unknown): SignInChallenge {
  return { ...parseSent(value), challengeId: text(object(value, 'challenge')['challengeId'], 'challengeId') };
}

export function parseVerified(value: unknown): { readonly verifiedUntil: string } {
  return { verifiedUntil: text(object(value, 'verified')['verifiedUntil'], 'verifiedUntil') };
}

export function parseLinked(value: unknown): Method {
  return method(object(value, 'linked')['method']) ?? malformed('method');
}

export function parseOauthStart(value: unknown): OauthStart {
  const body = object(value, 'flow');
  const authorizeUrl = text(body['authorizeUrl'], 'authorizeUrl');
  // The page is sent there, so nothing but a web address will do.
  if (!/^https?:\/\//.test(authorizeUrl)) malformed('authorizeUrl');
  return {
    flowId: text(body['flowId'], 'flowId'),
    authorizeUrl,
    expiresAt: text(body['expiresAt'], 'expiresAt'),
  };
}

function historyEvent(value: unknown): HistoryEvent | undefined {
  const item = object(value, 'events');
  const type = oneOf(EVENT_TYPES, item['type']);
  const provider = oneOf(PROVIDERS, item['provider']);
  if (!type || !provider) return undefined;
  return {
    type,
    provider,
    display: textOrNull(item['display']),
    at: moment(item['at'], 'at'),
    ip: textOrNull(item['ip']),
    device: textOrNull(item['device']),
    reason: textOrNull(item['reason']),
  };
}

export function parseHistory(value: unknown): HistoryPage {
  const body = object(value, 'history');
  return {
    events: array(body['events'], 'events').map(historyEvent).filter(present),
    next: body['next'] === null ? null : text(body['next'], 'next'),
  };
}

/** Stricter than the rest: whoever reads it decides by it, so what is not understood is not shown. */
export function parseUndoStory(value: unknown): UndoStory {
  const body = object(value, 'undo');
  return {
    type: oneOf(UNDO_TYPES, body['type']) ?? malformed('type'),
    provider: oneOf(PROVIDERS, body['provider']) ?? malformed('provider'),
    display: textOrNull(body['display']),
    at: moment(body['at'], 'at'),
    ip: textOrNull(body['ip']),
    device: textOrNull(body['device']),
    expiresAt: moment(body['expiresAt'], 'expiresAt'),
    confirmedAt: momentOrNull(body['confirmedAt'], 'confirmedAt'),
    restoredAt: momentOrNull(body['restoredAt'], 'restoredAt'),
    restore: body['restore'] === null ? null : (oneOf(UNDO_WAYS, body['restore']) ?? malformed('restore')),
    frozenUntil: momentOrNull(body['frozenUntil'], 'frozenUntil'),
  };
}
