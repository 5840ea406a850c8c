import { checkKey, signedInBy } from './accounts.ts';
import type { Command, Happening } from './commands.ts';
import { type CompanyRecord, revisionOf } from './company.ts';
import { type Help, usefulTo } from './desk.ts';
import { type Goal, isReached, newest, nextStep, QQ_PEOPLE, WECHAT_PEOPLE } from './goals.ts';
import type { Chance, Move, Plans } from './moves.ts';
import type { Fate } from './sending.ts';
import type { Sequence } from './sequence.ts';
import { challengeOf, methodOf, PROVIDERS, PURPOSES } from './state.ts';

const of = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];

export function happeningOf({ which, seconds, pick }: Chance, sequence: Sequence): Happening {
  const { cast, state, translation } = sequence;
  const account = of(cast.accounts, pick) ?? '';
  switch (which) {
    case 6:
    case 7: {
      const waiting = Object.keys(state.notices).filter((label) => state.notices[label]?.told === undefined);
      const notice = of(
        waiting.filter((label) => translation.notices.has(label)),
        pick,
      );
      return notice === undefined
        ? { happens: 'time passes', seconds }
        : { happens: 'a notice goes out', notice };
    }
    case 0:
    case 4:
    case 5:
      return { happens: 'the cookies of a browser are copied', from: of(cast.browsers, pick) ?? '' };
    case 1:
      return state.accounts[account] === undefined
        ? { happens: 'time passes', seconds }
        : { happens: 'an account becomes a sub-account', account };
    case 8:
    case 9:
    case 10: {
      const record = companyRecord(sequence, account, pick);
      const label = happeningLabel(sequence);
      return record === undefined
        ? { happens: 'time passes', seconds }
        : { happens: 'the company says', record, label };
    }
    case 11:
    case 12:
    case 13:
    case 14: {
      const label = happeningLabel(sequence);
      return { happens: 'the support desk helps', help: helpFor(sequence, account, pick), label };
    }
    case 15:
    case 16:
    case 17: {
      const address = of(cast.addresses, pick) ?? '';
      const age = pick % 5 === 0 ? seconds : 0;
      return { happens: 'mail comes back', mail: { address, age }, label: happeningLabel(sequence) };
    }
    case 2:
    case 3: {
      const known = cast.people.wechat.get(of(['bob', 'dan', 'sub'], pick) ?? '')?.unionid;
      const fresh = `union-eve-${Object.keys(state.accounts)[0]}`;
      return {
        happens: 'a person gets a unionid',
        who: 'eve',
        as: pick % 2 === 0 ? fresh : (known ?? fresh),
      };
    }
    default:
      return { happens: 'time passes', seconds };
  }
}

/** Mostly what helps somebody; else everybody is signed out, or what is not frozen is to be unfrozen. */
function helpFor({ cast, state }: Pick<Sequence, 'cast' | 'state'>, account: string, pick: number): Help {
  const useful = cast.accounts.flatMap((one) => usefulTo(state, one));
  const others = (['end sessions', 'unfreeze'] as const).map(
    (does): Help => ({ does, account, provider: 'email' }),
  );
  return (pick % 4 > 0 ? of(useful, pick) : undefined) ?? (of(others, pick) as Help);
}

export const COMPANY_CHANGES = [
  'phone',
  'suspend',
  'let in',
  'let in',
  'register',
  'close',
  'old',
  'no phone',
] as const;

/** No two things have one label: what was asked and what happened is logged, each once. */
export const happeningLabel = ({ log }: Pick<Sequence, 'log'>) => `company ${log.length}`;

