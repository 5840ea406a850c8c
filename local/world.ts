import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { HostedHumanCheck } from '../console/headers.ts';
import { notMeUrl } from '../lib/linking/notice.ts';
import { connectTable } from '../lib/table/client.ts';
import { invokeFunction, startApi } from './api.ts';
import { consoleBuilt, consoleFolder, serveConsole, startConsoleBuild } from './console.ts';
import { connectionOf, createTable, findJava, localClient, startDynamoDBLocal } from './dynamodb.ts';
import { localBusName, registeredApps, StartError, type WorldEnvironment } from './environment.ts';
import type { Faults } from './faults.ts';
import { importRows } from './import/import-rows.ts';
import { reasonLine } from './import/rejects.ts';
import { readRows } from './import/rows.ts';
import { openSource } from './import/source.ts';
import { tableImporter } from './import/table-importer.ts';
import { createLogin } from './login/login.ts';
import type { Received } from './messages/inbox.ts';
import { startMessagesServer } from './messages/server.ts';
import { registeredTemplates } from './messages/tencent-templates.ts';
import { readPhoneKeys } from './phone-keys.ts';
import { checkPorts, freePort } from './ports.ts';
import type { Child } from './processes.ts';
import { createProvidersServer } from './providers/server.ts';
import { createAssertions } from './sample/assertions.ts';
import { createBackend } from './sample/backend.ts';

export const DEMO_ACCOUNTS = join(import.meta.dirname, 'demo-accounts.jsonl');

/** After so long somebody wonders: they are told what is being waited for. */
const SLOW_MILLISECONDS = 20_000;
const RETRY_MILLISECONDS = 100;
const REQUEST_TIMEOUT_MILLISECONDS = 5_000;

export interface World {
  readonly urls: Readonly<Record<'console' | 'api' | 'inbox' | 'providers' | 'dynamodb', string>>;
  readonly tableName: string;
  /** What the stand-ins are to get wrong. */
  readonly faults: { readonly providers: Faults; readonly sms: Faults };
  /** Settles, with a sentence, when a part ends that nobody has stopped. */
  readonly broken: Promise<string>;
  /** Ends everything that was started. May be called more than once. */
  stop(): Promise<void>;
}

/** What runs, and how to end it: the last to be started first. */
class Parts {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #failure = Promise.withResolvers<string>();
  #stopping: Promise<void> | undefined;

  get broken(): Promise<string> {
    return this.#failure.promise;
  }

  /** A part that comes up when the rest is going down goes down at once. */
  async add(stop: () => Promise<void>): Promise<void> {
    if (!this.#stopping) this.#stops.push(stop);
    else {
      await stop();
      throw new StartError('Stopped while starting.');
    }
  }

  /** A program that has to go on for as long as the world does. */
  async addChild(child: Child): Promise<void> {
    void child.ended.then((how) => {
      if (!this.#stopping) this.#failure.resolve(`${child.name} ended by itself (${how}).\n${child.tail()}`);
    });
    await this.add(child.stop);
  }

  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const stop of this.#stops.reverse()) await stop().catch(() => undefined);
    })();
    return this.#stopping;
  }
}

/** How a start goes, for those who wait for it. */
export interface Progress {
  readonly part: string;
  /** `slow`: it goes on, and `why` says how far it is. */
  readonly phase: 'ready' | 'slow';
  readonly seconds: number;
  readonly why?: string;
}

/** Waits for the parts of one start, and tells how they come along. */
class Starting {
  readonly #begun = Date.now();
  readonly #tell: (progress: Progress) => void;
  readonly over = new AbortController();

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  get #seconds(): number {
    return (Date.now() - this.#begun) / 1000;
  }

  async part<T>(part: string, coming: Promise<T>): Promise<T> {
    const found = await coming;
    this.#tell({ part, phase: 'ready', seconds: this.#seconds });
    return found;
  }

  /** Asks until the answer is right, or the start is over: what can't come up ends by itself, and that is told. */
  async untilAnswering(part: string, url: string, status: number): Promise<void> {
    let nextWord = Date.now() + SLOW_MILLISECONDS;
    while (!this.over.signal.aborted) {
      let why = 'no answer yet';
      try {
        const reply = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS) });
        await reply.body?.cancel();
        if (reply.status === status) return;
        why = `it answers ${reply.status}`;
      } catch {
        // It is not there yet.
      }
      if (Date.now() >= nextWord) {
        this.#tell({ part, phase: 'slow', seconds: this.#seconds, why });
        nextWord += SLOW_MILLISECONDS;
      }
      await wait(RETRY_MILLISECONDS);
    }
  }
}

