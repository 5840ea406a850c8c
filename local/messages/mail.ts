import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import ses from 'aws-ses-v2-local';
import { getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import type { Invoke } from '../operator/app.ts';
import type { Inbox } from './inbox.ts';
import { mailReports } from './reports.ts';

type Email = ReturnType<typeof getStoreReadonly>['emails'][number];

/** `name@example.com`, of `Somebody <name@example.com>` as well. */
const bareAddress = (recipient: string): string => /<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient;

export interface MailServer {
  readonly origin: string;
  /** Puts what was sent since the last time into the inbox. */
  collect(): void;
  stop(): Promise<void>;
}

/** A request to SES whose form was read. */
type Request = IncomingMessage & { readonly body?: Readonly<Record<string, string>> };

/** What the local SES leaves out of what it keeps: the configuration set and the tags, as the form has them. */
function sentWith({ body = {} }: Pick<Request, 'body'>) {
  const tags: [string, string][] = [];
  for (let member = 1; body[`Tags.member.${member}.Name`] !== undefined; member += 1)
    tags.push([body[`Tags.member.${member}.Name`] ?? '', body[`Tags.member.${member}.Value`] ?? '']);
  return { configurationSet: body['ConfigurationSetName'] ?? '', tags: Object.fromEntries(tags) };
}

/**
 * Starts a local SES on a free port of this machine, and puts each mail into the inbox, once for every recipient.
 *
 * @param invoke runs the function that takes SES's events
 */
export async function startMailServer(inbox: Inbox, invoke: Invoke): Promise<MailServer> {
  const underWay = new Set<Request>();
  const taken = new WeakSet<Email>(getStoreReadonly().emails);

  function collect(): void {
    for (const email of getStoreReadonly().emails) {
      if (taken.has(email)) continue;
      taken.add(email);
      const { to, cc, bcc } = email.destination;
      const request = [...underWay].find(({ body }) => body?.['Message.Body.Text.Data'] === email.body.text);
      const sent = { ...sentWith(request ?? {}), messageId: email.messageId, at: new Date().toISOString() };
      for (const recipient of [...to, ...cc, ...bcc]) {
        inbox.deliver({
          channel: 'email',
          to: bareAddress(recipient),
          text: email.body.text ?? '',
          mail: { subject: email.subject, html: email.body.html },
          reports: mailReports({ ...sent, to: bareAddress(recipient) }, invoke),
        });
      }
    }
  }

  const server = await ses.default({ host: '127.0.0.1', port: 0 });
  server.on('request', (request, response) => {
    underWay.add(request);
    response.once('finish', collect);
    response.once('close', () => underWay.delete(request));
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collect,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
