import fc from 'fast-check';
import { checkKey, linkingOf, type SignedIn, signedInBy } from './accounts.ts';
import type { Command, Happening } from './commands.ts';
import type { Fate } from './sending.ts';
import type { Sequence } from './sequence.ts';
import {
  type Channel,
  challengeOf,
  jarOf,
  type Label,
  methodOf,
  type Notice,
  type OAuthProvider,
  PROVIDERS,
  type Preferences,
  type Provider,
  type Purpose,
  type State,
} from './state.ts';
import { boundTo, keyOfLink } from './undo.ts';

/** What somebody at a browser wants to get done. */
export type Goal =
  | { readonly to: 'enter'; readonly by: OAuthProvider; readonly who: string }
  | { readonly to: 'enter by email'; readonly address: number }
  | { readonly to: 'link an address'; readonly address: number }
  | { readonly to: 'link a person'; readonly by: OAuthProvider; readonly who: string }
  | { readonly to: 'unlink'; readonly provider: Provider }
  | { readonly to: 'clear'; readonly provider: Provider }
  | { readonly to: 'choose'; readonly chosen: Preferences }
  /** To be the only way in. */
  | { readonly to: 'be alone' }
  /** Says of the last change that it was not them, and has it put back; or that one way in is to be the only one. */
  | { readonly to: 'undo'; readonly by: Channel; readonly only?: Provider };

export const WECHAT_PEOPLE = ['anna', 'bob', 'dan', 'sub', 'eve'];
export const QQ_PEOPLE = ['anna', 'bob', 'cleo'];
const ADDRESSES = 4;

const weChatPerson = fc.constantFrom(...WECHAT_PEOPLE);
const qqPerson = fc.constantFrom(...QQ_PEOPLE);
const address = fc.nat(ADDRESSES - 1);

/** One of them, or both. */
export const preferences = fc.constantFrom<Preferences>(
  { notify: 'mail' },
  { notify: 'sms' },
  { notify: 'all', language: 'zh-CN' },
  { language: 'en' },
);

export const goal: fc.Arbitrary<Goal> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        by: fc.constantFrom<Channel>('sms', 'sms', 'mail'),
        only: fc.constantFrom(undefined, undefined, ...PROVIDERS),
      })
      .map(({ by, only }): Goal => ({ to: 'undo', by, ...(only && { only }) })),
  },
  { weight: 1, arbitrary: fc.constant<Goal>({ to: 'be alone' }) },
  {
    weight: 1,
    arbitrary: preferences.map((chosen): Goal => ({ to: 'choose', chosen })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...PROVIDERS).map((provider): Goal => ({ to: 'clear', provider })),
  },
  { weight: 1, arbitrary: qqPerson.map((who): Goal => ({ to: 'enter', by: 'qq', who })) },
  { weight: 1, arbitrary: weChatPerson.map((who): Goal => ({ to: 'enter', by: 'wechat', who })) },
  { weight: 1, arbitrary: address.map((of): Goal => ({ to: 'enter by email', address: of })) },
  { weight: 4, arbitrary: address.map((of): Goal => ({ to: 'link an address', address: of })) },
  { weight: 4, arbitrary: weChatPerson.map((who): Goal => ({ to: 'link a person', by: 'wechat', who })) },
  { weight: 1, arbitrary: qqPerson.map((who): Goal => ({ to: 'link a person', by: 'qq', who })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...PROVIDERS).map((provider): Goal => ({ to: 'unlink', provider })),
  },
);

/** What takes an identity check. */
type Change = Exclude<Goal, { to: 'enter' | 'enter by email' | 'undo' }>;

function purposeOf(goal: Change, state: State, accountId: string): Purpose {
  switch (goal.to) {
    case 'be alone':
      return 'only';
    case 'choose':
      return 'preferences';
    case 'link an address':
      return `${linkingOf(state, accountId, 'email')}_email`;
    case 'link a person':
      return `${linkingOf(state, accountId, goal.by)}_${goal.by}`;
    default:
      return `${goal.to}_${goal.provider}`;
  }
}

