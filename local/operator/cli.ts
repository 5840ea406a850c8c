import { type Environment, StartError } from '../environment.ts';
import { findTarget, type Outside, SYSTEM, send } from './client.ts';
import { readArguments, USAGE, UsageError } from './commands.ts';
import { describeAnswer, describeRefusal } from './report.ts';

/** Where lines go. */
interface Output {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/** @returns the exit status: 0, 1 if it was refused or could not be asked, 2 for wrong arguments */
export async function runOperator(
  args: readonly string[],
  environment: Environment,
  { out, error }: Output,
  outside: Outside = SYSTEM,
): Promise<number> {
  try {
    const given = readArguments(args);
    if (given === undefined) {
      out(USAGE);
      return 0;
    }
    const target = findTarget(given, environment);
    const { request, isJson } = given;
    const reply = await send(request, target, outside);
    const isDone = reply.status >= 200 && reply.status < 300;
    if (isJson) out(JSON.stringify(reply.body ?? null, null, 2));
    else if (isDone) for (const line of describeAnswer(request.command, reply.body)) out(line);
    if (!isDone) error(describeRefusal(reply, target));
    return isDone ? 0 : 1;
  } catch (problem) {
    if (problem instanceof UsageError) {
      error(`${problem.message}\n\n${USAGE}`);
      return 2;
    }
    if (!(problem instanceof StartError)) throw problem;
    error(problem.message);
    return 1;
  }
}

if (import.meta.main)
  process.exitCode = await runOperator(process.argv.slice(2), process.env, {
    out: console.log,
    error: console.error,
  });
