import type { HumanAnswer, HumanChallenge } from '../linking/human-check.ts';
import { PostError } from '../tencent/post.ts';

/** A service that tells people from programs. */
export interface HumanCheck extends HumanChallenge {
  /**
   * Judges an answer. It is used up by it.
   *
   * @param ip the caller's own
   * @throws HumanCheckError where it can't be told
   */
  verify(answer: HumanAnswer, ip: string): Promise<Verdict>;
}

export interface Verdict {
  /** The service gave the answer to somebody it takes for human, for us, and it was not used yet. */
  readonly isHuman: boolean;
  /** What the answer was given for, if it is not what we ask for: a stranger's doing, or a setting that is wrong. */
  readonly mismatch?: 'host' | 'action' | 'app';
}

export const HUMAN: Verdict = { isHuman: true };
export const NOT_HUMAN: Verdict = { isHuman: false };

/**
 * The service did not answer, or not to our question. It is made to be logged: `reason` is a code of the service's or a word of
 * ours, and neither message nor stack holds an answer or a secret.
 */
export class HumanCheckError extends Error {
  override readonly name = 'HumanCheckError';
  readonly reason: string;

  constructor(reason: string) {
    super(`the human check failed: ${reason}`);
    this.reason = reason;
  }
}

/** @throws HumanCheckError in place of a PostError */
export function unanswered(error: unknown): never {
  throw error instanceof PostError ? new HumanCheckError(error.reason) : error;
}

/** How the service is reached. */
export interface HumanCheckSettings {
  readonly siteKey: string;
  /** Of the site key. */
  readonly secret: string;
  /** Such as `https://challenges.cloudflare.com`; another where a stand-in answers. */
  readonly apiOrigin: string;
  /** For all calls about one answer together. */
  readonly timeoutMilliseconds: number;
}
