import { Failure } from './failure.ts';

/**
 * Gives the token of the customer's session: the same one for as long as it is good, since what is under way belongs to its session.
 *
 * @param asked.renew true where the one that it gave last was refused
 * @returns null where nobody is signed in
 */
export type GetToken = (asked: { readonly renew: boolean }) => string | null | Promise<string | null>;

/** The token that requests are sent with, asked for once and kept, until it is refused. */
export interface Bearer {
  /** @throws Failure `not_signed_in` where nobody is, `network_error` where it can't be had */
  readonly token: () => Promise<string>;
  /** Another one than the one that was refused; of several that were refused at once, the first asks. @throws Failure, as `token` does */
  readonly renewed: (refused: string) => Promise<string>;
}

export function createBearer(getToken: GetToken): Bearer {
  let current: Promise<string> | undefined;
  let refusedLast: string | undefined;

  async function ask(renew: boolean): Promise<string> {
    let token: string | null;
    try {
      token = await getToken({ renew });
    } catch (cause) {
      throw new Failure('network_error', {}, { cause });
    }
    // One that was refused is as good as none, and is asked for again.
    if (!token || token === refusedLast) throw new Failure('not_signed_in');
    return token;
  }

  function keep(asking: Promise<string>): Promise<string> {
    current = asking;
    // What could not be had is asked for again by the next request.
    asking.catch(() => {
      if (current === asking) current = undefined;
    });
    return asking;
  }

  return {
    token: () => current ?? keep(ask(refusedLast !== undefined)),
    renewed: async (refused) => {
      if (refused !== refusedLast) {
        refusedLast = refused;
        return keep(ask(true));
      }
      return current ?? keep(ask(true));
    },
  };
}