async function seed({ ports, settings, api }: WorldEnvironment): Promise<void> {
  const endpoint = `http://127.0.0.1:${ports.dynamodb}`;
  const client = localClient(endpoint);
  const table = connectTable({ tableName: settings.TABLE_NAME, connection: connectionOf(client, endpoint) });
  const importer = tableImporter(table, await readPhoneKeys(api));
  const { rows } = await readRows(await openSource(DEMO_ACCOUNTS), 'ndjson');
  const reasons: string[] = [];
  const { failure } = await importRows(rows, importer, {
    onSettled: (row, outcome) => {
      if (typeof outcome === 'object') reasons.push(reasonLine(row, outcome.rejected));
    },
  });
  table.documents.destroy();
  if (failure !== undefined) throw failure;
  if (reasons.length > 0) throw new StartError(`The demo accounts:\n${reasons.join('\n')}`);
}

async function startStore(environment: WorldEnvironment, parts: Parts, isRunning: boolean): Promise<void> {
  const { dynamodb: port } = environment.ports;
  if (!isRunning)
    await startDynamoDBLocal({
      port,
      // Where everything is being stopped, this one is stopped too, and the start fails by that.
      onSpawn: (child) => void parts.addChild(child).catch(() => undefined),
    });
  const client = localClient(`http://127.0.0.1:${port}`);
  await createTable(client, environment.settings.TABLE_NAME);
  client.destroy();
}

/** Whose check the page may have to load; a value that is none is refused by the settings before anything starts. */
function hostedHumanCheck(setting: string | undefined): HostedHumanCheck {
  return setting === 'turnstile' || setting === 'tencent' ? setting : 'off';
}

async function startConsole(
  { ports, settings, api, verbose }: WorldEnvironment,
  parts: Parts,
  { show, builtConsole }: { show: (line: string) => void; builtConsole: string | undefined },
): Promise<void> {
  const folder = builtConsole ?? consoleFolder(ports.console);
  const build = async (what: 'page' | 'element') => {
    const child = startConsoleBuild(what, folder, api, (line) => verbose && show(line));
    await parts.add(child.stop);
    await consoleBuilt(child);
  };
  // One after the other: each takes a second, and half a gigabyte.
  if (builtConsole === undefined) {
    await build('page');
    await build('element');
  }
  const { API_ORIGIN: apiOrigin, TRUSTED_ISSUER: issuer, TRUSTED_AUDIENCE: audience } = settings;
  const assertions = await createAssertions(issuer, audience || apiOrigin);
  const { stop } = await serveConsole(
    ports.console,
    folder,
    { apiOrigin, humanCheck: hostedHumanCheck(api['HUMAN_CHECK']) },
    createBackend(sampleRegistration(ports), assertions),
  );
  await parts.add(stop);
}

/** The sample console as the company's own login knows it. */
const sampleRegistration = ({ console: consolePort, providers }: WorldEnvironment['ports']) => ({
  login: `http://localhost:${providers}/login`,
  clientId: 'sample-console',
  clientSecret: 'local-sample-secret',
  redirectUri: `http://localhost:${consolePort}/sample/callback`,
});

async function startProviders({ ports, settings }: WorldEnvironment) {
  const registration = sampleRegistration(ports);
  return createProvidersServer({
    more: await createLogin(registration.login, registration),
    port: ports.providers,
    audience: 'network',
    apps: registeredApps(settings),
  });
}

/** Lambda waits for a minute or two until it tries again; nobody who tries it out does. */
const RETRY_MAX_SECONDS = 1;

/** What the account at AWS has for numbers of China. */
const SHORT_CODE = '10690000';
/** Set so in Tencent's console: somebody who tries it out gets more than ten messages in a day. */
const MESSAGES_PER_DAY = 1000;

function startMessages({ ports, settings, api, queueDelaySeconds }: WorldEnvironment, lambdaPort: number) {
  const { SMS_PROTECT_CONFIGURATION_ID: protect, SMS_ORIGINATION_IDENTITY: identity } = settings;
  return startMessagesServer({
    port: ports.inbox,
    sms: {
      originationIdentities: [SHORT_CODE, ...(identity === '' ? [] : [identity])],
      protectConfigurationIds: protect === '' ? [] : [protect],
    },
    tencentSms: {
      credentials: {
        secretId: settings.TENCENT_SMS_SECRET_ID,
        secretKey: settings.TENCENT_SMS_SECRET_KEY,
      },
      appId: settings.TENCENT_SMS_APP_ID,
      signName: settings.TENCENT_SMS_SIGN_NAME,
      templates: registeredTemplates(
        settings.TENCENT_SMS_TEMPLATES,
        notMeUrl(settings.CONSOLE_ORIGINS.split(',')),
      ),
      perNumberAndDay: MESSAGES_PER_DAY,
    },
    queue: {
      url: settings.NOTICE_QUEUE_URL,
      longestDelaySeconds: queueDelaySeconds,
      invoke: (event) => invokeFunction(lambdaPort, 'retryNotices', event),
    },
    accountEvents: {
      bus: localBusName(api),
      source: api['ACCOUNT_EVENTS_SOURCE'] || 'account-system',
      retrySeconds: Math.min(queueDelaySeconds, RETRY_MAX_SECONDS),
      invoke: (event) => invokeFunction(lambdaPort, 'changeAccount', event),
    },
    invoke: (name, event) => invokeFunction(lambdaPort, name, event),
  });
}

