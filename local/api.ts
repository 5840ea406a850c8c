import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Child, startChild } from './processes.ts';

const PROJECT = join(import.meta.dirname, '..');
const STAGE = 'local';

/** Lines of its output that somebody has to see: a handler's errors, and what the framework failed at. */
const TROUBLE = /"level":"(ERROR|CRITICAL)"|^\s*(✖|×)|\bError:/;

/**
 * Runs a function as Lambda's Invoke does, once the API is there.
 *
 * @param name as serverless.yml has it
 * @returns what the function returned, null for nothing; of one that failed the error that Lambda makes of it
 */
export async function invokeFunction(lambdaPort: number, name: string, event: object): Promise<unknown> {
  const path = `/2015-03-31/functions/account-linking-${STAGE}-${name}/invocations`;
  const reply = await fetch(`http://localhost:${lambdaPort}${path}`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
  const text = await reply.text();
  return text === '' ? null : JSON.parse(text);
}

/**
 * Starts the functions behind an HTTP API, as serverless.yml describes them.
 *
 * @param ports.lambda where the functions themselves can be invoked
 * @param environment all that the functions run with
 * @param options.show gets each line of output that is to be shown
 */
export function startApi(
  ports: { readonly http: number; readonly lambda: number },
  environment: Readonly<Record<string, string>>,
  options: { isVerbose: boolean; show: (line: string) => void },
): Child {
  const { resolve } = createRequire(import.meta.url);
  const serverless = join(dirname(resolve('serverless/package.json')), 'bin', 'serverless.js');
  const listening = ['--httpPort', String(ports.http), '--lambdaPort', String(ports.lambda)];
  const flags = ['--stage', STAGE, '--host', 'localhost', '--noPrependStageInUrl', '--useInProcess'];
  return startChild('The API', process.execPath, [serverless, 'offline', ...listening, ...flags], {
    cwd: PROJECT,
    env: { ...environment, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', FORCE_COLOR: '0' },
    onLine: (line) => {
      if (options.isVerbose || TROUBLE.test(line)) options.show(line);
    },
  });
}
