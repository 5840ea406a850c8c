import { navigate } from '../state/router.ts';
import { forgetUndoToken } from '../state/undo-token.ts';

/** Going on to the console means being done with the link. */
export function leave(): void {
  forgetUndoToken();
  navigate('/');
}
