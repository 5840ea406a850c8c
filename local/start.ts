import { readFile } from 'node:fs/promises';
import { checkGivenSettings } from '../lib/config.ts';
import { maskEmail } from '../lib/linking/email.ts';
import { maskPhone, type PhoneNumber } from '../lib/linking/phone.ts';
import { SettingsError } from '../lib/settings-error.ts';
import { StartError, worldEnvironment } from './environment.ts';
import type { Received } from './messages/inbox.ts';
import { DEMO_ACCOUNTS, type Progress, startWorld, type World } from './world.ts';

interface DemoAccount {
  readonly accountId: string;
  readonly name: string;
  readonly phone: string | null;
  readonly registered: { readonly provider: string; readonly display: string };
  readonly links: readonly { readonly provider: string; readonly display: string }[];
  readonly parentId: string | null;
}

/** Columns a terminal needs: Chinese characters take two each. */
const width = (text: string) => [...text].reduce((sum, letter) => sum + (letter >= '\u2e80' ? 2 : 1), 0);

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, column) => Math.max(all[column] ?? 0, width(cell))),
    [],
  );
  const pad = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - width(cell));
  return rows.map((row) => `  ${row.map(pad).join('  ')}`.trimEnd()).join('\n');
}

const addresses = ({ urls }: World) =>
  aligned([
    ['console', urls.console, 'the page: sign in, link, unlink'],
    [
      '',
      `${urls.console}/sample/`,
      'another console, with a login of its own and the linking part as an element',
    ],
    ['', `${urls.console}/api-docs/`, 'the HTTP API, to read and try'],
    ['inbox', urls.inbox, 'every SMS and mail, and the events'],
    ['', `${urls.inbox}/operator`, 'the support desk'],
    ['API', urls.api, 'what the page calls'],
    ['providers', urls.providers, 'stand-ins for their pages: choose who scans'],
    ['DynamoDB', urls.dynamodb, 'DynamoDB Local; its data is gone at the next start'],
  ]);

/** What is shown of a code that was sent, so that nobody has to look for it. */
function codeLine({ channel, to, text, code }: Received): string {
  const masked = channel === 'sms' ? maskPhone(to as PhoneNumber) : maskEmail(to);
  const [, purpose = ''] = /用于(.*?)，|is your code to (.*?)\./.exec(text) ?? [];
  return `${channel === 'sms' ? 'SMS' : 'mail'} to ${masked}: ${code}${purpose ? ` (${purpose})` : ''}`;
}

function progressLine({ part, phase, seconds, why }: Progress): string {
  const time = `${seconds.toFixed(1)} s`;
  return phase === 'ready'
    ? `  ${part.padEnd(16)} ready after ${time}`
    : `  ${part.padEnd(16)} still starting after ${time}: ${why}`;
}

async function demoAccounts(): Promise<string> {
  const lines = (await readFile(DEMO_ACCOUNTS, 'utf8')).trim().split('\n');
  const method = ({ provider, display }: DemoAccount['registered']) => `${provider} ${display}`;
  return aligned(
    lines.map((line) => {
      const { accountId, phone, registered, links, parentId } = JSON.parse(line) as DemoAccount;
      const also = [
        ...links.map((link) => `+ ${method(link)}`),
        ...(parentId ? [`(sub-account of ${parentId})`] : []),
      ];
      return [accountId, phone ?? 'no phone', method(registered), also.join(' ')];
    }),
  );
}

const PARENT_CHECK_MILLISECONDS = 500;

const stopped = new AbortController();
const asked = new Promise<'asked'>((resolve) => {
  const stop = () => {
    stopped.abort();
    resolve('asked');
  };
  // The terminal tells the whole group and npm tells its child: the same wish may arrive twice.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // npm passes a signal on to the shell it runs scripts in, and that one dies of it without telling anybody.
  const parent = process.ppid;
  const isByNpm = process.env['npm_lifecycle_event'] !== undefined;
  const check = () => isByNpm && process.ppid !== parent && stop();
  setInterval(check, PARENT_CHECK_MILLISECONDS).unref();
});

let world: World | undefined;

async function fail(error: unknown): Promise<void> {
  await world?.stop();
  if (stopped.signal.aborted) process.exit(0);
  const isPlain = error instanceof StartError || error instanceof SettingsError;
  console.error(isPlain ? error.message : error);
  process.exit(1);
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

try {
  const environment = worldEnvironment(process.env);
  checkGivenSettings(environment.api);
  console.log('Starting the local world: DynamoDB Local, the API, the console and stand-ins …');
  world = await startWorld(environment, {
    signal: stopped.signal,
    show: (line) => console.log(line),
    onProgress: (progress) => console.log(progressLine(progress)),
    onMessage: (message) => message.code !== null && console.log(codeLine(message)),
  });
  console.log(`\n${addresses(world)}\n\n${await demoAccounts()}\n`);
  console.log(`Next: open ${world.urls.console}, sign in with QQ as ming, and link an email.`);
  console.log('Codes show here as well. Ctrl-C stops all of it.\n\nready');
  const end = await Promise.race([asked, world.broken]);
  if (end !== 'asked') throw new StartError(end);
  await world.stop();
  process.exit(0);
} catch (error) {
  await fail(error);
}
