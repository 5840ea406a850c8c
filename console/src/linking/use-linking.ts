import { useCallback, useEffect, useRef, useState } from 'react';
import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer, PreferencesAnswer } from '../../../lib/contract/answers.ts';
import { type Purpose, parsePurpose, type WayIn } from '../../../lib/linking/identity.ts';
import { parsePreferences } from '../own/chosen.ts';
import { purposeSlot } from '../state/memory.ts';
import type { AccountStore } from '../state/use-account.ts';
import { resumedFlow } from './flow-result.ts';
import {
  checkOf,
  findPurpose,
  isLinking,
  isOauth,
  isProvedAnew,
  isReached,
  isVerified,
  mayResume,
  methodOf,
  providerOf,
  replaceMark,
} from './progress.ts';
import { type ProviderFlow, useFlow } from './use-flow.ts';
import { type LinkingRequests, useRequests } from './use-requests.ts';

/** What has come true, for the success dialog. */
export interface Done {
  readonly purpose: Purpose;
  readonly provider: WayIn;
  readonly display: string;
  /** Until when what was linked is on probation; null where it is not. */
  readonly probationUntil: string | null;
  /** It is the same as before, and mail reaches it again. */
  readonly proved: boolean;
  /** Unlinking has ended this very session. */
  readonly signedOut: boolean;
}

export interface Linking extends LinkingRequests {
  /** What a dialog is open for, or null. */
  readonly purpose: Purpose | null;
  readonly done: Done | null;
  readonly flow: ProviderFlow;
  /** For how long what is linked will be on probation. */
  readonly probationSeconds: number;
  /** The identity check of this purpose has been passed since the dialog was opened. */
  readonly wasVerified: boolean;
  /** What is to be saved, as long as a dialog is open for it. */
  readonly chosen: PreferencesAnswer | null;
  /** @param chosen the preferences that are to be, as one word; nothing for any other purpose */
  readonly open: (purpose: Purpose, chosen?: string) => void;
  readonly close: () => void;
}

export interface LinkingOptions {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly store: AccountStore;
  /** What `PROBATION_SECONDS` of the service is. */
  readonly probationSeconds: number;
  /** How a visit to the provider in this tab ended, where only the URL told. */
  readonly hint?: string | undefined;
  /** The page of this origin where visits to a provider end; the service's own choice without. */
  readonly resultPage?: string | undefined;
}

const NOTHING_LINKED = { display: '', probationUntil: null, proved: false, signedOut: false } as const;

/** Everything the linking dialogs do, apart from how they look. */
export function useLinking({
  client,
  clock,
  store,
  probationSeconds,
  hint,
  resultPage,
}: LinkingOptions): Linking {
  const { account } = store;
  const [purpose, setPurpose] = useState<Purpose | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const [wasVerified, setWasVerified] = useState(false);
  /** A dialog was closed while it waited for an answer: if that comes, it is told all the same. */
  const [left, setLeft] = useState<Purpose | null>(null);
  const acting = useRef<Purpose | null>(null);
  const shown = useRef<Purpose | null>(null);
  shown.current = purpose;
  const display = useRef('');
  /** What tells that a purpose is reached: the `replaceMark` of what is to be replaced; the preferences that are to be. */
  const before = useRef<string | null>(null);
  const at = purpose && isLinking(purpose) ? parsePurpose(purpose).provider : undefined;
  const scanned = isOauth(at) ? at : null;
  const flow = useFlow(client, store, scanned, resultPage);
  const { reset, abandon } = flow;

  const begin = useCallback((next: Purpose, from: AccountAnswer, since: string | null) => {
    display.current = methodOf(from, providerOf(from, next))?.display ?? '';
    before.current = since;
    setPurpose(next);
    setDone(null);
    setLeft(null);
    setWasVerified(false);
    purposeSlot.set(since === null ? next : `${next} ${since}`);
  }, []);

  const open = useCallback(
    (next: Purpose, chosen?: string) => {
      if (!account) return;
      reset({ phase: 'ready' });
      begin(next, account, chosen ?? replaceMark(methodOf(account, providerOf(account, next))));
    },
    [account, begin, reset],
  );

  const close = useCallback(() => {
    abandon();
    setLeft(acting.current);
    setPurpose(null);
    setDone(null);
    purposeSlot.set(null);
  }, [abandon]);

  // Once, when the account is there: go on with the dialog that was open before a reload.
  const resumed = useRef(false);
  useEffect(() => {
    if (!account || resumed.current) return;
    resumed.current = true;
    const [text = null, since = null] = purposeSlot.get()?.split(' ') ?? [];
    const remembered = findPurpose(text);
    if (!remembered || !mayResume(account, remembered, since)) return purposeSlot.set(null);
    const { provider: of } = parsePurpose(remembered);
    if (isLinking(remembered) && isOauth(of)) reset(resumedFlow(account, of, hint));
    begin(remembered, account, since);
  }, [account, begin, reset, hint]);

  useEffect(() => {
    const goal = purpose ?? left;
    if (!account || !goal || done || !isReached(account, goal, before.current)) return;
    const { action } = parsePurpose(goal);
    const of = providerOf(account, goal);
    const now = methodOf(account, of);
    const linked = isLinking(goal);
    const proved = action === 'replace' && isProvedAnew(now, before.current);
    const ends = action === 'unlink' || (action === 'replace' && !proved);
    setLeft(null);
    setDone({
      purpose: goal,
      provider: of,
      display: (linked ? now?.display : display.current) ?? '',
      probationUntil: linked && now?.state === 'probation' ? now.stateUntil : null,
      proved,
      signedOut: ends && account.session.openedBy === of,
    });
    purposeSlot.set(null);
    abandon();
  }, [account, purpose, left, done, abandon]);

  useEffect(() => {
    if (account && purpose && isVerified(checkOf(account, purpose), clock.now())) setWasVerified(true);
  }, [account, purpose, clock]);

  const underWay = useCallback(async <T>(goal: Purpose, work: () => Promise<T>): Promise<T> => {
    acting.current = goal;
    try {
      return await work();
    } catch (error) {
      // It has not come true, and what comes true later is none of its doing.
      setLeft(null);
      throw error;
    } finally {
      acting.current = null;
    }
  }, []);

  const onExported = useCallback(() => {
    if (account) setDone({ purpose: 'export', provider: account.session.openedBy, ...NOTHING_LINKED });
    purposeSlot.set(null);
  }, [account]);

  const requests = useRequests({ client, clock, store, purpose, before, shown, underWay, onExported });
  return {
    purpose,
    done,
    flow,
    probationSeconds,
    wasVerified,
    chosen: purpose === 'preferences' ? parsePreferences(before.current) : null,
    open,
    close,
    ...requests,
  };
}
