import * as z from 'zod/mini';
import type { HumanAnswer } from '../linking/human-check.ts';
import { tencentCalls } from '../tencent/call.ts';
import type { Tc3Credentials } from '../tencent/tc3.ts';
import {
  HUMAN,
  type HumanCheck,
  HumanCheckError,
  type HumanCheckSettings,
  NOT_HUMAN,
  unanswered,
  type Verdict,
} from './human-check.ts';

/** Of mainland China; the international site has `https://captcha.intl.tencentcloudapi.com`. */
export const TENCENT_CAPTCHA_ORIGIN = 'https://captcha.tencentcloudapi.com';

const ACTION = 'DescribeCaptchaResult';
const VERSION = '2019-07-22';
/** The only kind there is: https://cloud.tencent.com/document/product/1110/36926 */
const CAPTCHA_TYPE = 9;
const PASSED = 1;
/** The ticket is not of the app that we ask about, or the secret is not the app's. */
const OF_ANOTHER_APP = [16, 100];
/** A ticket whose holder was found to be up to no good, though the captcha itself was passed. */
const EVIL = 100;

const replySchema = z.object({
  Response: z.object({
    CaptchaCode: z.optional(z.int()),
    EvilLevel: z.nullish(z.int()),
    Error: z.optional(z.object({ Code: z.string() })),
  }),
});

const WELL_FORMED = /^[A-Za-z.]{1,64}$/;

/**
 * Every code but 1 is a refusal: a ticket that is made up, of another app, expired or used, or one that the page made by itself
 * because the captcha could not be reached (`trerror_…`): anybody can make that. On which page a captcha was passed is not said; Tencent
 * shows it only on the domains that the app is limited to.
 */
function judge({
  Response: { CaptchaCode: code, EvilLevel: evil, Error: error },
}: z.infer<typeof replySchema>): Verdict {
  if (error !== undefined)
    throw new HumanCheckError(WELL_FORMED.test(error.Code) ? error.Code : 'unreadable');
  if (code === undefined) throw new HumanCheckError('unreadable');
  if (OF_ANOTHER_APP.includes(code)) return { isHuman: false, mismatch: 'app' };
  return code === PASSED && evil !== EVIL ? HUMAN : NOT_HUMAN;
}

/**
 * Tencent Cloud Captcha, DescribeCaptchaResult: https://cloud.tencent.com/document/product/1110/36926
 *
 * A ticket is valid for five minutes and once, so that it is asked about once.
 *
 * @param settings.siteKey the CaptchaAppId, digits
 * @param settings.secret its AppSecretKey
 * @param settings.credentials of an API key that may call DescribeCaptchaResult
 * @param clock milliseconds since 1970
 */
export function createTencentCaptcha(
  settings: HumanCheckSettings & { readonly credentials: Tc3Credentials },
  fetch: typeof globalThis.fetch,
  clock = Date.now,
): HumanCheck {
  const { siteKey, secret, apiOrigin: origin, timeoutMilliseconds, credentials } = settings;
  const service = { service: 'captcha', version: VERSION, origin, timeoutMilliseconds, credentials };
  const call = tencentCalls(service, fetch, clock);

  async function verify(ticket: string, randstr: string, ip: string): Promise<Verdict> {
    const parameters = {
      CaptchaType: CAPTCHA_TYPE,
      Ticket: ticket,
      UserIp: ip,
      Randstr: randstr,
      CaptchaAppId: Number(siteKey),
      AppSecretKey: secret,
    };
    return judge(await call(ACTION, parameters, replySchema).catch(unanswered));
  }

  return {
    kind: 'tencent',
    siteKey,
    verify: async (answer: HumanAnswer, ip) =>
      'ticket' in answer ? verify(answer.ticket, answer.randstr, ip) : NOT_HUMAN,
  };
}
