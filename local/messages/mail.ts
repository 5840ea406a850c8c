import type { AddressInfo } from 'node:net';
import ses from 'aws-ses-v2-local';
import { getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import type { Inbox } from './inbox.ts';

type Email = ReturnType<typeof getStoreReadonly>['emails'][number];

/** `name@example.com`, of `Somebody <name@example.com>` as well. */
const bareAddress = (recipient: string): string => /<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient;

export interface MailServer {
  readonly origin: string;
  /** Puts what was sent since the last time into the inbox. */
  collect(): void;
  stop(): Promise<void>;
}

/** Starts a local SES on a free port of this machine, and puts each mail into the inbox, once for every recipient. */
export async function startMailServer(inbox: Inbox): Promise<MailServer> {
  const taken = new WeakSet<Email>(getStoreReadonly().emails);

  function collect(): void {
    for (const email of getStoreReadonly().emails) {
      if (taken.has(email)) continue;
      taken.add(email);
      const { to, cc, bcc } = email.destination;
      for (const recipient of [...to, ...cc, ...bcc]) {
        inbox.deliver({
          channel: 'email',
          to: bareAddress(recipient),
          text: email.body.text ?? '',
          mail: { subject: email.subject, html: email.body.html },
        });
      }
    }
  }

  const server = await ses.default({ host: '127.0.0.1', port: 0 });
  server.on('request', (_request, response) => response.once('finish', collect));
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
