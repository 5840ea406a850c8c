import type middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Provide } from '../dependencies.ts';
import { Problem } from '../linking/problem.ts';
import type { WithDependencies } from './request.ts';

/** Puts what the function works with on the context. @throws Problem `unavailable` if it can't be made: why was logged there */
export function dependencies<More>(
  provided: Provide<More>,
): middy.MiddlewareObj<unknown, unknown, Error, Context & WithDependencies<More>> {
  return {
    async before({ context }) {
      const made = await provided().catch(() => {
        throw new Problem('unavailable', { retryAfter: 1 });
      });
      Object.assign(context, { dependencies: made });
    },
  };
}
