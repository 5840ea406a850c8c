import * as z from 'zod/mini';
import { type TencentService, tencentCalls } from '../tencent/call.ts';
import { PostError } from '../tencent/post.ts';
import { type Delivery, isNeverConnected } from './delivery.ts';
import type { SmsSender } from './sms.ts';
import { judgeTencentCode } from './tencent-codes.ts';
import { fillTemplate, type TemplateKey } from './tencent-templates.ts';

/** Of mainland China; the international site has `https://sms.intl.tencentcloudapi.com`. */
export const TENCENT_SMS_ORIGIN = 'https://sms.tencentcloudapi.com';

export const TENCENT_SMS_VERSION = '2021-01-11';

const replySchema = z.object({
  Response: z.object({
    SendStatusSet: z.optional(z.array(z.object({ Code: z.string(), SerialNo: z.optional(z.string()) }))),
    Error: z.optional(z.object({ Code: z.string() })),
  }),
});

function judge({
  Response: { SendStatusSet: [status] = [], Error: error },
}: z.infer<typeof replySchema>): Delivery {
  if (error !== undefined) return judgeTencentCode(error.Code);
  if (status === undefined) return { outcome: 'unknown', reason: 'unreadable' };
  if (status.Code !== 'Ok') return judgeTencentCode(status.Code);
  // As with AWS: an answer without an id is no receipt.
  const { SerialNo: messageId } = status;
  return messageId ? { outcome: 'accepted', messageId } : { outcome: 'unknown', reason: 'MessageIdMissing' };
}

function describeFailure(error: unknown): Delivery {
  if (!(error instanceof PostError)) return { outcome: 'unknown', reason: 'Error' };
  const reason = error.code ?? error.reason;
  return { outcome: isNeverConnected(error) ? 'refused' : 'unknown', reason };
}

/**
 * SMS by Tencent Cloud, SendSms: https://cloud.tencent.com/document/product/382/55981
 *
 * It takes the id of a template that was registered and its parameters: no text, and in no parameter a link.
 *
 * @param settings.appId the SdkAppId, which is an application's and not the account's
 * @param settings.signName the signature, without 【】
 * @param settings.templates the ids, of every template that may be needed
 * @param clock milliseconds since 1970
 */
export function createTencentSms(
  settings: Omit<TencentService, 'service' | 'version'> & {
    readonly region: string;
    readonly appId: string;
    readonly signName: string;
    readonly templates: ReadonlyMap<TemplateKey, string>;
  },
  fetch: typeof globalThis.fetch,
  clock: () => number,
): SmsSender {
  const { appId, signName, templates, ...service } = settings;
  const call = tencentCalls({ ...service, service: 'sms', version: TENCENT_SMS_VERSION }, fetch, clock);
  return {
    takesLinks: () => false,
    async send(message) {
      const { key, parameters } = fillTemplate(message);
      const templateId = templates.get(key);
      if (templateId === undefined) return { outcome: 'refused', reason: 'TemplateMissing', fault: 'ours' };
      const request = {
        PhoneNumberSet: [message.to],
        SmsSdkAppId: appId,
        SignName: signName,
        TemplateId: templateId,
        TemplateParamSet: parameters,
      };
      return call('SendSms', request, replySchema).then(judge, describeFailure);
    },
  };
}