/** What the company may say of an account as it is; nothing of a sub-account. */
export function companyRecord(
  { cast, state }: Pick<Sequence, 'cast' | 'state'>,
  accountId: string,
  pick: number,
): CompanyRecord | undefined {
  const imported = cast.imported.find((one) => one.accountId === accountId);
  const account = state.accounts[accountId];
  if (imported === undefined || imported.parentId !== undefined || account?.isSub) return undefined;
  const [first, ...links] = imported.methods;
  if (first === undefined) return undefined;
  const what = of(COMPANY_CHANGES, pick) ?? 'let in';
  const revision = (revisionOf(state, accountId) ?? 0) + (what === 'old' ? 0 : 1);
  if (what === 'close') return { accountId, revision, status: 'closed' };
  const { name, phone } = account ?? imported;
  const methods = PROVIDERS.flatMap((provider) => {
    const method = methodOf(state, accountId, provider);
    return method ? [{ provider, method }] : [];
  });
  const wanted = what === 'register' ? 'linked' : 'registered';
  const chosen =
    methods.find(({ method }) => method.relation === wanted) ??
    methods.find(({ method }) => method.relation === 'registered');
  const registered = chosen
    ? {
        provider: chosen.provider,
        subject: chosen.method.subjects.at(-1) ?? '',
        display: chosen.method.display,
      }
    : first;
  const digits = (imported.phone ?? cast.imported[0]?.phone ?? '').slice(0, -1);
  const phones = { phone: `${digits}${3 + (pick % 5)}`, 'no phone': null };
  return {
    accountId,
    revision,
    status: what === 'suspend' ? 'suspended' : 'active',
    name,
    phone: what === 'phone' || what === 'no phone' ? phones[what] : phone,
    registered,
    links: links.filter(({ provider }) => provider !== registered.provider),
  };
}

/** What a move comes to as things are. */
export function settled(next: Move, sequence: Sequence, wishes: readonly Wish[][]): Command | Happening {
  const at = of(sequence.cast.browsers, next.browser) ?? '';
  switch (next.kind) {
    case 'on':
      return nextStep(goalOf(wishes[next.browser] ?? [], at, sequence), at, sequence, next);
    case 'wrong guess':
      return wrongGuess(at, sequence);
    case 'again':
      return sendAgain(at, next.fate, sequence);
    case 'stray':
      return stray(next, at, sequence);
  }
}

/** What was reached is done with. */
function goalOf(wishes: Wish[], at: string, sequence: Sequence): Goal {
  while (wishes[0] && (wishes[0].stepsLeft === 0 || isReached(wishes[0].goal, at, sequence))) wishes.shift();
  const [wish] = wishes;
  if (wish === undefined) return { to: 'enter', by: 'qq', who: 'anna' };
  wish.stepsLeft -= 1;
  return wish.goal;
}

/** What a browser is after, and for how many steps at most: there may be no way there. */
export interface Wish {
  readonly goal: Goal;
  stepsLeft: number;
}

const STEPS_MAX = 8;

export const wishesOf = (planned: Plans): Wish[][] =>
  planned.map((goals) => goals.map((wish) => ({ goal: wish, stepsLeft: STEPS_MAX })));

const NO_CODE = 'no code';

/** A wrong guess at the code that waits for this session; else at the newest of the sign-ins, which anybody may do. */
function wrongGuess(at: string, { state, translation, cast }: Sequence): Command {
  const signedIn = signedInBy(state, state.jars[at] ?? {});
  for (const purpose of PURPOSES) {
    const check = signedIn && challengeOf(state, signedIn.accountId, checkKey(signedIn, purpose)).check;
    if (check?.session !== signedIn?.label) continue;
    if (check?.mail)
      return { browser: at, ask: 'POST /links/email', address: check.mail.address, guess: NO_CODE };
    if (check?.code) return { browser: at, ask: 'POST /otp/verify', purpose, guess: NO_CODE };
  }
  const signIn = newest(translation.signIns.keys(), (label) => state.signIns[label] !== undefined);
  const [address = ''] = cast.addresses;
  if (signIn === undefined) return { browser: at, ask: 'POST /sign-in/email/send', address };
  return { browser: at, ask: 'POST /sign-in/email', signIn, guess: NO_CODE };
}

/** Another code, for whatever this session has under way. */
function sendAgain(at: string, fate: Fate, { state, cast }: Sequence): Command {
  const signedIn = signedInBy(state, state.jars[at] ?? {});
  for (const purpose of PURPOSES) {
    const check = signedIn && challengeOf(state, signedIn.accountId, checkKey(signedIn, purpose)).check;
    if (check === undefined || check.session !== signedIn?.label) continue;
    if (check.mail) return { browser: at, ask: 'POST /links/email/send', address: check.mail.address, fate };
    if (check.code) return { browser: at, ask: 'POST /otp/send', purpose, fate };
  }
  const [address = ''] = cast.addresses;
  return { browser: at, ask: 'POST /sign-in/email/send', address };
}

