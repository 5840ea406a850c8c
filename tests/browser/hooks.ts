import { afterAll, beforeAll } from '@jest/globals';
import { type Browser, launchBrowser, startLocalWorld, type World } from './support.ts';

/** What the tests of a file share; read it inside a test only. */
export interface Shared {
  readonly world: World;
  readonly browser: Browser;
}

/**
 * One local world and one browser for all tests of a file.
 *
 * @param prepare what the world needs first; its settings
 */
export function shareWorld(
  prepare: () => Record<string, string> | Promise<Record<string, string>> = () => ({}),
): Shared {
  let shared: Shared | undefined;
  beforeAll(async () => {
    const settings = await prepare();
    const [world, browser] = await Promise.all([startLocalWorld(settings), launchBrowser()]);
    shared = { world, browser };
  });
  afterAll(async () => {
    await shared?.browser.close();
    await shared?.world.stop();
  });
  const there = () => {
    if (!shared) throw new Error('there is no world before the first test');
    return shared;
  };
  return {
    get world() {
      return there().world;
    },
    get browser() {
      return there().browser;
    },
  };
}
