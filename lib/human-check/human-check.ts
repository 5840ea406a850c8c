import type { HumanAnswer, HumanChallenge } from '../linking/human-check.ts';

/** A service that tells people from programs. */
export interface HumanCheck extends HumanChallenge {
  /**
   * Whether the answer is one that the service gave to somebody it takes for human, who has not used it yet. It is used up by it.
   *
   * @param ip the caller's own
   * @throws HumanCheckError where it can't be told
   */
  isHuman(answer: HumanAnswer, ip: string): Promise<boolean>;
}

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