/** A request that leads nowhere in particular; what it is about is mostly what was there last. */
function stray(
  { ask, pick, isRight, fate: sending }: Extract<Move, { kind: 'stray' }>,
  at: string,
  { state, cast, translation }: Sequence,
): Command {
  const recent = <T>(list: readonly T[]): T | undefined =>
    list.at(-1 - (pick % Math.min(3, list.length || 1)));
  const purpose = of(PURPOSES, pick) ?? 'link_email';
  const address = of(cast.addresses, pick) ?? '';
  const guess = (isRight ? recent([...translation.codes.keys()]) : undefined) ?? NO_CODE;
  const signIn = recent([...translation.signIns.keys()]) ?? 'no sign-in';
  const notice = recent([...translation.notices.keys()]) ?? 'no notice';
  const link = { notice, by: pick % 4 === 1 ? 'mail' : 'sms' } as const;
  const only = pick % 3 === 0 ? of(PROVIDERS, pick) : undefined;
  const oauth = pick % 4 === 0 ? 'qq' : 'wechat';
  switch (ask) {
    case 'DELETE /sessions/{id}':
      return { browser: at, ask, session: recent(Object.keys(state.sessions)) ?? 'no session' };
    case 'POST /otp/send':
      return { browser: at, ask, purpose, fate: sending };
    case 'POST /otp/verify': {
      const waiting = Object.keys(state.challenges).filter(
        (key) => !key.includes(' restore ') && state.challenges[key]?.check?.code,
      );
      const [, waitingFor = purpose] = (recent(waiting) ?? '').split(' ');
      return { browser: at, ask, purpose: waitingFor as typeof purpose, guess };
    }
    case 'POST /links/email/send':
      return { browser: at, ask, address, fate: sending };
    case 'POST /links/email': {
      const mails = Object.values(state.challenges).flatMap(({ check }) => check?.mail?.address ?? []);
      return { browser: at, ask, address: recent(mails) ?? address, guess };
    }
    case 'POST /links':
    case 'GET /sign-in':
      return { browser: at, ask, provider: oauth };
    case 'PUT /account/preferences':
      return { browser: at, ask, chosen: pick % 2 === 0 ? { notify: 'mail' } : { language: 'en' } };
    case 'DELETE /links':
    case 'POST /links/clear':
      return { browser: at, ask, provider: of(PROVIDERS, pick) ?? 'email' };
    case 'GET /oauth': {
      const flow = recent(Object.keys(state.flows)) ?? 'no flow';
      const provider = isRight ? (state.flows[flow]?.provider ?? oauth) : oauth;
      const who = of([...WECHAT_PEOPLE, ...QQ_PEOPLE, 'nobody', null], pick) ?? null;
      return { browser: at, ask, at: provider, flow, who };
    }
    case 'POST /sign-in/email/send':
      return { browser: at, ask, address };
    case 'POST /sign-in/email':
      return { browser: at, ask, signIn, guess };
    case 'the stream':
      return { browser: at, ask, signIn, fate: sending };
    case 'POST /undo/open': {
      const coded = (isRight ? recent([...translation.undoCodes.keys()]) : undefined) ?? 'no notice';
      const wentTo = state.notices[coded]?.told?.find(({ by }) => by === 'sms')?.to;
      const phone = wentTo ?? of(cast.imported, pick)?.phone ?? cast.imported[0]?.phone ?? '';
      return { browser: at, ask, phone, notice: coded };
    }
    case 'POST /undo/show':
    case 'POST /undo':
      return { browser: at, ask, ...link };
    case 'POST /undo/code':
      return { browser: at, ask, ...link, fate: sending };
    case 'POST /undo/restore':
      return { browser: at, ask, ...link, guess, ...(only && { only }) };
    case 'DELETE /account/notices':
    case 'POST /account/notices/disown':
      return { browser: at, ask, notice };
    default:
      return { browser: at, ask };
  }
}
