import type { ReactNode } from 'react';

export interface FieldMessageProps {
  readonly id: string;
  readonly error: { readonly title: string; readonly next?: string } | null;
  /** What is said counts down, and is not to be read aloud each time it changes. */
  readonly quiet?: boolean;
  /** What to say while nothing is wrong. */
  readonly children: ReactNode;
}

/** The line under a form's fields. Its place is kept, so that nothing jumps when it speaks. */
export function FieldMessage({ id, error, quiet = false, children }: FieldMessageProps) {
  return (
    <div id={id} className="field-message">
      <div role="alert" className="field-message__error">
        {error ? (
          <>
            <strong>{error.title}</strong> {error.next ? <span>{error.next}</span> : null}
          </>
        ) : null}
      </div>
      <div {...(quiet ? {} : { role: 'status' })}>{error ? null : children}</div>
    </div>
  );
}
