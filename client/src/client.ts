import type * as z from 'zod/mini';
import { parseAnswer, READERS } from './answers.ts';
import { type CallOptions, type ClientOptions, createCaller, type Request } from './call.ts';
import { createServerClock, type ServerClock } from './clock.ts';
import { type Calls, ENDPOINTS, type OAuthProvider } from './contract.ts';

/** The contract, and what a page needs beside it. Every call rejects with a `Failure`, or with the reason of the signal that ended it. */
export interface Client extends Calls {
  /** The server's time, told from its answers: what countdowns go by. */
  readonly clock: ServerClock;
  /** Where the browser itself has to go to sign in by WeChat or QQ. */
  readonly signInUrl: (provider: OAuthProvider) => string;
}

type Form = Readonly<Record<string, unknown>>;

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly hasForm: boolean;
}

/** The members that a path names go into it; what is left is the query of a GET, and the body of any other request. */
function toRequest({ method, path }: Endpoint, form: Form): Request {
  const rest = new Map(Object.entries(form).filter(([, value]) => value !== undefined));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest.get(name));
    rest.delete(name);
    return encodeURIComponent(value);
  });
  if (rest.size === 0) return { method, path: filled };
  if (method !== 'GET') return { method, path: filled, body: Object.fromEntries(rest) };
  const query = [...rest].map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return { method, path: `${filled}?${query.join('&')}` };
}

export function createClient(options: ClientOptions): Client {
  const localNow = options.localNow ?? Date.now;
  const clock = createServerClock(localNow);
  const call = createCaller(options, clock, localNow);

  async function perform(name: keyof Calls, form: Form, callOptions?: CallOptions): Promise<unknown> {
    const reader: z.ZodMiniType<unknown> = READERS[name];
    return parseAnswer(reader, await call(toRequest(ENDPOINTS[name], form), callOptions));
  }

  const calls = Object.fromEntries(
    Object.entries(ENDPOINTS).map(([name, { hasForm }]) => [
      name,
      hasForm
        ? (form: Form = {}, callOptions?: CallOptions) => perform(name as keyof Calls, form, callOptions)
        : (callOptions?: CallOptions) => perform(name as keyof Calls, {}, callOptions),
    ]),
  ) as unknown as Calls;

  return {
    ...calls,
    clock,
    signInUrl: (provider) =>
      `${options.apiOrigin}/sign-in/${provider}${options.language ? `?lang=${options.language()}` : ''}`,
  };
}
