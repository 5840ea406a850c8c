import type { Core } from '../dependencies.ts';
import type { AccountId, AccountView } from '../linking/account.ts';
import type { Purpose, WayIn } from '../linking/identity.ts';
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

export interface Seen<Also> {
  readonly view: AccountView;
  readonly also: Also;
}

export type Purposes<Form> = (form: Form) => readonly Purpose[];
export type ReadAlso<Form, Also> = (
  core: Core,
  accountId: AccountId,
  form: Form,
  now: EpochSeconds,
  openedBy: WayIn,
) => Promise<Also>;

/**
 * Lets in the holder of any session, for what one may do that was opened by a method on probation: look, and sign out. The session, its
 * account and methods, and the challenges of the form are one read.
 *
 * @param purposes whose challenges the handler needs
 * @param also is read at the same time, of the account that the session claims to be of, and of the method it claims to have been opened by
 * @throws Problem `not_signed_in`; only then that of the form, if it has one
 */
export function anySession<Form = unknown, Also = undefined>(
  purposes: Purposes<Form> = () => [],
  also?: ReadAlso<Form, Also>,
): Middleware<WithAccess<Form, Seen<Also>>> {
  return middleware<WithAccess<Form, Seen<Also>>, WithCaller & WithDependencies & WithForm<Form>>({
    async before({ context, internal }) {
      const { caller, dependencies, form } = context;
      const { sessionRef } = caller;
      if (sessionRef === undefined) throw new Problem('not_signed_in');
      const { formRefusal } = internal;
      const { clock, table } = dependencies;
      const read = async (): Promise<Seen<Also> & { now: EpochSeconds }> => {
        const now = epochSeconds(clock);
        const [view, more] = await Promise.all([
          readAccountView(table, sessionRef, formRefusal ? [] : purposes(form), now),
          formRefusal
            ? undefined
            : also?.(dependencies, sessionRef.accountId, form, now, sessionRef.openedBy),
        ]);
        if (view === undefined) throw new Problem('not_signed_in');
        if (formRefusal) throw formRefusal;
        return { view, also: more as Also, now };
      };
      const first = await read();
      Object.assign(context, { access: { look: async (round: number) => (round === 0 ? first : read()) } });
    },
  });
}
