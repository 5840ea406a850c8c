import { useEffect, useState } from 'react';
import { loadDeviceParser, type ParseDevice } from './load.ts';

/** The parser of user agents; null until it is loaded. */
export function useDeviceParser(): ParseDevice | null {
  const [parse, setParse] = useState<ParseDevice | null>(null);
  useEffect(() => {
    let shown = true;
    void loadDeviceParser().then((loaded) => {
      if (shown) setParse(() => loaded);
    });
    return () => {
      shown = false;
    };
  }, []);
  return parse;
}
