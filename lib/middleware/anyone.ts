import { epochSeconds } from '../linking/rules.ts';
import { type Middleware, middleware, type WithAccess, type WithDependencies } from './request.ts';

/** Lets in callers who need not be signed in. @throws Problem of the form, if it has one */
export function anyone(): Middleware<WithAccess<unknown, object>> {
  return middleware<WithAccess<unknown, object>, WithDependencies>({
    before({ context, internal }) {
      if (internal.formRefusal) throw internal.formRefusal;
      const { clock } = context.dependencies;
      Object.assign(context, { access: { look: async () => ({ now: epochSeconds(clock) }) } });
    },
  });
}
