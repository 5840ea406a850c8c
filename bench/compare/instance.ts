import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HttpResult } from '../../lib/http/answer.ts';

/** What a run of events in one instance took. */
export interface Ran {
  readonly answers: readonly HttpResult[];
  /** Of each event, until it was answered. */
  readonly milliseconds: readonly number[];
  /** Of all threads of the process, for all events together. */
  readonly cpuMilliseconds: number;
  readonly residentMebibytes: number;
}

interface Reply {
  readonly id: number;
  readonly ran: Ran;
  readonly profile?: CpuProfile;
  readonly failure?: string;
}

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

export type Variables = Readonly<Record<string, string>>;

/** Nothing of the environment of whoever measures. */
const environmentOf = (variables: Variables) => ({ PATH: process.env['PATH'] ?? '', ...variables });

/** A process that keeps handlers warm. */
export class Instance {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  #count = 0;

  /** @param bundles the module of each handler, by the name it is run under */
  constructor(bundles: Readonly<Record<string, string>>, variables: Variables) {
    this.#child = fork(join(import.meta.dirname, 'instance.mjs'), [JSON.stringify(bundles)], {
      env: environmentOf(variables),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    this.#child.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.failure === undefined) waiting?.resolve(reply);
      else waiting?.reject(new Error(reply.failure));
    });
    this.#child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the instance ended (${signal ?? code})`));
    });
  }

  async #ask(name: string, events: readonly unknown[], isProfiled: boolean): Promise<Reply> {
    this.#count += 1;
    const id = this.#count;
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, name, events, isProfiled });
    return waiting.promise;
  }

  async run(name: string, events: readonly unknown[]): Promise<Ran> {
    return (await this.#ask(name, events, false)).ran;
  }

  /** Runs events while V8 takes samples. */
  async profile(name: string, events: readonly unknown[]): Promise<CpuProfile> {
    const { profile } = await this.#ask(name, events, true);
    if (profile === undefined) throw new Error('there is no profile');
    return profile;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

/** What a process that was started for one answer took, until then. */
export interface ColdStart {
  readonly answer?: Pick<HttpResult, 'statusCode' | 'headers'>;
  readonly importMilliseconds?: number;
  readonly answerMilliseconds?: number;
  readonly wallMilliseconds: number;
  readonly cpuMilliseconds: number;
  readonly residentMebibytes: number;
}

/**
 * Starts a program of this folder, and waits for its first answer.
 *
 * @throws Error where it ends without one
 */
export async function startCold(
  program: string,
  args: readonly string[],
  variables: Variables,
  flags: readonly string[] = [],
): Promise<ColdStart> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, program), ...args], {
    env: environmentOf(variables),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  let figures: Omit<ColdStart, 'wallMilliseconds'> | undefined;
  let wallMilliseconds = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const [, json] = /^FIRST-ANSWER (.*)$/.exec(line) ?? [];
    if (json === undefined) continue;
    wallMilliseconds = performance.now() - startedAt;
    figures = JSON.parse(json);
  }
  await closed;
  if (figures === undefined)
    throw new Error(`${[program, ...args].join(' ')} did not answer:\n${lines.join('\n')}`);
  return { ...figures, wallMilliseconds };
}
