import {
  checkKey,
  linkingOf,
  record,
  requireActing,
  requirePossible,
  requireVerified,
  type SignedIn,
  signedInBy,
  use,
} from './accounts.ts';
import {
  type Answer,
  answered,
  type Branch,
  codeOf,
  goOn,
  type Pending,
  pending,
  Refused,
} from './answers.ts';
import {
  type Identity,
  isTaken,
  knownTo,
  link,
  markOfAccount,
  openSession,
  ownerAt,
  refusalOf,
  tellRefused,
} from './identities.ts';
import { consume } from './sending.ts';
import {
  altered,
  type Flow,
  iso,
  type Jar,
  keyOf,
  type Label,
  methodOf,
  type OAuthProvider,
  type State,
  shown,
} from './state.ts';

/** A browser that has no token yet gets one, which all its flows are bound to. */
function withToken(jar: Jar, label: Label): { token: Label } {
  return { token: jar.token ?? label };
}

/** `POST /links/{wechat|qq}` */
export function beginLink(jar: Jar, label: Label, provider: OAuthProvider): Pending {
  return pending((state) => {
    const signedIn = requireActing(state, jar);
    const intent = linkingOf(state, signedIn.accountId, provider);
    const purpose = `${intent}_${provider}` as const;
    requirePossible(state, signedIn, purpose);
    const { verifiedUntil = 0 } = requireVerified(state, signedIn, purpose);
    const { now, rules } = state;
    const expiresAt = Math.min(now + rules.flowTtl, verifiedUntil);
    const { token } = withToken(jar, label);
    const after = altered(state, (draft) => {
      const session = draft.sessions[signedIn.label];
      if (session) session.lastFlow = { flow: label, provider, intent, result: null, at: now };
      use(draft, signedIn.label);
      draft.flows[label] = {
        provider,
        intent,
        token,
        session: signedIn.label,
        expiresAt,
        isUsed: false,
      };
    });
    return answered(after, { status: 200, flow: label, expiresAt: iso(expiresAt) }, { token });
  });
}

/** `GET /sign-in/{wechat|qq}`: a browser is sent on, to the page if not to the provider. */
export function beginSignIn(jar: Jar, label: Label, provider: OAuthProvider): Pending {
  return pending(
    (state) => {
      const { token } = withToken(jar, label);
      const after = altered(state, (draft) => {
        const expiresAt = draft.now + draft.rules.flowTtl;
        draft.flows[label] = { provider, intent: 'sign_in', token, expiresAt, isUsed: false };
      });
      return answered(after, { status: 302, to: provider }, { token });
    },
    (state) => answered(state, { status: 302, result: 'unavailable' }),
  );
}

/** What comes back with a state: who scanned, that they refused, or a code the provider does not take. */
export type Scan = Identity | 'denied' | 'no such code';

export interface Returning {
  readonly jar: Jar;
  readonly label: Label;
  /** The provider whose callback is called. */
  readonly at: OAuthProvider;
  /** The flow whose state comes back. */
  readonly flow: Label;
  readonly scan: Scan;
}

/** `GET /oauth/{wechat|qq}/callback`: first the state, then the session, then the check. */
export function comeBack(returning: Returning): Pending {
  const { jar, at, flow: label } = returning;
  const told = (result: string): Answer => ({ status: 302, provider: at, result });
  const failed = (state: State) => answered(state, told('unavailable'));
  /** Uses up the state, where it is this browser's to use. */
  const spend = (next: (flow: Flow) => Pending): Pending =>
    pending((state) => {
      const flow = state.flows[label];
      if (!isUsable(state, flow, jar, at)) return answered(state, told('state_invalid'));
      const used = altered(state, (draft) => {
        const found = draft.flows[label];
        if (found) found.isUsed = true;
      });
      return goOn(used, next(flow));
    }, failed);
  return pending((state) => {
    const flow = state.flows[label];
    if (flow === undefined || flow.intent === 'sign_in')
      return spend((found) => signIn(returning, found)).step(state);
    // The session is looked at at the same time: after the state was used up, or before.
    const lookFirst = completeLink(returning, flow)
      .step(state)
      .map((seen): Branch => ({ state, next: spend(() => pending((later) => [{ ...seen, state: later }])) }));
    return [...spend((found) => completeLink(returning, found)).step(state), ...lookFirst];
  }, failed);
}

function isUsable(state: State, flow: Flow | undefined, jar: Jar, at: OAuthProvider): flow is Flow {
  if (flow === undefined || flow.isUsed || flow.expiresAt <= state.now) return false;
  const isOfBrowser = flow.token === jar.token && flow.provider === at;
  // A browser that has signed out has no session, which is not another's.
  return isOfBrowser && (flow.session === undefined || !jar.session || flow.session === jar.session);
}

/** The session's last flow gets its result, where it is this one and has none. */
function end(draft: State, session: Label, flow: Label, result: string): boolean {
  const lastFlow = draft.sessions[session]?.lastFlow;
  if (lastFlow?.flow !== flow || lastFlow.result !== null) return false;
  draft.sessions[session] = {
    ...(draft.sessions[session] as State['sessions'][string]),
    lastFlow: { ...lastFlow, result, at: draft.now },
  };
  return true;
}

const LINKED = { link: 'linked', replace: 'replaced' } as const;

