import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { deployedEnvironment } from '../../infrastructure/settings.ts';
import type { HttpResult } from '../../lib/http/answer.ts';
import { createTable, localClient } from '../../local/dynamodb.ts';
import { TEST_ENVIRONMENT } from '../../tests/support/settings.ts';
import { type Bundles, fixedVariables } from './bundles.ts';
import { Instance, type Variables } from './instance.ts';
import { type Outside, startDelay } from './outside.ts';
import { type Contestant, type FlowName, Peer, Service } from './people.ts';

/** A contestant with a store that is empty at first. */
export interface Opened<Of extends Contestant = Contestant> {
  readonly contestant: Of;
  /** The module of a flow's handler. */
  readonly bundleOf: (flow: FlowName) => string;
  /** What the measured process runs with. */
  readonly variables: Variables;
  /** The same store, which takes longer. */
  readonly delayed: (milliseconds: number) => Promise<Delayed>;
  close(): Promise<void>;
}

export interface Delayed {
  readonly variables: Variables;
  /** How often the store was asked since the last time this was called; the newest answer may say it. */
  readonly calls: (newest: HttpResult) => number;
}

export type SideName = 'ours' | 'revision' | 'peer';

export interface Side<Of extends Contestant = Contestant> {
  readonly name: SideName;
  open(): Promise<Opened<Of>>;
}

/** Where everything is that is not measured. */
export interface Surroundings {
  readonly outside: Outside;
  /** Of DynamoDB Local. */
  readonly store: string;
  /** For files. */
  readonly folder: string;
}

/** Of a count that only grows. */
function sinceLast<Arguments extends unknown[]>(count: (...given: Arguments) => number) {
  let before = 0;
  return (...given: Arguments): number => {
    const now = count(...given);
    const more = now - before;
    before = now;
    return more;
  };
}

const TABLE_NAME = 'account-linking';

/** As Lambda sets them. */
const OF_LAMBDA = {
  AWS_REGION: 'ap-southeast-1',
  AWS_DEFAULT_REGION: 'ap-southeast-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'a-function',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
};

/** So many people come in an hour of a benchmark as in no other; nothing else is set but where everything is. */
const RAISED = Object.fromEntries(
  [
    'SMS_PER_HOUR',
    'SMS_PER_DAY',
    'MAILS_PER_HOUR',
    'MAILS_PER_DAY',
    'NOTICES_PER_HOUR',
    'NOTICES_PER_DAY',
  ].map((name) => [name, '1000000']),
);

/** The service of one tree: each of its packaged functions in a process of its own, and the table in DynamoDB Local. */
export function serviceSide(
  name: 'ours' | 'revision',
  { tree, bundles }: { readonly tree: string; readonly bundles: Bundles },
  { outside, store }: Surroundings,
): Side<Service> {
  return {
    name,
    async open() {
      // A database of its own: a write looks through all that was ever written to a database.
      const accessKeyId = randomUUID().replaceAll('-', '');
      const client = localClient(store, { credentials: { accessKeyId, secretAccessKey: 'local' } });
      await createTable(client, TABLE_NAME, { expiring: false });
      client.destroy();
      const variables: Record<string, string> = {
        ...deployedEnvironment('dev', {
          ...RAISED,
          TABLE_NAME,
          WECHAT_APP_ID: TEST_ENVIRONMENT.WECHAT_APP_ID,
          WECHAT_API_URL: outside.origin,
          QQ_APP_ID: TEST_ENVIRONMENT.QQ_APP_ID,
          QQ_API_URL: outside.origin,
          NOTICE_QUEUE_URL: `${outside.origin}/queue`,
        }),
        ...fixedVariables(tree),
        ...OF_LAMBDA,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_ENDPOINT_URL: outside.origin,
        AWS_ENDPOINT_URL_DYNAMODB: store,
      };
      const preparing = new Instance(bundles, variables);
      const service = new Service(preparing, outside);
      const stops = [() => preparing.stop()];
      return {
        contestant: service,
        variables,
        bundleOf: (flow) => bundles[service.handlers[flow]] ?? '',
        async delayed(milliseconds) {
          const delay = await startDelay(store, milliseconds);
          stops.push(delay.stop);
          return {
            variables: { ...variables, AWS_ENDPOINT_URL_DYNAMODB: delay.origin },
            calls: sinceLast(delay.calls),
          };
        },
        async close() {
          for (const stop of stops.toReversed()) await stop();
        },
      };
    },
  };
}

const PEER_SOURCES = join(import.meta.dirname, 'peer');

/** better-auth, with its store in a file. */
export function peerSide(bundle: string, { outside, folder }: Surroundings): Side<Peer> {
  return {
    name: 'peer',
    async open() {
      const variables = {
        PEER_DATABASE: join(mkdtempSync(join(folder, 'peer-')), 'auth.sqlite'),
        PEER_OUTSIDE: outside.origin,
        PEER_SECRET: TEST_ENVIRONMENT.CODE_HMAC_KEY,
        NODE_ENV: 'production',
      };
      const sources = { auth: join(PEER_SOURCES, 'auth.mjs'), people: join(PEER_SOURCES, 'people.mjs') };
      const preparing = new Instance(sources, variables);
      const peer = new Peer(preparing, outside);
      await peer.migrate();
      return {
        contestant: peer,
        variables,
        bundleOf: () => bundle,
        delayed: async (milliseconds) => ({
          variables: { ...variables, PEER_DELAY_MILLISECONDS: String(milliseconds) },
          calls: sinceLast(({ headers }: HttpResult) => Number(headers?.['x-queries'])),
        }),
        close: () => preparing.stop(),
      };
    },
  };
}
