import type { Context } from 'aws-lambda';
import { dependenciesUntil } from '../dependencies.ts';
import type { HttpResult } from '../http/answer.ts';
import { retryWhenStale as retry } from '../table/views.ts';
import type { Anyone, WithAccess, WithCaller, WithDependencies, WithForm } from './request.ts';

type AnyAsking = Anyone<unknown>;

/** What a handler's middlewares must have put on the context: one that was forgotten does not compile. */
type ContextFor<Asking extends AnyAsking> = Context &
  WithCaller &
  Pick<Asking, 'dependencies'> &
  WithAccess<Asking['form'], Pick<Asking, Extract<keyof Asking, 'view' | 'also' | 'operator'>>> &
  (undefined extends Asking['form'] ? unknown : WithForm<Asking['form']>);

/**
 * Runs a handler on what its middlewares found, and again on what is there by then if what it judged by has changed. If its time is up,
 * middy answers and gives the signal: nothing is stored or sent any more.
 */
export function retryWhenStale<Asking extends AnyAsking>(
  handle: (asking: Asking) => Promise<HttpResult>,
): (event: unknown, context: ContextFor<Asking>, options: { signal: AbortSignal }) => Promise<HttpResult> {
  return async (_event, context, { signal }) => {
    const { caller, access, form, ...given } = context as ContextFor<Asking> &
      WithDependencies &
      WithForm<Asking['form']>;
    const dependencies = dependenciesUntil(given.dependencies, signal);
    return retry(dependencies.table, async (round) => {
      const seen = await access.look(round);
      return handle({ caller, dependencies, form, ...seen } as unknown as Asking);
    });
  };
}
