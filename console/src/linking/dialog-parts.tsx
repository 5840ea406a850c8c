import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { type Provider, type Purpose, parsePurpose } from '../../../lib/linking/identity.ts';
import type { ServerClock } from '../api/clock.ts';
import { FlowSteps } from '../components/FlowSteps.tsx';
import { useWords } from '../texts/words.tsx';
import { isOauth } from './progress.ts';
import type { Linking } from './use-linking.ts';

/** What every dialog of the linking gets. */
export interface LinkingDialogProps {
  readonly account: AccountAnswer;
  readonly linking: Linking;
  readonly clock: ServerClock;
  readonly purpose: Purpose;
}

/** 身份验证 → 邮箱验证 → 完成, or as the purpose has it. */
export function PurposeSteps({ purpose, current }: { readonly purpose: Purpose; readonly current: number }) {
  const { t, providerName } = useWords();
  const parts = parsePurpose(purpose);
  const second = (provider: Provider) =>
    isOauth(provider) ? t('steps.oauth', { provider: providerName(provider) }) : t('steps.email');
  const names = [
    t('steps.check'),
    ...(parts.action === 'link' ? [second(parts.provider)] : []),
    t('steps.done'),
  ];
  return <FlowSteps names={names} current={current} />;
}
