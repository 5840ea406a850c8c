import type { ServerClock } from '../../../client/src/clock.ts';
import type { AccountAnswer } from '../../../lib/contract/answers.ts';
import { type Purpose, parsePurpose, type WayIn } from '../../../lib/linking/identity.ts';
import { FlowSteps } from '../components/FlowSteps.tsx';
import { useWords } from '../texts/words.tsx';
import { isLinking, isOauth } from './progress.ts';
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
  const { provider } = parsePurpose(purpose);
  const second = (of: WayIn) =>
    isOauth(of) ? t('steps.oauth', { provider: providerName(of) }) : t('steps.email');
  const names = [
    t('steps.check'),
    ...(isLinking(purpose) && provider ? [second(provider)] : []),
    t('steps.done'),
  ];
  return <FlowSteps names={names} current={current} />;
}
