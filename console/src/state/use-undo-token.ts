import { useEffect, useState } from 'react';
import { keepUndoToken, takeUndoToken } from './undo-token.ts';

/** The token of the link; another one where another link is opened or pasted in this tab, which is no new page to the browser. */
export function useUndoToken(): readonly [token: string | null, setToken: (token: string) => void] {
  const [token, setToken] = useState(takeUndoToken);
  useEffect(() => {
    const take = () => setToken(takeUndoToken());
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  const take = (pasted: string) => {
    keepUndoToken(pasted);
    setToken(pasted);
  };
  return [token, take];
}
