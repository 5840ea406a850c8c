import { useId } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../texts/words.tsx';
import type { OwnCardProps } from './PreferencesCard.tsx';

/** 我的数据: all that is kept of the account, as a file, once the identity is checked. */
export function ExportCard({ linking, probation, frozenUntil }: Omit<OwnCardProps, 'account'>) {
  const { t } = useWords();
  const frozenId = useId();
  const frozen =
    frozenUntil === null ? undefined : { id: frozenId, reason: t('frozen.export', { until: frozenUntil }) };
  return (
    <section className="card" aria-labelledby="export-title">
      <h2 id="export-title" className="card__title">
        {t('export.title')}
      </h2>
      <p className="card__hint">{t('export.hint')}</p>
      {frozen ? (
        <p id={frozen.id} className="card__hint">
          {frozen.reason}
        </p>
      ) : null}
      <div className="card__action" data-opens="export" tabIndex={-1}>
        <ActionButton look="outline" onClick={() => linking.open('export')} blockedBy={probation ?? frozen}>
          {t('methods.export_label')}
        </ActionButton>
      </div>
    </section>
  );
}