/** Whether it is done, or there is no way there. */
export function isReached(goal: Goal, browser: string, { state, cast }: Sequence): boolean {
  if (goal.to === 'undo') return !Object.values(state.notices).some(({ isPutBack }) => !isPutBack);
  const signedIn = signedInBy(state, jarOf(state, browser));
  if (signedIn === undefined) return false;
  const { openedBy } = signedIn.session;
  if (goal.to === 'enter') return openedBy === goal.by;
  if (goal.to === 'enter by email') return openedBy === 'email';
  const waysIn = PROVIDERS.flatMap((provider) => methodOf(state, signedIn.accountId, provider) ?? []);
  if (goal.to === 'choose')
    return Object.entries(goal.chosen).every(
      ([name, value]) => Reflect.get(signedIn.account.preferences ?? {}, name) === value,
    );
  if (goal.to === 'be alone') return waysIn.filter(({ isSuspended }) => !isSuspended).length === 1;
  const [, provider] = purposeOf(goal, state, signedIn.accountId).split('_') as [string, Provider];
  const method = methodOf(state, signedIn.accountId, provider);
  if (goal.to === 'clear') return !method?.isSuspended;
  if (method?.relation === 'registered' || signedIn.account.phone === null) return true;
  if (goal.to === 'unlink') return method === undefined;
  if (!state.rules.linkable.includes(provider)) return true;
  // What else is linked there is replaced by it.
  const wanted = goal.to === 'link an address' ? cast.addresses[goal.address] : `昵称${goal.who}`;
  return method?.display === wanted;
}

/** The newest of what there is. */
export function newest(labels: Iterable<Label>, isIt: (label: Label) => boolean): Label | undefined {
  return [...labels].findLast(isIt);
}

interface How {
  readonly fate: Fate;
  /** Waits for an interval to pass, before asking again. */
  readonly isPatient: boolean;
}

/** What is next on the way there. */
export function nextStep(goal: Goal, browser: string, sequence: Sequence, how: How): Command | Happening {
  const { state } = sequence;
  const signedIn = signedInBy(state, jarOf(state, browser));
  if (goal.to === 'enter') return enter(state, browser, goal, how);
  if (goal.to === 'enter by email') return enterByEmail(goal.address, browser, sequence, how);
  if (goal.to === 'undo') return undo(browser, goal, sequence, how);
  const home = { by: 'qq', who: browser === 'one' ? 'anna' : 'bob' } as const;
  if (signedIn === undefined) return enter(state, browser, home, how);
  return change(goal, browser, signedIn, sequence, how);
}

/** Who comes back from a provider: as with a message, it may go wrong. */
function scanned(who: string, { fate }: How): string | null {
  if (fate === 'refused') return null;
  return fate === 'accepted' ? who : 'nobody';
}

function enter(
  state: State,
  browser: string,
  { by, who }: { readonly by: OAuthProvider; readonly who: string },
  how: How,
): Command {
  const { token } = jarOf(state, browser);
  const flow = newest(Object.keys(state.flows), (label) => {
    const found = state.flows[label];
    return found?.intent === 'sign_in' && found.provider === by && isReady(state, label, token);
  });
  if (flow === undefined) return { browser, ask: 'GET /sign-in', provider: by };
  return { browser, ask: 'GET /oauth', at: by, flow, who: scanned(who, how) };
}

function isReady(state: State, label: Label, token: Label | undefined): boolean {
  const flow = state.flows[label];
  return flow !== undefined && !flow.isUsed && flow.expiresAt > state.now && flow.token === token;
}

