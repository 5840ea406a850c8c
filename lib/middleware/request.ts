import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context as LambdaContext } from 'aws-lambda';
import type { Core } from '../dependencies.ts';
import type { HttpResult } from '../http/answer.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountView } from '../linking/account.ts';
import type { Operator } from '../linking/operator.ts';
import type { Problem } from '../linking/problem.ts';
import type { EpochSeconds } from '../linking/rules.ts';

/** What our middlewares keep between themselves; a handler does not see it. */
interface Internal extends Record<string, unknown> {
  /** Why the request is not of its form: reported once the checks that come first have passed. */
  formRefusal?: unknown;
  /** What the caller is told instead of an answer. */
  problem?: Problem;
  /** Milliseconds of a clock that only goes forward. */
  startedAtMilliseconds?: number;
}

export type Request<Added = unknown> = middy.Request<
  APIGatewayProxyEventV2,
  HttpResult,
  Error,
  LambdaContext & Added,
  Internal
>;

interface Hooks<On> {
  readonly before?: (request: Request<On>) => void | Promise<void>;
  readonly after?: (request: Request<On>) => void;
  readonly onError?: (request: Request<On>) => void;
}

/**
 * A middleware that puts `Added` on the context. middy's type has one context for what a middleware finds there and what it adds, and
 * would take everything that it finds for added; so what it finds is said here, and goes no further.
 */
export function middleware<Added, Found = unknown>(hooks: Hooks<Found>): Middleware<Added> {
  return hooks as unknown as Middleware<Added>;
}

/** A middleware that puts `Added` on the context, which is all that a handler is given. */
export type Middleware<Added = unknown> = middy.MiddlewareObj<
  APIGatewayProxyEventV2,
  HttpResult,
  Error,
  LambdaContext & Added,
  Internal
>;

export interface WithCaller {
  readonly caller: Caller;
}

export interface WithDependencies<More = unknown> {
  readonly dependencies: Core & More;
}

export interface WithForm<Form> {
  readonly form: Form;
}

/** What a caller was let in by: a session, IAM, or nothing at all. */
export interface WithAccess<Form, Seen> {
  readonly access: {
    /** What the handler judges by: as it was when the caller was let in, and in later rounds as it is then. */
    readonly look: (round: number) => Promise<Seen & { readonly now: EpochSeconds }>;
    /** Ties what was read for a form to that form: a type alone. */
    readonly form?: (form: Form) => void;
  };
}

/** What the handler of a public route is given. `Form` is void where a request says all by its path. */
export interface Anyone<Form = void, More = unknown> extends WithCaller, WithDependencies<More> {
  readonly form: Form;
  readonly now: EpochSeconds;
}

/** What the handler of a signed-in user's route is given; `Also` is what was read beside the session. */
export interface SignedIn<Form = void, More = unknown, Also = undefined> extends Anyone<Form, More> {
  readonly view: AccountView;
  readonly also: Also;
}

/** What the handler of a route of the support desk is given. */
export interface ByOperator<Form, More = unknown> extends Anyone<Form, More> {
  readonly operator: Operator;
}
