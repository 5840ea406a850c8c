import * as z from 'zod/mini';
import { PROVIDERS } from '../../lib/linking/identity.ts';

/**
 * What the contract says of every answer that is no problem, written out once more: the tests go by the contract, not by the code.
 */

/** 22 characters of base64url or more: at least 128 bits. */
const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{22,}$/));
const time = z.iso.datetime({ precision: 3 });
const accountId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));
const shown = z.string().check(z.minLength(1), z.maxLength(320));

const maskedPhone = z
  .string()
  .check(z.regex(/^(\d{3}\*{4}\d{4}|\+\d{2}\*{4}\d{2})$/, 'must be a phone number that is masked'));
const maskedEmail = z
  .string()
  .check(z.regex(/^[!-?A-~]\*{3}[!-?A-~]?@[a-z0-9.-]+$/, 'must be an address that is masked'));
const maskedIp = z.string().check(z.regex(/^(\d+\.\d+\.\*\.\*|([0-9a-f]{1,4}:){1,3}:\*|\*)$/));

const provider = z.enum(['email', 'wechat', 'qq']);
const oauthProvider = z.enum(['wechat', 'qq']);
const action = z.enum(['link', 'unlink', 'replace']);
const purpose = z.templateLiteral([action, '_', provider]);
const intent = z.enum(['link', 'replace', 'sign_in']);

const RESULTS = ['linked', 'replaced', 'signed_in', 'denied', 'identity_unknown'] as const;
/** What a flow that was the session's own came to. */
const result = z.union([
  z.enum(RESULTS),
  z.enum([
    'not_signed_in',
    'sub_account',
    'not_linkable',
    'registered_method',
    'already_linked',
    'not_linked',
    'account_frozen',
    'phone_missing',
    'identity_check_required',
    'identity_registered',
    'identity_linked',
    'identity_sub_account',
    'provider_failed',
    'unavailable',
  ]),
]);

/** A row of one provider: nothing there, or something there with all that is known of it. */
const methodOf = <Name extends 'email' | 'wechat' | 'qq'>(name: Name) => {
  const display = name === 'email' ? maskedEmail : shown;
  return z.discriminatedUnion('relation', [
    z.strictObject({
      provider: z.literal(name),
      relation: z.literal('none'),
      display: z.null(),
      since: z.null(),
      actions: z.union([z.tuple([]), z.tuple([z.literal('link')])]),
    }),
    z.strictObject({
      provider: z.literal(name),
      relation: z.literal('registered'),
      display,
      since: time,
      actions: z.tuple([]),
    }),
    z.strictObject({
      provider: z.literal(name),
      relation: z.literal('linked'),
      display,
      since: time,
      actions: z.array(z.enum(['unlink', 'replace'])),
    }),
  ]);
};

const waiting = { expiresAt: time, resendAt: z.nullable(time), attemptsLeft: z.int().check(z.gte(0)) };
const checkRow = z.discriminatedUnion('step', [
  z.strictObject({
    purpose,
    step: z.literal('phone'),
    sentTo: maskedPhone,
    verifiedUntil: z.null(),
    ...waiting,
  }),
  z.strictObject({
    purpose,
    step: z.literal('verified'),
    sentTo: z.null(),
    expiresAt: z.null(),
    resendAt: z.nullable(time),
    verifiedUntil: time,
    attemptsLeft: z.null(),
  }),
  z.strictObject({ purpose, step: z.literal('email'), sentTo: maskedEmail, verifiedUntil: time, ...waiting }),
]);

const account = z.strictObject({
  accountId,
  name: shown,
  phone: z.nullable(maskedPhone),
  // A row a provider, in this order; those that are off have none.
  methods: z.array(z.union([methodOf('email'), methodOf('wechat'), methodOf('qq')])).check(
    z.refine((rows) => {
      const places = rows.map(({ provider }) => PROVIDERS.indexOf(provider));
      return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
    }, 'must be in order, each once'),
  ),
  checks: z.array(checkRow),
  lastFlow: z.nullable(
    z.strictObject({ flowId: id, provider: oauthProvider, intent, result: z.nullable(result), at: time }),
  ),
  session: z.strictObject({ openedBy: provider, expiresAt: time }),
  frozenUntil: z.nullable(time),
});

const history = z.strictObject({
  events: z
    .array(
      z.strictObject({
        type: z.enum(['linked', 'unlinked', 'replaced', 'refused', 'signed_in', 'frozen']),
        provider,
        display: shown,
        at: time,
        ip: maskedIp,
        device: z.string().check(z.maxLength(200)),
        reason: z.nullable(z.string().check(z.regex(/^[a-z_]+$/))),
      }),
    )
    .check(z.maxLength(20)),
  next: z.nullable(z.string().check(z.minLength(1))),
});

const told = z.strictObject({
  type: z.enum(['linked', 'unlinked', 'replaced', 'signed_in', 'frozen']),
  provider,
  display: shown,
  at: time,
  ip: maskedIp,
  device: z.string().check(z.maxLength(200)),
  expiresAt: time,
  confirmedAt: z.nullable(time),
  restoredAt: z.nullable(time),
  restore: z.nullable(z.enum(['link', 'unlink'])),
  frozenUntil: z.nullable(time),
});

const sent = { expiresAt: time, resendAt: time };

/** A body, or where else an answer sends the browser. */
export type Response =
  | { readonly body: z.ZodMiniType }
  | { readonly location: z.ZodMiniType }
  | { readonly nothing: true };
const NOTHING: Response = { nothing: true };

/** The query that the console's page of a finished flow is called with. */
const flowEnd = z.union([
  z.strictObject({ provider: oauthProvider, intent, flow: id, result }),
  z.strictObject({ provider: oauthProvider, result: z.enum(['state_invalid', 'unavailable']) }),
]);
/** The query that a provider's page is called with, so much of it as is ours to say. */
const authorize = z.object({ state: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)) });

/** What each route answers where all went well, by status. */
export const SUCCESSES: Readonly<Record<string, Readonly<Record<number, Response>>>> = {
  'GET /account': { 200: { body: account } },
  'GET /account/history': { 200: { body: history } },
  'POST /otp/send': { 202: { body: z.strictObject({ purpose, sentTo: maskedPhone, ...sent }) } },
  'POST /otp/verify': { 200: { body: z.strictObject({ purpose, verifiedUntil: time }) } },
  'POST /links/email/send': { 202: { body: z.strictObject({ sentTo: maskedEmail, ...sent }) } },
  'POST /links/email': { 201: { body: z.strictObject({ method: methodOf('email') }) } },
  'POST /links/{provider}': {
    200: { body: z.strictObject({ flowId: id, authorizeUrl: z.url(), expiresAt: time }) },
  },
  'DELETE /links/{provider}': { 204: NOTHING },
  'GET /oauth/{provider}/callback': { 302: { location: flowEnd } },
  'POST /sign-in/email/send': {
    202: { body: z.strictObject({ challengeId: id, sentTo: maskedEmail, ...sent }) },
  },
  'POST /sign-in/email': { 200: { body: z.strictObject({ accountId }) } },
  'GET /sign-in/{provider}': { 302: { location: authorize } },
  'DELETE /session': { 204: NOTHING },
  'DELETE /sessions': { 204: NOTHING },
  'POST /undo/show': { 200: { body: told } },
  'POST /undo': { 200: { body: told } },
  'POST /undo/code': { 202: { body: z.strictObject({ sentTo: maskedPhone, ...sent }) } },
  'POST /undo/restore': { 200: { body: told } },
};
