import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { HUMAN_CHECK_ACTION, type HumanAnswer } from '../linking/human-check.ts';
import { post } from '../tencent/post.ts';
import {
  HUMAN,
  type HumanCheck,
  HumanCheckError,
  type HumanCheckSettings,
  NOT_HUMAN,
  unanswered,
  type Verdict,
} from './human-check.ts';

export const TURNSTILE_ORIGIN = 'https://challenges.cloudflare.com';

const replySchema = z.object({
  success: z.boolean(),
  'error-codes': z.optional(z.array(z.string())),
  /** Of the page that the token was given to. */
  hostname: z.nullish(z.string()),
  /** That the page asked for it with. */
  action: z.nullish(z.string()),
});
type Reply = z.infer<typeof replySchema>;
type Hosts = readonly string[];

/** What is wrong is the answer: made up, expired, used, or no token at all. All else is ours, or Cloudflare's. */
const REFUSALS = ['missing-input-response', 'invalid-input-response', 'timeout-or-duplicate', 'bad-request'];

const WELL_FORMED = /^[a-z-]{1,64}$/;

function judge({ success, 'error-codes': codes = [], hostname, action }: Reply, hosts: Hosts): Verdict {
  if (success && !(hostname && hosts.includes(hostname))) return { isHuman: false, mismatch: 'host' };
  if (success && action !== HUMAN_CHECK_ACTION) return { isHuman: false, mismatch: 'action' };
  if (success) return HUMAN;
  const ours = codes.find((code) => !REFUSALS.includes(code));
  if (ours === undefined && codes.length > 0) return NOT_HUMAN;
  throw new HumanCheckError(ours !== undefined && WELL_FORMED.test(ours) ? ours : 'unreadable');
}

/**
 * Cloudflare Turnstile, Siteverify: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 *
 * A token is valid for five minutes and once. What was not answered is asked once more under the same idempotency key.
 *
 * @param settings.hosts of the pages that show the widget
 */
export function createTurnstile(
  settings: HumanCheckSettings & { readonly hosts: Hosts },
  fetch: typeof globalThis.fetch,
): HumanCheck {
  const { siteKey, secret, apiOrigin, timeoutMilliseconds, hosts } = settings;
  const url = new URL('/turnstile/v0/siteverify', apiOrigin);

  async function verify(token: string, ip: string): Promise<Verdict> {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const asked = { secret, response: token, remoteip: ip, idempotency_key: randomUUID() };
    const request = { url, body: JSON.stringify(asked), schema: replySchema };
    const ask = async () => judge(await post(request, signal, fetch).catch(unanswered), hosts);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HumanCheckError) || !mayPass(error)) throw error;
      return ask();
    }
  }

  return {
    kind: 'turnstile',
    siteKey,
    verify: async (answer: HumanAnswer, ip) => ('token' in answer ? verify(answer.token, ip) : NOT_HUMAN),
  };
}

function mayPass({ reason }: HumanCheckError): boolean {
  return reason === 'no_answer' || reason === 'internal-error' || /^http_5/.test(reason);
}
