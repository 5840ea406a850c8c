import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const GRACE_MILLISECONDS = 3_000;
const LAST_WORDS_MILLISECONDS = 500;
const TAIL_LINES = 40;

export interface Child {
  readonly name: string;
  /** Settles when the process has ended, no matter how, with `exit code 1` or `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** The last lines it wrote. */
  tail(): string;
  /** Ends the process and all it started. */
  stop(): Promise<void>;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

let guard: ChildProcess | undefined;
/** How many process groups it looks after; with the last of them it goes too. */
let guarded = 0;

/**
 * Tells the guard which process groups would be orphans. It outlives this process even when that is killed with SIGKILL,
 * and then ends them.
 */
function tellGuard(message: string): void {
  if (!guard) {
    guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.ts')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.on('error', () => undefined);
    guard.stdin?.on('error', () => undefined);
    guard.unref();
    // A pipe that no data is read from must not keep this process alive either.
    (guard.stdin as { unref?: () => void } | null)?.unref?.();
  }
  guard.stdin?.write(`${message}\n`);
}

function dismissGuard(): void {
  guard?.stdin?.end();
  guard = undefined;
}

/**
 * Starts a program as the leader of a process group of its own, so that what it starts in turn ends with it.
 *
 * @param options.onLine gets every line of its output
 */
export function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string | undefined>; onLine?: (line: string) => void },
): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > TAIL_LINES) lines.shift();
      options.onLine?.(line);
    });
  }
  const { pid } = child;
  if (pid !== undefined) {
    guarded += 1;
    tellGuard(`+${pid}`);
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  }).then(async (how) => {
    if (pid === undefined) return how;
    // The leader is gone, and nothing else ends what it left behind.
    signalGroup(pid, 'SIGKILL');
    tellGuard(`-${pid}`);
    guarded -= 1;
    if (guarded === 0) dismissGuard();
    // Its last words may still be on their way; one that left the group may hold the pipe for ever.
    await Promise.race([closed, wait(LAST_WORDS_MILLISECONDS, undefined, { ref: false })]);
    return how;
  });

  async function stop(): Promise<void> {
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    signalGroup(pid, 'SIGTERM');
    const patience = new AbortController();
    const late = wait(GRACE_MILLISECONDS, undefined, { signal: patience.signal }).then(
      () => signalGroup(pid, 'SIGKILL'),
      () => undefined,
    );
    await ended;
    patience.abort();
    await late;
  }

  return { name, ended, tail: () => lines.join('\n'), stop };
}

/** Runs a program to its end. @returns all that it wrote, and its exit code, null where it could not be run */
export async function run(
  command: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  try {
    const [code] = await once(child, 'close');
    return { code, output };
  } catch {
    return { code: null, output };
  }
}
