const TIMEOUT_MILLIS = 15_000;

const loaded = new Map<string, Promise<void>>();

/**
 * Load another party's script into the page, once. One that does not come is forgotten, so that it can be tried again.
 *
 * @throws Error where it is refused, unreachable or silent for 15 seconds
 */
export function loadScript(url: string, place: Document): Promise<void> {
  const known = loaded.get(url);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = place.createElement('script');
    const fail = () => {
      clearTimeout(timer);
      script.remove();
      loaded.delete(url);
      reject(new Error(`can't load ${url}`));
    };
    const timer = setTimeout(fail, TIMEOUT_MILLIS);
    script.src = url;
    script.async = true;
    script.onload = () => {
      clearTimeout(timer);
      resolve();
    };
    script.onerror = fail;
    place.head.append(script);
  });
  loaded.set(url, loading);
  return loading;
}
