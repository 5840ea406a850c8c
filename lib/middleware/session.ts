import { requireNoProbation } from '../linking/account.ts';
import { anySession, type Purposes, type ReadAlso, type Seen } from './any-session.ts';
import {
  type Middleware,
  middleware,
  type Request,
  type WithAccess,
  type WithCaller,
  type WithDependencies,
  type WithForm,
} from './request.ts';

/** Lets in the holder of a session that may change things, as `anySession` does. @throws Problem, and at last `on_probation` */
export function session<Form = unknown, Also = undefined>(
  purposes?: Purposes<Form>,
  also?: ReadAlso<Form, Also>,
): Middleware<WithAccess<Form, Seen<Also>>> {
  type Access = WithAccess<Form, Seen<Also>>;
  const { before } = anySession(purposes, also);
  return middleware<Access, Access & WithCaller & WithDependencies & WithForm<Form>>({
    async before(request) {
      await before?.(request as Request<Access>);
      const { access, dependencies } = request.context;
      const look = async (round: number) => {
        const seen = await access.look(round);
        requireNoProbation(seen.view, dependencies.settings.rules, seen.now);
        return seen;
      };
      await look(0);
      Object.assign(request.context, { access: { look } });
    },
  });
}
