import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { SEND_ONCE } from './client-settings.ts';
import { type Delivery, deliver } from './delivery.ts';

/** Sends mails. `to` is a bare address in its normal form. Never throws. */
export interface MailSender {
  send(message: { to: string; subject: string; text: string; html: string }): Promise<Delivery>;
}

/** A client of Amazon SES that sends a mail once or not at all. */
export const createSesClient = () => new SESClient(SEND_ONCE);

const utf8 = (data: string) => ({ Charset: 'UTF-8', Data: data });

/**
 * Mail by Amazon SES, SendEmail: https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
 *
 * @param settings.from a verified sender, as an address or with a display name
 */
export function createSesMail(client: SESClient, settings: { from: string }): MailSender {
  return {
    send: ({ to, subject, text, html }) =>
      deliver(async () => {
        const { MessageId } = await client.send(
          new SendEmailCommand({
            Source: settings.from,
            Destination: { ToAddresses: [to] },
            Message: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
          }),
        );
        return MessageId;
      }),
  };
}