/**
 * Starts all of the product on this machine, and returns when all of it answers.
 *
 * @param options.show gets what is to be shown while it runs
 * @param options.signal stops a start that is under way
 * @param options.builtConsole where the console is built already, with this environment; else it is built
 * @param options.hasStore whether a DynamoDB Local has its port already, and is to be used
 * @param options.onProgress is told of each part that is ready, or slow
 * @param options.onMessage gets every SMS and mail as it comes in
 * @throws StartError in a sentence where something is missing, in use, or does not come up; then nothing is left running
 */
export async function startWorld(
  environment: WorldEnvironment,
  options: {
    show?: (line: string) => void;
    signal?: AbortSignal;
    builtConsole?: string | undefined;
    hasStore?: boolean;
    onProgress?: (progress: Progress) => void;
    onMessage?: (message: Received) => void;
  } = {},
): Promise<World> {
  const { ports } = environment;
  const {
    show = () => undefined,
    signal,
    builtConsole,
    hasStore = false,
    onProgress = () => undefined,
  } = options;
  const start = new Starting(onProgress);
  const local = (port: number) => `http://localhost:${port}`;
  const urls = {
    console: local(ports.console),
    api: local(ports.api),
    inbox: local(ports.inbox),
    providers: local(ports.providers),
    dynamodb: local(ports.dynamodb),
  };
  const { dynamodb, ...others } = ports;
  await checkPorts(hasStore ? others : { ...others, dynamodb });
  // Said at once, and not after the builds.
  if (!hasStore) await findJava();
  const parts = new Parts();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new StartError('Stopped while starting.'));
  signal?.addEventListener('abort', abort, { once: true });

  const starting = async <T extends { stop(): Promise<void> }>(part: Promise<T>): Promise<T> => {
    const started = await part;
    await parts.add(() => started.stop());
    return started;
  };

  // All of it at once, but for what waits until the builds have given back the memory that they took. What waits for something says so with a
  // `then`, so that no failure goes unnoticed.
  async function startAll(): Promise<World['faults']> {
    const lambdaPort = await freePort();
    const messages = start.part('inbox', starting(startMessages(environment, lambdaPort)));
    const providers = start.part('providers', starting(startProviders(environment)));
    const built = start.part('console', startConsole(environment, parts, { show, builtConsole }));
    const store = start.part(
      'DynamoDB Local',
      built.then(() => startStore(environment, parts, hasStore)),
    );
    // The functions that read the table's stream look for it when they start.
    const api = Promise.all([messages, store]).then(async ([{ mailOrigin, inbox }]) => {
      if (options.onMessage) inbox.subscribe(options.onMessage);
      const settingsOfApi = { AWS_ENDPOINT_URL_SES: mailOrigin, ...environment.api };
      const listening = { http: ports.api, lambda: lambdaPort };
      await parts.addChild(startApi(listening, settingsOfApi, { isVerbose: environment.verbose, show }));
      await start.untilAnswering('API', `${urls.api}/account`, 401);
    });
    const [{ faults: sms }, { faults: ofProviders }] = await Promise.all([
      messages,
      providers,
      start.part('API', api),
      start.part(
        'demo accounts',
        store.then(() => seed(environment)),
      ),
    ]);
    await Promise.all([
      start.untilAnswering('console', urls.console, 200),
      start.untilAnswering('inbox', `${urls.inbox}/messages`, 200),
      start.untilAnswering('providers', urls.providers, 200),
    ]);
    return { providers: ofProviders, sms };
  }

  try {
    signal?.throwIfAborted();
    const failed = parts.broken.then((reason) => Promise.reject(new StartError(reason)));
    const faults = await Promise.race([startAll(), failed, aborted.promise]);
    const { TABLE_NAME: tableName } = environment.settings;
    return { urls, tableName, faults, broken: parts.broken, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  } finally {
    start.over.abort();
    signal?.removeEventListener('abort', abort);
  }
}
