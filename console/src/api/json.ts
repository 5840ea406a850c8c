import { Failure } from './failure.ts';

/** A JSON object, nothing known about its members. */
export type Json = Record<string, unknown>;

/** An answer that is not of the contract's form is a fault of the service, and said as one. */
export function malformed(what: string): never {
  throw new Failure('server_error', {}, { cause: new Error(`not of the contract's form: ${what}`) });
}

export function object(value: unknown, what: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : malformed(what);
}

export function text(value: unknown, what: string): string {
  return typeof value === 'string' ? value : malformed(what);
}

/** What is no string counts as absent, so that what is only told can't blank a page. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function array(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : malformed(what);
}

export function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

export function present<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** A moment, ISO 8601. */
export function moment(value: unknown, what: string): string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : malformed(what);
}

export function momentOrNull(value: unknown, what: string): string | null {
  return value === null || value === undefined ? null : moment(value, what);
}
