import { isDeepStrictEqual } from 'node:util';
import { STATUS } from '../../../lib/contract/problems.ts';
import type { ProblemCode } from '../../../lib/linking/problem.ts';
import { altered, type Jar, type Label, type State } from './state.ts';

/** What a request is answered, less texts: ids and tokens are the labels of what they stand for. */
export type Answer = Readonly<Record<string, unknown>>;

/** What an answer does to the browser's cookies; null takes one away. */
export type Cookies = { readonly session?: Label | null } & Omit<Jar, 'session'>;

/**
 * What may come next of a request: an answer, or more to do. Whatever is between two of a request's steps, another request may
 * come in between.
 */
export type Branch = { readonly state: State } & (
  | { readonly answer: Answer; readonly cookies?: Cookies }
  | { readonly next: Pending }
);

export interface Pending {
  /** Does the next thing that happens at once or not at all. */
  readonly step: (state: State) => Branch[];
  /** What may come of it where a call fails for good; the state is that before the step, or after it. */
  readonly failed: (state: State) => Branch[];
}

/** A refusal of the contract's. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(code: ProblemCode, more: Answer = {}) {
    super(code);
    this.answer = { status: STATUS[code], code, ...more };
  }
}

/** The code of a refusal, for those that are told in another way. */
export const codeOf = ({ answer }: Refused): string => String(answer['code']);

const UNAVAILABLE: Answer = { status: 503, code: 'unavailable', retryAfter: 1 };

export function answered(state: State, answer: Answer, cookies?: Cookies): Branch[] {
  return [{ state, answer, ...(cookies && { cookies }) }];
}

export const goOn = (state: State, next: Pending): Branch[] => [{ state, next }];

/** A step that may refuse, and that has failed where it did not get through. */
export function pending(
  step: (state: State) => Branch[],
  failed: Pending['failed'] = (state) => answered(state, UNAVAILABLE),
): Pending {
  return {
    failed,
    step(state) {
      try {
        return step(state);
      } catch (error) {
        if (error instanceof Refused) return answered(state, error.answer);
        throw error;
      }
    },
  };
}

/** Whether an answer is the one that was foreseen. What is `?` in it, nobody was told. */
function isForeseen(foreseen: unknown, seen: unknown): boolean {
  if (seen === '?') return true;
  if (typeof foreseen !== 'object' || foreseen === null) return isDeepStrictEqual(foreseen, seen);
  if (typeof seen !== 'object' || seen === null) return false;
  const [left, right] = [Object.entries(foreseen), Object.entries(seen)];
  return (
    Array.isArray(foreseen) === Array.isArray(seen) &&
    left.length === right.length &&
    left.every(([name, value]) => isForeseen(value, Reflect.get(seen, name)))
  );
}

/** What a request was, as the model has it, and what it was answered. */
export interface Asked {
  readonly browser: string;
  readonly pending: Pending;
  readonly answer: Answer;
  /** How many of its calls failed for good. */
  readonly faults: number;
}

type Open = Omit<Asked, 'answer'> & { readonly answer: Answer; readonly index: number };

/**
 * In what states all may be, once these requests were sent at the same time and answered so. None: there is no order, of all that
 * each does at once or not at all, that explains the answers.
 */
export function explained(state: State, asked: readonly Asked[]): State[] {
  const found = new Map<string, State>();
  const cookies: (Cookies | undefined)[] = asked.map(() => undefined);
  go(
    state,
    asked.map((one, index) => ({ ...one, index })),
  );
  return [...found.values()];

  function go(at: State, open: readonly Open[]): void {
    if (open.length === 0) {
      const end = altered(at, (draft) => {
        for (const [index, change] of cookies.entries()) keep(draft, asked[index]?.browser ?? '', change);
      });
      found.set(JSON.stringify(end), end);
    }
    for (const one of open) {
      const others = open.filter((other) => other !== one);
      const branches = one.pending.step(at);
      for (const branch of branches) follow(branch, one, others, one.faults);
      if (one.faults === 0) continue;
      for (const failing of [at, ...branches.map((branch) => branch.state)])
        for (const branch of one.pending.failed(failing)) follow(branch, one, others, one.faults - 1);
    }
  }

  function follow(branch: Branch, one: Open, others: readonly Open[], faults: number): void {
    if ('next' in branch) {
      go(branch.state, [{ ...one, pending: branch.next, faults }, ...others]);
    } else if (isForeseen(branch.answer, one.answer)) {
      cookies[one.index] = branch.cookies;
      go(branch.state, others);
      cookies[one.index] = undefined;
    }
  }
}

function keep(draft: State, browser: string, change: Cookies | undefined): void {
  if (change === undefined) return;
  const { session, ...others } = change;
  const jar: Jar = { ...draft.jars[browser], ...others };
  if (session === null) delete jar.session;
  else if (session !== undefined) jar.session = session;
  draft.jars[browser] = jar;
}

/** What the browser holds once it has an answer. */
export const keepCookies = (state: State, browser: string, change: Cookies | undefined): State =>
  change === undefined ? state : altered(state, (draft) => keep(draft, browser, change));

/** Whatever one request alone may be answered, to tell where nothing is explained. */
export function alone(state: State, { pending: first, faults }: Asked): Answer[] {
  const answers: Answer[] = [];
  let open: Branch[] = [{ state, next: first }];
  while (open.length > 0) {
    open = open.flatMap((branch) => {
      if ('next' in branch) {
        const { state: at, next } = branch;
        return [...next.step(at), ...(faults > 0 ? next.failed(at) : [])];
      }
      answers.push(branch.answer);
      return [];
    });
  }
  return answers;
}
