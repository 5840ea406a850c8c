import { useEffect, useRef, useState } from 'react';
import type { ServerClock } from '../../../client/src/clock.ts';
import { useCountdown } from '../state/use-countdown.ts';
import { useWords } from '../texts/words.tsx';
import { ActionButton } from './ActionButton.tsx';

export interface SendCodeProps {
  readonly clock: ServerClock;
  /** From when on another code can be sent; null before the first one. */
  readonly resendAt: string | null;
  readonly onSend: () => void;
  readonly disabled: boolean;
  readonly slow: boolean;
  readonly focusFirst?: boolean;
}

/** 发送验证码, with the countdown until it can be pressed again. */
export function SendCode({ clock, resendAt, onSend, disabled, slow, focusFirst = false }: SendCodeProps) {
  const { t } = useWords();
  const left = useCountdown(resendAt, clock);
  const counting = left > 0;

  // Said once when the wait is over: a countdown that is read aloud every second helps nobody.
  const counted = useRef(counting);
  const [over, setOver] = useState(false);
  useEffect(() => {
    setOver(counted.current && !counting);
    counted.current = counting;
  }, [counting]);

  return (
    <>
      <ActionButton
        className="send-code"
        look="outline"
        onClick={onSend}
        disabled={disabled || counting}
        slow={slow}
        focusFirst={focusFirst}
      >
        {counting ? t('code.wait', { seconds: left }) : t(resendAt ? 'code.resend' : 'code.send')}
      </ActionButton>
      <span className="visually-hidden" role="status">
        {over ? t('code.may_resend') : ''}
      </span>
    </>
  );
}
