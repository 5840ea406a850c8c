import * as z from 'zod/mini';
import { parseEmail } from '../linking/email.ts';
import type { HumanAnswer } from '../linking/human-check.ts';
import { LANGUAGES, NOTIFY_CHOICES } from '../linking/language.ts';
import { parseReason } from '../linking/operator.ts';
import { parsePhone } from '../linking/phone.ts';
import { RETURN_TO_MAX } from '../linking/return-to.ts';
import { parseCode } from '../linking/secrets.ts';
import { ACCOUNT_ID } from '../linking/session.ts';
import { readPhone } from '../linking/typed.ts';
import { oauthProvider, provider, purpose, wayIn } from './fields.ts';

/**
 * What requests say. Every function is bundled with all of this file, so it holds nothing but forms.
 */

/** Longer than any address or code, pasted spaces included. */
const TYPED_MAX = 512;
const typed = z.string().check(z.maxLength(TYPED_MAX, 'is too long'));

function parsed<T>(parse: (value: string) => T | undefined, message: string) {
  return z.pipe(
    typed,
    z.transform((value: string, context): T => {
      const result = parse(value);
      if (result !== undefined) return result;
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    }),
  );
}

export const emailField = parsed(parseEmail, 'must be an email address such as name@example.com');
export const codeField = parsed(parseCode, 'must be six digits');
export const challengeIdField = typed;
export const undoTokenField = typed;
const PHONE_MESSAGE = 'must be a phone number such as +8613800138001';

/** Turnstile's tokens have up to 2048 characters; Tencent's tickets and random strings are shorter. */
const answerPart = z.string().check(z.minLength(1, 'is empty'), z.maxLength(2048, 'is too long'));

export const humanAnswerField: z.ZodMiniType<HumanAnswer> = z.union(
  [z.strictObject({ token: answerPart }), z.strictObject({ ticket: answerPart, randstr: answerPart })],
  'must be {token} of Turnstile, or {ticket, randstr} of Tencent',
);

export const identityCheckForm = z.strictObject({ purpose });
export const verifyIdentityCheckForm = z.strictObject({ purpose, code: codeField });
export const linkEmailCodeForm = z.strictObject({ email: emailField });
export const linkEmailForm = z.strictObject({ email: emailField, code: codeField });
/** Judged by the settings: a page of a configured console. */
export const returnToField = z.string().check(z.maxLength(RETURN_TO_MAX, 'is too long'));
/** May be left out. */
export const beginLinkForm = z.strictObject({ returnTo: z.optional(returnToField) });
/** Longer than any id or code of a flow: what is none is as good as expired. */
export const finishLinkForm = z.strictObject({ flowId: typed, code: typed });
export const signInCodeForm = z.strictObject({
  email: emailField,
  humanCheck: z.optional(humanAnswerField),
});
export const signInForm = z.strictObject({ challengeId: challengeIdField, code: codeField });
/** Longer than any assertion has to be: RSA's longest usual signature, and what claims there are. */
const ASSERTION_MAX = 8192;
export const assertionForm = z.strictObject({
  assertion: z.string().check(z.maxLength(ASSERTION_MAX, 'is too long')),
});
export const sessionAssertionForm = z.strictObject({
  audience: z.string().check(z.maxLength(256, 'is too long')),
});
export const undoForm = z.strictObject({ token: undoTokenField });
/** The phone that a notice was sent to, and the code that it had in place of a link. */
export const openUndoForm = z.strictObject({
  phone: parsed((text) => parsePhone(readPhone(text)), PHONE_MESSAGE),
  code: codeField,
});
export const restoreForm = z.strictObject({
  token: undoTokenField,
  code: codeField,
  only: z.optional(wayIn),
});

export const preferencesForm = z
  .strictObject({ language: z.optional(z.enum(LANGUAGES)), notify: z.optional(z.enum(NOTIFY_CHOICES)) })
  .check(
    z.refine(({ language, notify }) => language !== undefined || notify !== undefined, 'chooses nothing'),
  );

/** Of paths: a provider that is none is `not_found`. */
export const providerPath = z.object({ provider });
export const wayInPath = z.object({ provider: wayIn });
export const oauthProviderPath = z.object({ provider: oauthProvider });

/** Of paths: an id that is none of the account's notices is `not_found`. */
export const noticePath = z.object({ id: z.string() });

/** Of paths: an id that is no session of the account's is `not_found`. */
export const sessionPath = z.object({ id: z.string() });

/** Of queries: `next` of the page before. */
export const historyQuery = z.object({ cursor: z.optional(z.string()) });
/** The language of the page that a sign-in begins on; another one than these counts for nothing. */
export const beginSignInQuery = z.object({
  lang: z.optional(z.string()),
  return_to: z.optional(z.string()),
});
/** What a window was opened with; anything else is as good as used. */
export const windowQuery = z.object({ ticket: z.optional(z.string()) });
/** Of paths: an id that is no account's is `account_unknown`. */
export const accountPath = z.object({ id: z.string() });
export const accountMethodPath = z.object({ id: z.string(), provider });

const reasonField = parsed(parseReason, 'must be 1 to 200 characters');
/** Of queries of the support desk: why, which a look-up may leave out. */
export const lookUpQuery = z.object({ reason: z.optional(reasonField) });
export const lookUpHistoryQuery = z.object({ ...lookUpQuery.shape, cursor: z.optional(z.string()) });
export const lookUpIdentityQuery = z.object({ subject: typed, ...lookUpQuery.shape });
export const lookUpPhoneQuery = z.object({
  number: parsed(parsePhone, PHONE_MESSAGE),
  ...lookUpQuery.shape,
  cursor: z.optional(z.string().check(z.regex(ACCOUNT_ID, 'must be the next of a page'))),
});
export const changeQuery = z.object({ reason: reasonField });
export const releaseQuery = z.object({ subject: typed, ...changeQuery.shape });
export const unfreezeQuery = z.object({ provider: z.optional(wayIn), ...changeQuery.shape });

/** What a provider sends a browser back with; other parameters of theirs are ignored. */
export const callbackQuery = z.object({ state: z.optional(z.string()), code: z.optional(z.string()) });