function enterByEmail(
  of: number,
  browser: string,
  { state, cast, translation }: Sequence,
  { fate, isPatient }: How,
): Command | Happening {
  const email = cast.addresses[of] ?? '';
  const signIn = newest(translation.signIns.keys(), (label) => {
    const found = state.signIns[label];
    return found?.address === email && found.expiresAt > state.now;
  });
  const code = signIn === undefined ? undefined : state.signIns[signIn]?.code?.label;
  if (signIn !== undefined && code === undefined && isPatient)
    return { browser, ask: 'the stream', signIn, fate };
  if (signIn === undefined || code === undefined)
    return { browser, ask: 'POST /sign-in/email/send', address: email };
  return { browser, ask: 'POST /sign-in/email', signIn, guess: code };
}

const CHANGES: readonly Notice['type'][] = ['linked', 'unlinked', 'replaced'];

function undo(
  browser: string,
  { by, only }: Extract<Goal, { to: 'undo' }>,
  { state, translation }: Sequence,
  { fate, isPatient }: How,
): Command | Happening {
  const isChange = (label: Label) => {
    const { type, isPutBack } = state.notices[label] ?? {};
    return type !== undefined && CHANGES.includes(type) && !isPutBack;
  };
  const known = translation.notices.keys();
  const notice = newest(known, isChange) ?? newest(known, () => true) ?? 'no notice';
  const link = { notice, by } as const;
  const { account = '', confirmedAt, told } = state.notices[notice] ?? {};
  if (by === 'mail' && told === undefined && isPatient) return { happens: 'a notice goes out', notice };
  if (confirmedAt === undefined && only === undefined) return { browser, ask: 'POST /undo', ...link };
  const { check, resendAt } = challengeOf(state, account, keyOfLink(link));
  if (check?.session === boundTo(link) && check.code && check.code.expiresAt > state.now)
    return { browser, ask: 'POST /undo/restore', ...link, guess: check.code.label, ...(only && { only }) };
  const { sms: again = 0 } = resendAt;
  if (isPatient && again > state.now) return { happens: 'time passes', seconds: again - state.now };
  return { browser, ask: 'POST /undo/code', ...link, fate };
}

function change(
  goal: Change,
  browser: string,
  signedIn: SignedIn,
  { state, cast }: Sequence,
  how: How,
): Command | Happening {
  const { accountId, label, session } = signedIn;
  const { fate, isPatient } = how;
  const purpose = purposeOf(goal, state, accountId);
  const { check, resendAt, mailResendAt } = challengeOf(state, accountId, checkKey(signedIn, purpose));
  const own = check?.session === label ? check : undefined;
  const waiting = (until = 0): Happening | undefined =>
    isPatient && until > state.now ? { happens: 'time passes', seconds: until - state.now } : undefined;

  if (own?.code && own.code.expiresAt > state.now)
    return { browser, ask: 'POST /otp/verify', purpose, guess: own.code.label };
  if ((own?.verifiedUntil ?? 0) <= state.now)
    return waiting(resendAt.sms) ?? { browser, ask: 'POST /otp/send', purpose, fate };
  if (goal.to === 'unlink') return { browser, ask: 'DELETE /links', provider: goal.provider };
  if (goal.to === 'clear') return { browser, ask: 'POST /links/clear', provider: goal.provider };
  if (goal.to === 'be alone') return { browser, ask: 'POST /account/only' };
  if (goal.to === 'choose') return { browser, ask: 'PUT /account/preferences', chosen: goal.chosen };
  if (goal.to === 'link an address') {
    const mail = own?.mail;
    if (mail && mail.expiresAt > state.now)
      return { browser, ask: 'POST /links/email', address: mail.address, guess: mail.label };
    const email = cast.addresses[goal.address] ?? '';
    return waiting(mailResendAt[email]) ?? { browser, ask: 'POST /links/email/send', address: email, fate };
  }
  const { flow } = session.lastFlow ?? {};
  const { token } = jarOf(state, browser);
  const isBegun =
    flow !== undefined && state.flows[flow]?.provider === goal.by && isReady(state, flow, token);
  // Who is impatient opens another window.
  if (isBegun && isPatient)
    return { browser, ask: 'GET /oauth', at: goal.by, flow, who: scanned(goal.who, how) };
  return { browser, ask: 'POST /links', provider: goal.by };
}
