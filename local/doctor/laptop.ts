import { totalmem } from 'node:os';
import { checkGivenSettings } from '../../lib/config.ts';
import { SettingsError } from '../../lib/settings-error.ts';
import { findJava, startDynamoDBLocal } from '../dynamodb.ts';
import { type Environment, PORTS, type PortName, readPorts, StartError } from '../environment.ts';
import { isFree } from '../ports.ts';
import { type Check, failed, type Group, ok, skipped, warning } from './check.ts';

const NODE_MIN = 22;
/** What the whole local world takes, with room for an editor and a browser. */
const MEMORY_MIN_GIGABYTES = 4;

const node: Check = {
  id: 'node',
  run: async () => {
    const { node: version } = process.versions;
    return Number(version.split('.')[0]) >= NODE_MIN
      ? ok(`Node ${version}`)
      : failed(`Node ${version}`, `Install Node ${NODE_MIN} or newer.`);
  },
};

const memory: Check = {
  id: 'memory',
  run: async () => {
    const gigabytes = totalmem() / 2 ** 30;
    const found = `${gigabytes.toFixed(1)} GB`;
    return gigabytes >= MEMORY_MIN_GIGABYTES
      ? ok(found)
      : warning(found, 'Close other programs before npm start.');
  },
};

const java: Check = {
  id: 'java',
  run: async () => {
    try {
      return ok(await findJava());
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const [found = '', ...todo] = error.message.split('\n');
      return failed(found, todo.map((line) => line.trim()).join('; '));
    }
  },
};

const store: Check = {
  id: 'dynamodb-local',
  run: async () => {
    try {
      const { stop } = await startDynamoDBLocal({ databases: 'by access key' });
      await stop();
      return ok('starts and answers');
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      return failed(error.message.split('\n')[0] ?? '', 'Run npm ci once more, and look at java above.');
    }
  },
};

/** Whether the local world runs: then its ports are taken, as they should be. */
export async function worldAnswers(apiPort: number): Promise<boolean> {
  const reply = await fetch(`http://localhost:${apiPort}/account`).catch(() => undefined);
  return reply?.status === 401;
}

const settings = (environment: Environment): Check => ({
  id: 'environment',
  run: async () => {
    try {
      readPorts(environment);
      checkGivenSettings(environment);
      return ok('every setting that is given can be read');
    } catch (error) {
      if (error instanceof SettingsError)
        return failed(error.problems.join('\n'), 'Mend or unset them: docs/settings.md.');
      if (error instanceof StartError) return failed(error.message, 'Give another port: docs/settings.md.');
      throw error;
    }
  },
});

const ports = (environment: Environment): Check => ({
  id: 'ports',
  run: async () => {
    const wanted = readPorts(environment);
    if (await worldAnswers(wanted.api)) return skipped('npm start has them');
    const names = Object.keys(PORTS) as PortName[];
    const free = await Promise.all(names.map((name) => isFree(wanted[name])));
    const taken = names.filter((_name, index) => !free[index]);
    return taken.length === 0
      ? ok('free')
      : failed(
          taken.map((name) => `${wanted[name]} is in use`).join(', '),
          `End what has it, or move it: ${taken.map((name) => PORTS[name].variable).join(', ')}.`,
        );
  },
});

const world = (environment: Environment): Check => ({
  id: 'world',
  run: async () =>
    (await worldAnswers(readPorts(environment).api))
      ? ok('npm start runs, and its API answers')
      : skipped('npm start does not run'),
});

/** What `npm start` needs of this machine. */
export const laptop = (environment: Environment): Group => ({
  title: 'This machine',
  checks: [node, memory, java, store, settings(environment), ports(environment), world(environment)],
});
