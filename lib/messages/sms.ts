import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SEND_ONCE } from './client-settings.ts';
import { type Delivery, deliver } from './delivery.ts';

/** Sends text messages. `to` is E.164. Never throws. */
export interface SmsSender {
  send(message: { to: string; text: string }): Promise<Delivery>;
}

/** A client of AWS End User Messaging that sends a message once or not at all. */
export const createSmsClient = () => new PinpointSMSVoiceV2Client(SEND_ONCE);

/**
 * SMS by AWS End User Messaging, SendTextMessage:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 *
 * @param settings.originationIdentity phone number, sender id or pool (id or ARN) the messages come from
 * @param settings.protectConfigurationId which countries may be sent to; absent or '' means the account's default
 */
export function createAwsSms(
  client: PinpointSMSVoiceV2Client,
  settings: { originationIdentity: string; protectConfigurationId?: string },
): SmsSender {
  return {
    send: ({ to, text }) =>
      deliver(async () => {
        const { MessageId } = await client.send(
          new SendTextMessageCommand({
            DestinationPhoneNumber: to,
            OriginationIdentity: settings.originationIdentity,
            MessageBody: text,
            MessageType: 'TRANSACTIONAL',
            ...(settings.protectConfigurationId
              ? { ProtectConfigurationId: settings.protectConfigurationId }
              : {}),
          }),
        );
        return MessageId;
      }),
  };
}
