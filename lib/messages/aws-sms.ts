import type {
  SendTextMessageCommandInput,
  SendTextMessageCommandOutput,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { AwsClient } from '../aws/client.ts';
import { SMS_VOICE } from '../aws/services.ts';
import { SEND_ONCE } from './client-settings.ts';
import { deliver } from './delivery.ts';
import { noticeSms } from './notice-texts.ts';
import type { SmsMessage, SmsSender } from './sms.ts';
import { receiptContext } from './sms-events.ts';
import { smsText } from './texts.ts';

/** A client of AWS End User Messaging that sends a message once or not at all. */
export const createSmsClient = () => new AwsClient(SMS_VOICE, SEND_ONCE);

/** Who writes, and where a code of a notice is typed. */
export interface SmsSignature {
  readonly brand: string;
  /** Such as `https://console.example.com/not-me`. */
  readonly notMeUrl: string;
}

/** The text of an SMS, for a service that takes any. */
export function smsBody(message: SmsMessage, signature: SmsSignature): string {
  return message.kind === 'code'
    ? smsText({ ...message, ...signature })
    : noticeSms({ ...message, ...signature }, message.language);
}

/**
 * SMS by AWS End User Messaging, SendTextMessage:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 *
 * @param settings.originationIdentity phone number, sender id or pool (id or ARN) the messages come from; '' lets AWS choose what the
 *   account has for the country
 * @param settings.protectConfigurationId which countries may be sent to; absent or '' means the account's default
 * @param settings.configurationSet what else its events go to; '' means none. EventBridge has them without
 * @param settings.countries the calling codes that receipts are counted by, each apart; all others together
 */
export function createAwsSms(
  client: Pick<AwsClient, 'send'>,
  settings: SmsSignature & {
    originationIdentity: string;
    protectConfigurationId?: string;
    configurationSet?: string;
    countries?: readonly string[];
  },
): SmsSender {
  return {
    takesLinks: () => true,
    send: (message) =>
      deliver(async () => {
        const { MessageId } = await client.send<SendTextMessageCommandOutput>('SendTextMessage', {
          DestinationPhoneNumber: message.to,
          ...(settings.originationIdentity && { OriginationIdentity: settings.originationIdentity }),
          MessageBody: smsBody(message, settings),
          MessageType: 'TRANSACTIONAL',
          ...(settings.configurationSet && { ConfigurationSetName: settings.configurationSet }),
          Context: receiptContext(message.to, settings.countries ?? []),
          ...(settings.protectConfigurationId && {
            ProtectConfigurationId: settings.protectConfigurationId,
          }),
        } satisfies SendTextMessageCommandInput);
        return MessageId;
      }),
  };
}
