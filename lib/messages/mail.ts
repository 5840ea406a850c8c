import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { findCredentials } from '../aws/environment.ts';
import type { Spender } from '../linking/spending.ts';
import { SEND_ONCE } from './client-settings.ts';
import { type Delivery, deliver } from './delivery.ts';
import { formatSender, readSender } from './sender.ts';

export interface MailMessage {
  /** A bare address in its normal form. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Who chose the address, if it is not the account's own: what comes back of the mail is charged to them. */
  readonly askedBy?: Spender;
}

/** Sends mails. Never throws. */
export interface MailSender {
  send(message: MailMessage): Promise<Delivery>;
}

/** A client of Amazon SES that sends a mail once or not at all. What the SDK hands to a source of credentials is no environment. */
export const createSesClient = () => new SESClient({ ...SEND_ONCE, credentials: () => findCredentials() });

const utf8 = (data: string) => ({ Charset: 'UTF-8', Data: data });

/** What an event about a mail has of who chose its address, by the names of its tags. */
export const ASKED_BY_TAGS = { account: 'account', openedBy: 'opened_by' } as const;

const tagsOf = ({ accountId, openedBy }: Spender) => [
  { Name: ASKED_BY_TAGS.account, Value: accountId },
  { Name: ASKED_BY_TAGS.openedBy, Value: openedBy },
];

/**
 * Mail by Amazon SES, SendEmail: https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html
 *
 * @param settings.from a verified sender, as an address or with a display name
 * @param settings.configurationSet what publishes events about mails; absent or '' leaves it to the identity's own, if it has one
 */
export function createSesMail(
  client: SESClient,
  { from, configurationSet }: { from: string; configurationSet?: string },
): MailSender {
  const Source = formatSender(readSender(from));
  return {
    send: ({ to, subject, text, html, askedBy }) =>
      deliver(async () => {
        const { MessageId } = await client.send(
          new SendEmailCommand({
            Source,
            Destination: { ToAddresses: [to] },
            Message: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
            ...(configurationSet && { ConfigurationSetName: configurationSet }),
            ...(askedBy && { Tags: tagsOf(askedBy) }),
          }),
        );
        return MessageId;
      }),
  };
}
