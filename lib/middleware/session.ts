import type { Core } from '../dependencies.ts';
import type { AccountId, AccountView } from '../linking/account.ts';
import type { Purpose } from '../linking/identity.ts';
import { Problem } from '../linking/problem.ts';
import { type EpochSeconds, epochSeconds } from '../linking/rules.ts';
import { readAccountView } from '../table/views.ts';
import {
  type Middleware,
  middleware,
  type WithAccess,
  type WithCaller,
  type WithDependencies,
  type WithForm,
} from './request.ts';

interface Seen<Also> {
  readonly view: AccountView;
  readonly also: Also;
}

/**
 * Lets in the holder of a session. It, its account and methods, and the challenges of the form are one read.
 *
 * @param purposes whose challenges the handler needs
 * @param also is read at the same time, of the account that the session claims to be of
 * @throws Problem `not_signed_in`; only then that of the form, if it has one
 */
export function session<Form = unknown, Also = undefined>(
  purposes: (form: Form) => readonly Purpose[] = () => [],
  also?: (core: Core, accountId: AccountId, form: Form, now: EpochSeconds) => Promise<Also>,
): Middleware<WithAccess<Form, Seen<Also>>> {
  return middleware<WithAccess<Form, Seen<Also>>, WithCaller & WithDependencies & WithForm<Form>>({
    async before({ context, internal }) {
      const { caller, dependencies, form } = context;
      const { sessionRef } = caller;
      if (sessionRef === undefined) throw new Problem('not_signed_in');
      const { formRefusal } = internal;
      const read = async (): Promise<Seen<Also> & { now: EpochSeconds }> => {
        const now = epochSeconds(dependencies.clock);
        const [view, more] = await Promise.all([
          readAccountView(dependencies.table, sessionRef, formRefusal ? [] : purposes(form), now),
          formRefusal ? undefined : also?.(dependencies, sessionRef.accountId, form, now),
        ]);
        if (view === undefined) throw new Problem('not_signed_in');
        return { view, also: more as Also, now };
      };
      const first = await read();
      if (formRefusal) throw formRefusal;
      Object.assign(context, { access: { look: async (round: number) => (round === 0 ? first : read()) } });
    },
  });
}
