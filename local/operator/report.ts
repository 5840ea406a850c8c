import type {
  OperatorAccountAnswer,
  OperatorHistoryPage,
  OperatorIdentityAnswer,
  OperatorPhoneAnswer,
  SplitAnswer,
} from '../../lib/contract/answers.ts';
import type { Reply, Target } from './client.ts';
import type { CommandName } from './commands.ts';

/** Columns as wide as what is in them; the last one as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const splitLines = ({ provider, seenAt, claims }: SplitAnswer): string[] => [
  `One person at ${provider} is split between accounts (seen ${seenAt}):`,
  ...table(claims.map(({ subject, accountId, relation }) => [`  ${subject}`, accountId, relation])),
];

function accountLines(account: OperatorAccountAnswer): string[] {
  const { accountId, name, phone, status, frozenUntil, methods, ownLogin, splits = [] } = account;
  return [
    `${accountId}  ${name}`,
    ...table([
      ['  status', status],
      ['  phone', phone ?? 'none'],
      ['  frozen', frozenUntil === null ? 'no' : `until ${frozenUntil}`],
    ]),
    ...table(
      methods.map(({ provider, relation, display, since, state, stateUntil }) => [
        `  ${provider}`,
        relation,
        display ?? '',
        since ?? '',
        state === null ? '' : stateUntil === null ? state : `${state} until ${stateUntil}`,
      ]),
    ),
    ...(ownLogin ? [`  own login  ${ownLogin.state}`] : []),
    ...splits.flatMap(splitLines),
  ];
}

function identityLines({ accountId, relation, since, split }: OperatorIdentityAnswer): string[] {
  const more = since === null ? '' : ` since ${since}`;
  return [`${accountId}  ${relation}${more}`, ...(split ? splitLines(split) : [])];
}

function phoneLines({ accounts, next }: OperatorPhoneAnswer): string[] {
  if (accounts.length === 0) return ['No account has this phone.'];
  return [...accounts, ...(next ? [`More: --cursor ${next}`] : [])];
}

function historyLines({ events, next }: OperatorHistoryPage): string[] {
  const rows = events.map(({ at, type, provider, display, ip, action, reason, operator }) => [
    at,
    type,
    action ?? reason ?? '',
    provider,
    display,
    ip,
    operator ? `${operator.by}: ${operator.reason ?? 'no reason given'}` : '',
  ]);
  if (rows.length === 0) return ['Nothing has happened yet.'];
  return [...table(rows), ...(next ? [`Older: --cursor ${next}`] : [])];
}

/** What came, in words. */
export function describeAnswer(command: CommandName, body: unknown): string[] {
  switch (command) {
    case 'account':
      return accountLines(body as OperatorAccountAnswer);
    case 'identity':
      return identityLines(body as OperatorIdentityAnswer);
    case 'phone':
      return phoneLines(body as OperatorPhoneAnswer);
    case 'history':
      return historyLines(body as OperatorHistoryPage);
    case 'end-sessions':
      return ['Signed out everywhere. The owner is told.'];
    case 'unlink':
      return ['Unlinked. The owner is told.'];
    case 'release':
      return ['Released. The owner is told.'];
    case 'unfreeze':
      return ['Lifted. The owner is told, if there was anything to lift.'];
  }
}

interface Refusal {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** Of API Gateway, which answers by itself where IAM lets nobody in. */
  readonly message?: string;
}

/** Why it was refused, in a sentence. */
export function describeRefusal({ status, body }: Reply, { origin }: Target): string {
  const { code, title, detail, errors, message } = (body ?? {}) as Refusal;
  if (status === 403 && (code === undefined || code === 'operator_only'))
    return `${origin} lets you not into the support desk${message ? ` (${message})` : ''}. IAM has to allow execute-api:Invoke on its /operator/*; and is it the right account and region?`;
  if (errors) return errors.map(({ path, message: why }) => `${path || 'The request'}: ${why}.`).join('\n');
  if (title !== undefined) return `${title}. ${detail ?? ''}`.trim();
  return `${origin} answered ${status}${message ? ` (${message})` : ''}.`;
}
