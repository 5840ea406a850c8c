import { StartError } from '../environment.ts';

/** What a check found: `warning` works for now, `skipped` could not be looked at or does not concern this deployment. */
export type State = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  readonly state: State;
  /** In a few words, or a line for each thing that is wrong; never a secret. */
  readonly found: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** One thing that is looked at, by itself: whatever else is wrong, it says something. */
export interface Check {
  /** By which docs/doctor.md lists it. */
  readonly id: string;
  readonly run: () => Promise<Finding>;
}

export interface Group {
  readonly title: string;
  readonly checks: readonly Check[];
}

export const ok = (found: string): Finding => ({ state: 'ok', found });
export const warning = (found: string, todo: string): Finding => ({ state: 'warning', found, todo });
export const failed = (found: string, todo: string): Finding => ({ state: 'failed', found, todo });
export const skipped = (found: string): Finding => ({ state: 'skipped', found });

/** So long a check may take: a host that drops packets answers nobody. */
const TIMEOUT_MILLISECONDS = 10_000;

/** A system's, SDK's or service's error in a few words; its message may hold a URL, and that a secret. */
export function errorWords(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const { cause } = error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.name;
}

async function settle({ run }: Check): Promise<Finding> {
  const late = Promise.withResolvers<Finding>();
  const timer = setTimeout(
    () =>
      late.resolve(
        failed('no answer within 10 seconds', 'Look at the network between here and there, then try again.'),
      ),
    TIMEOUT_MILLISECONDS,
  );
  try {
    return await Promise.race([run(), late.promise]);
  } catch (error) {
    if (error instanceof StartError) return failed(error.message, 'Mend it: docs/settings.md.');
    return failed(errorWords(error), 'Look at region, credentials, permissions and network, then try again.');
  } finally {
    clearTimeout(timer);
  }
}

export interface Examined {
  readonly title: string;
  readonly findings: readonly (Finding & { readonly id: string })[];
}

/** Runs all checks at once. @returns what they found, in their order */
export function examine(groups: readonly Group[]): Promise<Examined[]> {
  return Promise.all(
    groups.map(async ({ title, checks }) => ({
      title,
      findings: await Promise.all(checks.map(async (check) => ({ id: check.id, ...(await settle(check)) }))),
    })),
  );
}

const MARKS: Readonly<Record<State, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '–' };
/** SGR: green, yellow, red, grey. */
const COLOURS: Readonly<Record<State, number>> = { ok: 32, warning: 33, failed: 31, skipped: 90 };

/** What was found, as people read it: a line a check, what to do below, and the counts at the end. */
export function report(
  examined: readonly Examined[],
  { isColoured }: { readonly isColoured: boolean },
): string {
  const paint = (state: State, text: string) =>
    isColoured ? `\u001b[${COLOURS[state]}m${text}\u001b[0m` : text;
  const findings = examined.flatMap((group) => group.findings);
  const width = Math.max(...findings.map(({ id }) => id.length));
  const lines = examined.flatMap(({ title, findings: found }) => [
    '',
    title,
    ...found.flatMap(({ id, state, found: what, todo }) => [
      `  ${paint(state, MARKS[state])} ${id.padEnd(width)}  ${what.replaceAll('\n', `\n${' '.repeat(width + 6)}`)}`,
      ...(todo === undefined ? [] : [`    ${' '.repeat(width)}  → ${todo}`]),
    ]),
  ]);
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  const summary = `${count('ok')} ok, ${count('warning')} to look at, ${count('failed')} failed, ${count('skipped')} skipped`;
  return [...lines, '', summary].join('\n').trimStart();
}

export const isHealthy = (examined: readonly Examined[]): boolean =>
  examined.every(({ findings }) => findings.every(({ state }) => state !== 'failed'));
