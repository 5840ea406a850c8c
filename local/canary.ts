import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { CanaryInbox } from '../lib/canary/inbox.ts';
import { CanaryStopped, signInAndOut } from '../lib/canary/sign-in.ts';
import { StartError, worldEnvironment } from './environment.ts';

const USAGE = `Usage: npm run canary [-- ADDRESS]

Signs in by mail in the local world, as the canary of a deployment does: asks for a code, waits for its mail, signs in,
looks at the account, and signs out. npm start has to run. ADDRESS is that of an account; without one it is that of a
demo account.`;

/** A demo account's. */
const ADDRESS = 'registered@example.com';

const NOT_RUNNING = 'The local world does not answer: is npm start running, on these ports?';

const POLL_MILLISECONDS = 200;

const messages = z.array(z.object({ text: z.string(), at: z.string() }));

/** The inbox of the local world as the canary's own. */
export function createLocalInbox(origin: string, address: string): CanaryInbox {
  return {
    async receive() {
      await wait(POLL_MILLISECONDS);
      const reply = await fetch(`${origin}/messages?${new URLSearchParams({ to: address })}`);
      return messages.parse(await reply.json()).map(({ text, at }) => ({ text, at: Date.parse(at) }));
    },
  };
}

/** @returns what to print @throws StartError if the canary could not sign in */
async function main(args: readonly string[]): Promise<string> {
  const [address = ADDRESS, ...more] = args;
  if (address === '--help' || address === '-h') return USAGE;
  if (more.length > 0 || address.startsWith('-')) throw new StartError(USAGE);
  const { ports, settings } = worldEnvironment(process.env);
  const inbox = createLocalInbox(`http://localhost:${ports.inbox}`, address);
  const startedAt = performance.now();
  try {
    await signInAndOut({ address, origin: settings.API_ORIGIN, inbox, fetch, clock: Date.now });
  } catch (error) {
    // Of the inbox.
    if (!(error instanceof CanaryStopped)) throw new StartError(NOT_RUNNING);
    const { step, status, code = '' } = error;
    if (status === undefined && code !== '') throw new StartError(NOT_RUNNING);
    throw new StartError(`The canary could not sign in: ${[step, status, code].join(' ').trimEnd()}.`);
  }
  return `signed in and out as ${address} in ${Math.round(performance.now() - startedAt)} ms`;
}

if (import.meta.main) {
  try {
    console.log(await main(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
