import { Failure } from './failure.ts';
import {
  ACTIONS,
  type Account,
  type Check,
  type Flow,
  type Method,
  type OauthStart,
  PROVIDERS,
  type Purpose,
  RELATIONS,
  type Sent,
  type SignInChallenge,
  STEPS,
} from './types.ts';

type Json = Record<string, unknown>;

/** An answer that is not of the contract's form is a fault of the service, and said as one. */
function malformed(what: string): never {
  throw new Failure('server_error', {}, { cause: new Error(`not of the contract's form: ${what}`) });
}

function object(value: unknown, what: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : malformed(what);
}

function text(value: unknown, what: string): string {
  return typeof value === 'string' ? value : malformed(what);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function array(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : malformed(what);
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function present<T>(value: T | undefined): value is T {
  return value !== undefined;
}

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
