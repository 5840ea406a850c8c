import { getParser } from 'bowser';

/** A browser and its system, by names that people know; null where it does not say, or says nothing known. */
export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
}

/** How bowser calls them, and how they are shown. */
const BROWSERS: Readonly<Record<string, string>> = {
  'Android Browser': 'Android Browser',
  Brave: 'Brave',
  Chrome: 'Chrome',
  Chromium: 'Chromium',
  Electron: 'Electron',
  Firefox: 'Firefox',
  'HeyTap Browser': 'HeyTap Browser',
  'Internet Explorer': 'Internet Explorer',
  'Microsoft Edge': 'Edge',
  Miui: 'Mi Browser',
  Opera: 'Opera',
  'QQ Browser': 'QQ Browser',
  Safari: 'Safari',
  'Samsung Internet for Android': 'Samsung Internet',
  'Sogou Browser': 'Sogou Browser',
  'UC Browser': 'UC Browser',
  Vivaldi: 'Vivaldi',
  'Vivo Browser': 'vivo Browser',
  WeChat: 'WeChat',
  'Yandex Browser': 'Yandex Browser',
};

const SYSTEMS: readonly string[] = ['Android', 'Chrome OS', 'HarmonyOS', 'iOS', 'Linux', 'macOS', 'Windows'];
const APPLE_MODELS: readonly string[] = ['iPhone', 'iPad'];

/**
 * Read a `User-Agent`. Anybody can send any text as one, so nothing of it is repeated: only names from lists of known
 * ones come out. Versions are left out, because browsers have frozen or made up those of systems, and change their own
 * every month.
 */
export function parseDevice(userAgent: string): Device {
  // The parser throws on an empty one.
  const parser = getParser(userAgent || ' ');
  const { model } = parser.getPlatform();
  const name = parser.getBrowserName();
  const system = parser.getOSName();
  return {
    browser: Object.hasOwn(BROWSERS, name) ? (BROWSERS[name] ?? null) : null,
    system: model && APPLE_MODELS.includes(model) ? model : SYSTEMS.includes(system) ? system : null,
  };
}
