import type { MouseEvent } from 'react';

/** The second click of a double click must not press what has just appeared under the pointer. For `onClickCapture` around it. */
export function swallowSecondClick(event: MouseEvent): void {
  if (event.detail > 1 && (event.target as Element).closest('button')) {
    event.preventDefault();
    event.stopPropagation();
  }
}
