import { record } from './accounts.ts';
import { answered, goOn, type Pending, pending, Refused } from './answers.ts';
import { knownTo, markOfAccount, openSession, ownerAt, tellRefused } from './identities.ts';
import { mayMail, proveMail } from './mail.ts';
import type { Fate } from './sending.ts';
import {
  altered,
  iso,
  type Jar,
  keyOf,
  type Label,
  maskedAddress,
  methodOf,
  type SignIn,
  type State,
} from './state.ts';
import { failuresLeft, requireGuesses, requireInterval, requireRoom, wait } from './windows.ts';

/** How many days' worth of guesses the browsers known to an address have together. */
const BUDGETS_TOGETHER = 5;

const markOf = (address: string) => `address ${address}`;

/** The browser's own budgets at an address, where it has signed in to it before. */
function deviceAt({ device }: Jar, address: string): Label | undefined {
  return device && markOf(address) in device.knows ? device.id : undefined;
}

const everybodys = (address: string) => keyOf('sign-in', address);
const devices = (address: string, device: Label) => keyOf('sign-in', address, device);

function requireSends(state: State, key: string): void {
  const { now, rules } = state;
  const sends = state.sends[key] ?? [];
  const last = sends[0];
  requireInterval(last === undefined ? undefined : last + rules.resend, now);
  requireRoom(sends, now, rules);
}

/** `POST /sign-in/email/send`: the same for an address nobody has. */
export function askForCode(jar: Jar, label: Label, address: string): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const device = deviceAt(jar, address);
    const all = everybodys(address);
    if (device === undefined) {
      requireGuesses(state.failures[all] ?? [], now, rules);
      requireSends(state, all);
    } else {
      requireGuesses(state.failures[devices(address, device)] ?? [], now, rules);
      requireGuesses(state.failures[all] ?? [], now, rules, { budgets: BUDGETS_TOGETHER });
      requireSends(state, devices(address, device));
    }
    const [expiresAt, resendAt] = [now + rules.mailCodeTtl, now + rules.resend];
    const after = altered(state, (draft) => {
      const counted = device === undefined ? [all] : [all, devices(address, device)];
      for (const key of counted) draft.sends[key] = [now, ...(draft.sends[key] ?? [])];
      draft.signIns[label] = { address, attempts: 0, expiresAt, resendAt, ...(device && { device }) };
    });
    const times = { expiresAt: iso(expiresAt), resendAt: iso(resendAt) };
    return answered(after, { status: 202, challengeId: label, sentTo: maskedAddress(address), ...times });
  });
}

const DONE = { failed: 0 };
const FAILED = { failed: 1 };

/** The stream brings what was asked for, once or again: whoever has the address is mailed a code, the newest counts. */
export function mailCode(
  asked: Label,
  address: string,
  expiresAt: number,
  label: Label,
  fate: Fate,
): Pending {
  const failed = (state: State) => answered(state, FAILED);
  const done = (state: State) => answered(state, DONE);
  return pending((state) => {
    const owner = ownerAt(state, 'email', address);
    if (expiresAt <= state.now || owner === undefined || owner.relation === 'sub_account') return done(state);
    const { account, methodId = '' } = owner;
    const store = (wasStopped: boolean) =>
      pending((later) => {
        const signIn = later.signIns[asked];
        if (signIn === undefined || signIn.isForgotten || signIn.expiresAt <= later.now) return done(later);
        const method = methodOf(later, account, 'email');
        // Where it was found to get no mail, it is to be so still.
        const isTry =
          method?.id === methodId && method.mailStoppedAt !== undefined && mayMail(later, method, true);
        if (wasStopped && !isTry) return done(later);
        const stored = altered(later, (draft) => {
          const waiting = draft.signIns[asked];
          if (waiting) waiting.code = { label, account, methodId };
          const tried = methodOf(draft, account, 'email');
          if (wasStopped && tried) tried.mailTriedAt = draft.now;
        });
        return fate === 'refused' ? failed(stored) : done(stored);
      }, failed);
    return goOn(
      state,
      pending((later) => {
        if (later.accounts[account]?.isSub) return done(later);
        const isStopped = methodOf(later, account, 'email')?.mailStoppedAt !== undefined;
        const isKnown = later.signIns[asked]?.device !== undefined;
        return isStopped && !isKnown ? done(later) : goOn(later, store(isStopped));
      }, failed),
    );
  }, failed);
}

/** The windows a guess is judged by, and counted in. */
function windowsOf(state: State, jar: Jar, { address, device }: SignIn) {
  const all = { key: everybodys(address), budgets: 1 };
  const own = device !== undefined && deviceAt(jar, address) === device ? device : undefined;
  const windows =
    own === undefined
      ? [all]
      : [
          { key: devices(address, own), budgets: 1 },
          { ...all, budgets: BUDGETS_TOGETHER },
        ];
  return windows.map((window) => ({ ...window, failures: state.failures[window.key] ?? [] }));
}

/** `POST /sign-in/email` */
export function signInByCode(jar: Jar, asked: Label, label: Label, guess: Label): Pending {
  return pending((state) => {
    const { now, rules } = state;
    const signIn = state.signIns[asked];
    if (signIn === undefined || signIn.expiresAt <= now) throw new Refused('code_expired');
    const { address, attempts, resendAt, code } = signIn;
    const windows = windowsOf(state, jar, signIn);
    for (const { failures, budgets } of windows) requireGuesses(failures, now, rules, { budgets });
    if (attempts >= rules.attempts)
      throw new Refused('too_many_attempts', { retryAfter: wait(resendAt, now) });
    if (code?.label !== guess) return wrong();

    const { account, methodId } = code;
    const owner = ownerAt(state, 'email', address);
    const isSame = owner?.account === account && owner.methodId === methodId;
    if (!isSame || state.accounts[account]?.isSub !== false) throw new Refused('code_expired');
    if (state.accounts[account]?.isSuspended) {
      const { answer } = new Refused('account_suspended');
      const refused = altered(state, (draft) => {
        delete draft.signIns[asked];
        const event = { type: 'refused', provider: 'email', display: maskedAddress(address) } as const;
        record(draft, account, event, 'account_suspended');
      });
      return answered(refused, answer);
    }
    if (methodOf(state, account, 'email')?.isSuspended) {
      const { answer } = new Refused('method_suspended');
      const refused = altered(state, (draft) => {
        delete draft.signIns[asked];
        tellRefused(draft, account, 'email', { by: label });
      });
      return answered(refused, answer);
    }
    const after = altered(state, (draft) => {
      delete draft.signIns[asked];
      openSession(draft, jar, { label, account, provider: 'email', methodId, display: address });
      proveMail(draft, account);
    });
    const known = knownTo(state, jar, label, [markOf(address), markOfAccount(account)]);
    return answered(after, { status: 200, accountId: account }, { session: label, ...known });

    function wrong() {
      const after = altered(state, (draft) => {
        for (const { key, failures } of windows) draft.failures[key] = [now, ...failures];
        const waiting = draft.signIns[asked];
        if (waiting) waiting.attempts += 1;
      });
      const left = windows.map(({ failures, budgets }) =>
        failuresLeft([now, ...failures], now, rules, { budgets }),
      );
      const attemptsLeft = Math.min(rules.attempts - attempts - 1, ...left);
      return answered(after, { status: 422, code: 'code_wrong', attemptsLeft });
    }
  });
}
