import { type RefObject, useCallback } from 'react';
import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import { Failure } from '../../../client/src/failure.ts';
import type { AccountAnswer, SentAnswer } from '../../../lib/contract/answers.ts';
import { type Purpose, parsePurpose } from '../../../lib/linking/identity.ts';
import { parsePreferences } from '../own/chosen.ts';
import { saveFile } from '../own/save-file.ts';
import type { AccountStore } from '../state/use-account.ts';
import {
  afterCleared,
  afterMailSent,
  afterMethodChange,
  afterOnlyKept,
  afterPreferencesSet,
  afterSmsSent,
  afterUnlinked,
  afterVerified,
  afterWrongCode,
  checkOf,
  isLinking,
  isReached,
  isVerified,
} from './progress.ts';

/** The requests of the dialogs. Each rejects with a {@link Failure}, after the account was read anew. */
export interface LinkingRequests {
  readonly sendCheckCode: () => Promise<SentAnswer | undefined>;
  /** @param goOn called when the check has been passed and a provider is next */
  readonly verify: (code: string, goOn?: () => Promise<void>) => Promise<void>;
  /** Does what the passed check is for. Linking does nothing yet: it has dialogs to come. */
  readonly finish: () => Promise<void>;
  readonly sendEmailCode: (email: string) => Promise<SentAnswer | undefined>;
  readonly linkEmail: (email: string, code: string) => Promise<void>;
}

export interface RequestOptions {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly store: AccountStore;
  /** What they are made for; without it they do nothing. */
  readonly purpose: Purpose | null;
  /** The `replaceMark` of what is to be replaced, or the preferences that are to be. */
  readonly before: RefObject<string | null>;
  /** What a dialog is open for as of now; null once it has been closed, whatever was going on in it. */
  readonly shown: RefObject<Purpose | null>;
  /** Does what a dialog is for: it will be done, whether or not the dialog is still there. */
  readonly underWay: <T>(goal: Purpose, work: () => Promise<T>) => Promise<T>;
  /** The account's data has come, which the account itself does not show. */
  readonly onExported: () => void;
}

/** What the dialogs ask of the service, and what each answer changes in the account. */
export function useRequests({
  client,
  clock,
  store,
  purpose,
  before,
  shown,
  underWay,
  onExported,
}: RequestOptions): LinkingRequests {
  const { account, reload, change, leave } = store;

  /** The account tells what a failed request has really done: a lost answer may hide a success. */
  const attempt = useCallback(
    async <T>(
      request: () => Promise<T>,
      succeeded: (fresh: AccountAnswer) => boolean,
    ): Promise<T | undefined> => {
      try {
        return await request();
      } catch (error) {
        if (error instanceof Failure && error.code === 'code_wrong' && purpose) {
          change((current) => afterWrongCode(current, purpose, error.attemptsLeft));
        } else {
          const fresh = await reload();
          if (fresh && succeeded(fresh)) return undefined;
        }
        throw error;
      }
    },
    [purpose, reload, change],
  );

  const sendCheckCode = useCallback(async () => {
    if (!purpose) return undefined;
    const sent = await attempt(
      () => client.sendIdentityCheck({ purpose }),
      () => false,
    );
    if (sent) change((current) => afterSmsSent(current, purpose, sent));
    return sent;
  }, [purpose, client, attempt, change]);

  /** Does what the dialog is for. */
  const act = useCallback(
    <T>(goal: Purpose, request: () => Promise<T>): Promise<T | undefined> =>
      underWay(goal, () => attempt(request, (fresh) => isReached(fresh, goal, before.current))),
    [attempt, before, underWay],
  );

  const finish = useCallback(async () => {
    if (!purpose) return;
    const { action, provider: of } = parsePurpose(purpose);
    const request = <T>(work: () => Promise<T>) => act(purpose, work);
    if (action === 'only') {
      const kept = await request(client.keepOnly);
      if (kept) change((current) => afterOnlyKept(current, kept.methods));
    } else if (action === 'clear') {
      await request(() => client.clearMethod({ provider: of }));
      change((current) => afterCleared(current, of));
    } else if (action === 'preferences') {
      const { language, notify } = parsePreferences(before.current) ?? {};
      const saved = await request(() => client.setPreferences({ language: language ?? undefined, notify }));
      if (saved) change((current) => afterPreferencesSet(current, saved));
    } else if (action === 'export') {
      const data = await request(client.exportAccount);
      if (data === undefined || shown.current !== purpose) return;
      saveFile(`account-${account?.accountId}.json`, `${JSON.stringify(data, null, 2)}\n`);
      onExported();
    } else if (action === 'unlink') {
      const endsThis = account?.session.openedBy === of;
      await request(() =>
        endsThis ? leave(() => client.unlink({ provider: of })) : client.unlink({ provider: of }),
      );
      change((current) => afterUnlinked(current, of));
    }
  }, [account, purpose, before, shown, client, act, change, leave, onExported]);

  const verify = useCallback(
    async (code: string, goOn?: () => Promise<void>) => {
      if (!purpose) return;
      const verified = await attempt(
        () => client.verifyIdentityCheck({ purpose, code }),
        (fresh) => isVerified(checkOf(fresh, purpose), clock.now()),
      );
      if (verified) change((current) => afterVerified(current, purpose, verified.verifiedUntil));
      // Who has closed the dialog has changed their mind: the check is passed, and nothing more is done.
      if (shown.current !== purpose) return;
      if (!isLinking(purpose)) await finish();
      else await goOn?.();
    },
    [purpose, shown, client, clock, attempt, change, finish],
  );

  const sendEmailCode = useCallback(
    async (email: string) => {
      if (!purpose) return undefined;
      const sent = await attempt(
        () => client.sendLinkEmailCode({ email }),
        () => false,
      );
      if (sent) change((current) => afterMailSent(current, purpose, sent));
      return sent;
    },
    [purpose, client, attempt, change],
  );

  const linkEmail = useCallback(
    async (email: string, code: string) => {
      if (!purpose) return;
      const linked = await act(purpose, () => client.linkEmail({ email, code }));
      if (linked) change((current) => afterMethodChange(current, purpose, linked.method));
    },
    [purpose, client, act, change],
  );

  return { sendCheckCode, verify, finish, sendEmailCode, linkEmail };
}
