import { useEffect, useState } from 'react';
import { takeUndoToken } from './undo-token.ts';

/** The token of the link; another one where another link is opened in this tab, which is no new page to the browser. */
export function useUndoToken(): string | null {
  const [token, setToken] = useState(takeUndoToken);
  useEffect(() => {
    const take = () => setToken(takeUndoToken());
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  return token;
}
