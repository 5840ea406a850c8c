import { readOperator } from '../http/operator.ts';
import type { Operator } from '../linking/operator.ts';
import { Problem } from '../linking/problem.ts';
import { epochSeconds } from '../linking/rules.ts';
import { type Middleware, middleware, type WithAccess, type WithDependencies } from './request.ts';

/**
 * Lets in an operator whom IAM has let in, and nobody else. API Gateway asks IAM before it calls the function; this holds even if a route
 * should ever be deployed without that.
 *
 * @throws Problem `operator_only`, whatever else was sent; only then that of the form, if it has one
 */
export function operator(): Middleware<WithAccess<unknown, { readonly operator: Operator }>> {
  return middleware<WithAccess<unknown, { readonly operator: Operator }>, WithDependencies>({
    before({ event, context, internal }) {
      const found = readOperator(event);
      if (found === undefined) throw new Problem('operator_only');
      if (internal.formRefusal) throw internal.formRefusal;
      const { clock } = context.dependencies;
      const look = async () => ({ now: epochSeconds(clock), operator: found });
      Object.assign(context, { access: { look } });
    },
  });
}
