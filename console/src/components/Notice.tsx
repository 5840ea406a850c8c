import type { ReactNode } from 'react';
import { CheckCircleFilledIcon, ErrorCircleFilledIcon, InfoCircleFilledIcon } from 'tdesign-icons-react';

const ICONS = {
  info: InfoCircleFilledIcon,
  success: CheckCircleFilledIcon,
  warning: ErrorCircleFilledIcon,
  error: ErrorCircleFilledIcon,
};

export interface NoticeProps {
  readonly theme: keyof typeof ICONS;
  readonly title: ReactNode;
  readonly children?: ReactNode;
}

/** A message in its own box. An error interrupts a screen reader, the others wait for it. */
export function Notice({ theme, title, children }: NoticeProps) {
  const Icon = ICONS[theme];
  return (
    <div className={`notice notice--${theme}`} role={theme === 'error' ? 'alert' : 'status'}>
      <Icon className="notice__icon" aria-hidden />
      <div className="notice__text">
        <div className="notice__title">{title}</div>
        {children ? <div className="notice__body">{children}</div> : null}
      </div>
    </div>
  );
}
