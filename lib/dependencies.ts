import { readSettings, type SecretName, SettingsError } from './config.ts';
import { type CoreDependencies, createHandler, type HttpHandler, type Route } from './http/route.ts';
import { systemRandomness } from './linking/secrets.ts';
import { createObserver, describeError } from './observe.ts';
import { readSecrets } from './secret-store.ts';
import { connectTable } from './table/client.ts';

/** What a function needs besides the core: made once a cold start, from the settings and just the secrets it names. */
export interface Needs<Name extends SecretName, Extra> {
  /** All of them, or those that the settings make needed. */
  readonly secrets: readonly Name[] | ((settings: CoreDependencies['settings']) => readonly Name[]);
  readonly create: (settings: CoreDependencies['settings'], secrets: Record<Name, string>) => Extra;
}

export const NOTHING_MORE: Needs<never, object> = { secrets: [], create: () => ({}) };

async function createDependencies<Name extends SecretName, Extra>(
  needs: Needs<Name, Extra>,
): Promise<CoreDependencies & Extra> {
  const settings = readSettings();
  const names = typeof needs.secrets === 'function' ? needs.secrets(settings) : needs.secrets;
  const secrets = await readSecrets(settings.secrets, names);
  return {
    settings,
    table: connectTable({ tableName: settings.TABLE_NAME }),
    clock: Date.now,
    random: systemRandomness,
    observer: createObserver(settings.LOG_LEVEL),
    ...needs.create(settings, secrets),
  };
}

/**
 * Dependencies are made while the function starts, where Lambda gives it a whole processor, and kept. What is wrong with the
 * settings is said at once; a secret store that did not answer is asked again by the next invocation.
 */
export function provide<Name extends SecretName, Extra>(
  needs: Needs<Name, Extra>,
): () => Promise<CoreDependencies & Extra> {
  let made: Promise<CoreDependencies & Extra> | undefined;
  function make(): Promise<CoreDependencies & Extra> {
    const making = createDependencies(needs);
    making.catch((error: unknown) => {
      made = undefined;
      const problems = error instanceof SettingsError ? error.problems : undefined;
      createObserver('ERROR').error('cold start failed', { ...describeError(error), problems });
    });
    return making;
  }
  made = make();
  return () => {
    made ??= make();
    return made;
  };
}

/** Makes a route the handler of a Lambda function. */
export function bind<Name extends SecretName, Extra extends object>(
  route: Route<CoreDependencies & Extra>,
  needs: Needs<Name, Extra>,
): HttpHandler {
  return createHandler(route, provide(needs));
}
