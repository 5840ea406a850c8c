import { Steps } from 'tdesign-react/es/steps';
import { useWords } from '../texts/words.tsx';

export interface FlowStepsProps {
  readonly names: readonly string[];
  /** Index into `names`. */
  readonly current: number;
}

/** Where in the flow a dialog is. */
export function FlowSteps({ names, current }: FlowStepsProps) {
  const { t } = useWords();
  return (
    <div className="flow-steps">
      <p className="visually-hidden">
        {t('steps.current', { step: current + 1, count: names.length, name: names[current] ?? '' })}
      </p>
      <div aria-hidden>
        <Steps readOnly current={current}>
          {names.map((name) => (
            <Steps.StepItem key={name} title={name} />
          ))}
        </Steps>
      </div>
    </div>
  );
}
