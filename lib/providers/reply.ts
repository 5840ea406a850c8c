import * as z from 'zod/mini';

/** An answer as it came: the HTTP status and the body as text. */
export interface Reply {
  status: number;
  text: string;
}

/** The numeric code of an answer that reports a failure, or what the answer gives. */
export type ReplyOutcome<T> = { ok: true; value: T } | { ok: false; errcode: number | 'unreadable' };

/**
 * JSON.parse that answers undefined instead of throwing. Raw control characters are blanked first: WeChat is known to
 * pass them on inside nicknames, where JSON forbids them, and elsewhere they are white space.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/\p{Cc}/gu, ' '));
  } catch {
    return undefined;
  }
}

/**
 * An error code as a number, from a number or from digits in a string; both occur. Anything longer than the
 * providers' codes is none: it could be something that must not be logged.
 */
const errcodeSchema = z.pipe(
  z.union([z.number(), z.string().check(z.regex(/^-?\d{1,7}$/))]),
  z.pipe(
    z.transform((code: number | string) => Number(code)),
    z.number().check(z.int(), z.gte(-9_999_999), z.lte(9_999_999)),
  ),
);

/** An openid or unionid: visible ASCII without ':' and '#', which separate the parts of our keys. */
export const subjectSchema = z.string().check(z.regex(/^[!"$-9;-~]{1,128}$/));

/** A unionid that may be missing: absent, null and empty all mean that the provider has none for this person. */
export const optionalSubjectSchema = z.pipe(
  z.transform((value: unknown) => (value === null || value === '' ? undefined : value)),
  z.optional(subjectSchema),
);

/** An access token goes back into a query string; what it looks like is the provider's own business. */
export const tokenSchema = z.string().check(z.minLength(1), z.maxLength(4096));

/** A nickname as sent. A number is let through as text, anything else as nothing: it is for display only. */
export const nicknameSchema = z.pipe(
  z.optional(z.unknown()),
  z.transform((value: unknown) => {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? value : '';
  }),
);

const objectSchema = z.record(z.string(), z.unknown());

/**
 * Reads a parsed answer. It reports a failure where one of `failureFields` holds a code other than 0, whatever else is
 * in it; else it is what `schema` makes of it. Never throws.
 */
export function readBody<S extends z.ZodMiniType>(
  body: unknown,
  failureFields: readonly string[],
  schema: S,
): ReplyOutcome<z.output<S>> {
  const object = objectSchema.safeParse(body);
  if (!object.success) return { ok: false, errcode: 'unreadable' };
  for (const field of failureFields) {
    const code = object.data[field];
    if (code === undefined || code === null) continue;
    const errcode = errcodeSchema.safeParse(code);
    if (!errcode.success) return { ok: false, errcode: 'unreadable' };
    if (errcode.data !== 0) return { ok: false, errcode: errcode.data };
  }
  const success = schema.safeParse(object.data);
  return success.success ? { ok: true, value: success.data } : { ok: false, errcode: 'unreadable' };
}
