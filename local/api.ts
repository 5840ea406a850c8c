import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from './ports.ts';
import { type Child, startChild } from './processes.ts';

const PROJECT = join(import.meta.dirname, '..');

/** Lines of its output that somebody has to see: a handler's errors, and what the framework failed at. */
const TROUBLE = /"level":"(ERROR|CRITICAL)"|^\s*(✖|×)|\bError:/;

/**
 * Starts the functions behind an HTTP API, as serverless.yml describes them.
 *
 * @param environment all that the functions run with
 * @param options.show gets each line of output that is to be shown
 */
export async function startApi(
  port: number,
  environment: Readonly<Record<string, string>>,
  options: { isVerbose: boolean; show: (line: string) => void },
): Promise<Child> {
  const { resolve } = createRequire(import.meta.url);
  const serverless = join(dirname(resolve('serverless/package.json')), 'bin', 'serverless.js');
  const ports = ['--httpPort', String(port), '--lambdaPort', String(await freePort())];
  const flags = ['--stage', 'local', '--host', 'localhost', '--noPrependStageInUrl', '--useInProcess'];
  return startChild('The API', process.execPath, [serverless, 'offline', ...ports, ...flags], {
    cwd: PROJECT,
    env: { ...environment, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', FORCE_COLOR: '0' },
    onLine: (line) => {
      if (options.isVerbose || TROUBLE.test(line)) options.show(line);
    },
  });
}
