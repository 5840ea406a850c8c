import type { ReactNode, Ref } from 'react';
import { Button } from 'tdesign-react/es/button';

/** Why something can't be done, and the `id` of the element that says so to everybody. */
export interface Block {
  readonly reason: string;
  readonly id: string;
}

export interface ActionButtonProps {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  readonly look?: keyof typeof LOOKS;
  readonly size?: 'small' | 'medium' | 'large';
  readonly disabled?: boolean;
  /** Show that it is being done. */
  readonly slow?: boolean;
  readonly block?: boolean;
  /** The accessible name, where the visible text says too little out of its place. */
  readonly label?: string;
  /** Why it can't be pressed: shown to a pointer, and told to a screen reader. */
  readonly blockedBy?: Block | undefined;
  /** Take the focus when the dialog around it opens. */
  readonly focusFirst?: boolean;
  readonly className?: string;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

const LOOKS = {
  primary: { theme: 'primary', variant: 'base' },
  default: { theme: 'default', variant: 'base' },
  danger: { theme: 'danger', variant: 'base' },
  text: { theme: 'primary', variant: 'text' },
  outline: { theme: 'default', variant: 'outline' },
  'danger-outline': { theme: 'danger', variant: 'outline' },
} as const;

/** TDesign's button. Always a real `button`: by itself it turns into a `div` when disabled. */
export function ActionButton(props: ActionButtonProps) {
  const { children, onClick, type = 'button', look = 'default', slow = false } = props;
  return (
    <Button
      tag="button"
      type={type}
      {...LOOKS[look]}
      size={props.size ?? 'medium'}
      block={props.block ?? false}
      disabled={props.disabled === true || props.blockedBy !== undefined}
      loading={slow}
      aria-busy={slow}
      {...(props.label ? { 'aria-label': props.label } : {})}
      {...(props.blockedBy ? { title: props.blockedBy.reason, 'aria-describedby': props.blockedBy.id } : {})}
      {...(props.focusFirst ? { 'data-focus-first': '' } : {})}
      {...(props.className ? { className: props.className } : {})}
      {...(onClick ? { onClick } : {})}
      {...(props.buttonRef ? { ref: props.buttonRef } : {})}
    >
      {children}
    </Button>
  );
}
