import { parseArgs } from 'node:util';

/** A request of the support desk. `path` and `query` are encoded. */
export interface OperatorRequest {
  readonly command: CommandName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
}

/** What somebody has typed. */
export interface Arguments {
  readonly request: OperatorRequest;
  readonly api: string | undefined;
  readonly region: string | undefined;
  readonly isJson: boolean;
}

interface Command {
  readonly parameters: readonly string[];
  readonly method: OperatorRequest['method'];
  readonly path: (parameters: readonly string[]) => string;
  /** Which parameter of the query stands where. */
  readonly query?: (parameters: readonly string[]) => Readonly<Record<string, string | undefined>>;
  readonly options: readonly ('reason' | 'provider' | 'cursor')[];
}

const account =
  (more = '') =>
  ([id = '']: readonly string[]) =>
    `/accounts/${encodeURIComponent(id)}${more}`;
const identity = ([provider = '']: readonly string[]) => `/identities/${encodeURIComponent(provider)}`;
const ofSubject = ([, subject]: readonly string[]) => ({ subject });

const COMMANDS = {
  account: { parameters: ['ID'], method: 'GET', path: account(), options: ['reason'] },
  identity: {
    parameters: ['PROVIDER', 'SUBJECT'],
    method: 'GET',
    path: identity,
    query: ofSubject,
    options: ['reason'],
  },
  phone: {
    parameters: ['NUMBER'],
    method: 'GET',
    path: () => '/phones',
    query: ([number]) => ({ number }),
    options: ['reason', 'cursor'],
  },
  history: { parameters: ['ID'], method: 'GET', path: account('/history'), options: ['reason', 'cursor'] },
  'end-sessions': { parameters: ['ID'], method: 'DELETE', path: account('/sessions'), options: ['reason'] },
  unlink: {
    parameters: ['ID', 'PROVIDER'],
    method: 'DELETE',
    path: ([id = '', provider = '']) => account(`/links/${encodeURIComponent(provider)}`)([id]),
    options: ['reason'],
  },
  release: {
    parameters: ['PROVIDER', 'SUBJECT'],
    method: 'DELETE',
    path: identity,
    query: ofSubject,
    options: ['reason'],
  },
  unfreeze: {
    parameters: ['ID'],
    method: 'POST',
    path: account('/unfreeze'),
    options: ['reason', 'provider'],
  },
} as const satisfies Record<string, Command>;
export type CommandName = keyof typeof COMMANDS;

export const USAGE = `Usage: npm run operator -- COMMAND

Looks accounts up, and helps their owners. Whatever is done is in the history of the account, with who did it and why.

  account ID                               an account, masked as for its owner
  identity PROVIDER SUBJECT                whose an address, a unionid or an APPID:OPENID is
  phone NUMBER                             which accounts have a phone
  history ID                               what happened to an account
  end-sessions ID --reason WHY             sign it out everywhere
  unlink ID PROVIDER --reason WHY          unlink what is linked there
  release PROVIDER SUBJECT --reason WHY    take one identity of a split person from the account that has it
  unfreeze ID --reason WHY                 let it link again; with --provider P, let people sign in with P again

  --api URL       the deployment, such as https://api.example.com; API_ORIGIN if left out; the local world without either,
                  at INBOX_PORT where that was moved
  --region R      where it is, if its URL does not say so; AWS_REGION if left out
  --cursor NEXT   the next page of phone or history
  --json          the answer as it came

Requests to a deployment are signed with the credentials that the AWS SDK finds (AWS_PROFILE and its like).`;

/** Something is wrong with what was typed; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const isCommand = (name: string | undefined): name is CommandName => name !== undefined && name in COMMANDS;

const OPTIONS = {
  reason: { type: 'string' },
  provider: { type: 'string' },
  cursor: { type: 'string' },
  api: { type: 'string' },
  region: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parseTyped(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** By %20, not `+`: the signature is of the query as it is sent. */
function formatQuery(query: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** @returns undefined where help is asked for @throws UsageError */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = parseTyped(args);
  if (values.help) return undefined;
  const [name, ...parameters] = positionals;
  if (!isCommand(name))
    throw new UsageError(name === undefined ? 'No command.' : `There is no command ${name}.`);
  const command: Command = COMMANDS[name];
  if (parameters.length !== command.parameters.length)
    throw new UsageError(`${name} takes ${command.parameters.join(' and ')}.`);
  for (const option of ['reason', 'provider', 'cursor'] as const)
    if (values[option] !== undefined && !command.options.includes(option))
      throw new UsageError(`${name} takes no --${option}.`);
  if (command.method !== 'GET' && !values.reason?.trim())
    throw new UsageError(`${name} needs --reason: why it is done, in up to 200 characters.`);
  const { reason, provider, cursor } = values;
  const query = formatQuery({ ...command.query?.(parameters), provider, cursor, reason });
  return {
    request: { command: name, method: command.method, path: `/operator${command.path(parameters)}${query}` },
    api: values.api,
    region: values.region,
    isJson: values.json === true,
  };
}
