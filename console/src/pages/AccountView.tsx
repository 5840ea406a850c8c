import type { Client } from '../../../client/src/client.ts';
import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { HistoryCard } from '../history/HistoryCard.tsx';
import { historyRevision } from '../history/revision.ts';
import { AccountLinking } from '../linking/AccountLinking.tsx';
import { ProbationNotice } from '../linking/ProbationNotice.tsx';
import { canKeepOnly } from '../linking/row-actions.ts';
import { useFrozenUntil } from '../linking/use-frozen.ts';
import { useLinking } from '../linking/use-linking.ts';
import type { Probation } from '../linking/use-probation.ts';
import { NoticesCard } from '../notices/NoticesCard.tsx';
import { ExportCard } from '../own/ExportCard.tsx';
import { PreferencesCard } from '../own/PreferencesCard.tsx';
import { sessionsRevision } from '../sessions/revision.ts';
import { SessionsCard } from '../sessions/SessionsCard.tsx';
import type { Farewell } from '../state/router.ts';
import type { AccountStore } from '../state/use-account.ts';
import { useHint } from '../state/use-hint.ts';
import { useWords } from '../texts/words.tsx';
import { BasicInformation } from './BasicInformation.tsx';

export interface AccountViewProps {
  readonly client: Client;
  readonly clock: ServerClock;
  readonly store: AccountStore;
  /** What `store` holds, once it does. */
  readonly account: AccountAnswer;
  readonly probation: Probation | undefined;
  readonly probationSeconds: number;
  readonly onSignedOut: (farewell: Farewell) => void;
  /** Ends this session. */
  readonly onSignOut: () => void;
  readonly onSignOutEverywhere: () => void;
}

/**
 * The account, once it is there: what has to be looked at first, who this is, the ways in, what its owner has chosen and can take along; and
 * last what comes later and grows, so that nothing below it jumps: where it is signed in, and what happened.
 */
export function AccountView(props: AccountViewProps) {
  const { client, clock, store, account, probation, probationSeconds, onSignedOut } = props;
  const { t } = useWords();
  const hint = useHint();
  const frozenUntil = useFrozenUntil(account, clock);
  const linking = useLinking({ client, clock, store, probationSeconds, hint });
  return (
    <>
      {probation ? <ProbationNotice probation={probation} /> : null}
      <NoticesCard
        client={client}
        store={store}
        account={account}
        blockedBy={probation}
        onKeepOnly={canKeepOnly(account) ? () => linking.open('only') : null}
        onDisowned={onSignedOut}
      />
      <BasicInformation account={account} />
      <section className="card" aria-labelledby="methods-title">
        <h2 id="methods-title" className="card__title">
          {t('methods.title')}
        </h2>
        <p className="card__hint">{t('methods.hint')}</p>
        <AccountLinking
          clock={clock}
          account={account}
          linking={linking}
          probation={probation}
          onSignedOut={() => onSignedOut({ notice: 'signed_out' })}
        />
      </section>
      <SessionsCard
        client={client}
        revision={sessionsRevision(account)}
        isLeaving={store.isLeaving}
        onSignOut={props.onSignOut}
        onSignOutEverywhere={props.onSignOutEverywhere}
        blockedBy={probation}
      />
      <PreferencesCard account={account} linking={linking} probation={probation} frozenUntil={frozenUntil} />
      <ExportCard linking={linking} probation={probation} frozenUntil={frozenUntil} />
      <HistoryCard client={client} revision={historyRevision(account)} isLeaving={store.isLeaving} />
    </>
  );
}