function completeLink(returning: Returning, flow: Flow): Pending {
  const { jar, label: by, at: provider, flow: label, scan } = returning;
  const action = flow.intent === 'replace' ? 'replace' : 'link';
  const purpose = `${action}_${provider}` as const;
  const told = (result: string): Answer => {
    return { status: 302, provider, intent: flow.intent, flow: label, result };
  };
  const ended = (state: State, result: string): State =>
    altered(state, (draft) => {
      if (jar.session !== undefined && end(draft, jar.session, label, result)) use(draft, jar.session);
    });
  /** It is told that it failed; and on the account page too, where the store takes that. */
  const failed = (state: State): Branch[] =>
    [state, ...(signedInBy(state, jar) ? [ended(state, 'unavailable')] : [])].flatMap((after) =>
      answered(after, told('unavailable')),
    );

  /** Nobody was identified: the flow's result is all that is left of it. */
  const fail = (result: string): Pending =>
    pending((state) => {
      if (signedInBy(state, jar)) return answered(ended(state, result), told(result));
      return [...answered(state, told(result)), ...answered(state, told('not_signed_in'))];
    }, failed);

  const requireAllowed = (state: State): SignedIn => {
    const signedIn = requireActing(state, jar);
    requirePossible(state, signedIn, purpose);
    requireVerified(state, signedIn, purpose);
    return signedIn;
  };

  const lastFlowOf = (state: State) => JSON.stringify(state.sessions[jar.session ?? '']?.lastFlow);
  /** Refused once somebody was identified: in the history too. */
  const refuse = (refusal: Refused, identity: Identity, seen: string | undefined): Pending =>
    pending((state) => {
      const { display } = identity;
      const signedIn = signedInBy(state, jar);
      if (signedIn === undefined) return answered(state, told('not_signed_in'));
      if (lastFlowOf(state) !== seen) return goOn(state, finish(identity));
      const result = codeOf(refusal);
      const after = altered(ended(state, result), (draft) => {
        record(
          draft,
          signedIn.accountId,
          { type: 'refused', provider, display: shown(provider, display) },
          result,
        );
        use(draft, signedIn.label);
      });
      return answered(after, told(result));
    }, failed);

  const finish = (identity: Identity): Pending =>
    pending((state) => {
      if (signedInBy(state, jar) === undefined) return answered(state, told('not_signed_in'));
      try {
        const signedIn = requireAllowed(state);
        const { accountId, label: session } = signedIn;
        const conflict = refusalOf(state, accountId, identity);
        if (conflict) throw conflict;
        const after = altered(ended(state, LINKED[action]), (draft) => {
          link(draft, signedIn, identity, by);
          consume(draft, accountId, checkKey(signedIn, purpose));
          use(draft, session);
        });
        return answered(after, told(LINKED[action]));
      } catch (error) {
        if (error instanceof Refused) return goOn(state, refuse(error, identity, lastFlowOf(state)));
        throw error;
      }
    }, failed);

  return pending((state) => {
    if (signedInBy(state, jar) === undefined) return answered(state, told('not_signed_in'));
    if (scan === 'denied') return goOn(state, fail('denied'));
    try {
      requireAllowed(state);
    } catch (error) {
      if (error instanceof Refused) return goOn(state, fail(codeOf(error)));
      throw error;
    }
    return goOn(state, scan === 'no such code' ? fail('provider_failed') : finish(scan));
  }, failed);
}

function signIn({ jar, label: by, at: provider, flow: label, scan }: Returning, flow: Flow): Pending {
  const told = (result: string): Answer => {
    return { status: 302, provider, intent: flow.intent, flow: label, result };
  };
  const failed = (state: State) => answered(state, told('unavailable'));
  return pending((state) => {
    if (scan === 'denied') return answered(state, told('denied'));
    if (scan === 'no such code') return answered(state, told('provider_failed'));
    const owners = scan.subjects.flatMap((subject) => ownerAt(state, provider, subject) ?? []);
    const [owner, ...others] = owners;
    const isOne = others.every(({ account }) => account === owner?.account);
    const isOpen =
      owner && isOne && owner.relation !== 'sub_account' && !state.accounts[owner.account]?.isSub;
    if (!isOpen) return answered(state, told('identity_unknown'));
    const { account, relation, methodId = '' } = owner;
    if (state.accounts[account]?.isSuspended) {
      const refused = altered(state, (draft) => {
        const event = { type: 'refused', provider, display: shown(provider, scan.display) } as const;
        record(draft, account, event, 'account_suspended');
      });
      return answered(refused, told('account_suspended'));
    }
    if (methodOf(state, account, provider)?.isSuspended) {
      const refused = altered(state, (draft) =>
        tellRefused(draft, account, provider, { by, display: scan.display }),
      );
      return answered(refused, told('method_suspended'));
    }
    const after = altered(state, (draft) => {
      for (const subject of scan.subjects) {
        if (isTaken(state, account, provider, subject)) continue;
        draft.claims[keyOf(provider, subject)] = { account, relation, methodId };
        methodOf(draft, account, provider)?.subjects.push(subject);
      }
      // The method is called what the person is called now.
      const method = methodOf(draft, account, provider);
      if (method) method.display = scan.display;
      openSession(draft, jar, { label: by, account, provider, methodId, display: scan.display });
      const session = draft.sessions[by];
      if (session)
        session.lastFlow = { flow: label, provider, intent: 'sign_in', result: 'signed_in', at: draft.now };
    });
    const known = knownTo(state, jar, by, [markOfAccount(account)]);
    return answered(after, told('signed_in'), { session: by, ...known });
  }, failed);
}
