import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export interface RunningServer {
  readonly port: number;
  /** Where this machine reaches it. */
  readonly origin: string;
  /** Ends it, and every connection that is still open. */
  stop(): Promise<void>;
}

type Server = ReturnType<typeof createAdaptorServer>;

async function listen(app: Hono, port: number, host: string): Promise<Server> {
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
}

/**
 * Serves an app on a port, 0 for any free one: to this machine only (by either of its loopback addresses, whichever
 * `localhost` means), or to the whole network.
 */
export async function serve(
  app: Hono,
  port: number,
  audience: 'machine' | 'network',
): Promise<RunningServer> {
  const first = await listen(app, port, audience === 'network' ? '0.0.0.0' : '127.0.0.1');
  const actual = (first.address() as AddressInfo).port;
  // A machine without IPv6 has no ::1, and on port 0 somebody else may have it; 127.0.0.1 always answers.
  const second = await listen(app, actual, audience === 'network' ? '::' : '::1').catch(() => undefined);
  return {
    port: actual,
    origin: `http://127.0.0.1:${actual}`,
    stop: async () => {
      await Promise.all([first, second].map((server) => server && close(server)));
    },
  };
}

/** The address another device on the same network reaches this machine by; undefined where it has none. */
export function networkAddress(interfaces = networkInterfaces()): string | undefined {
  const addresses = Object.values(interfaces).flatMap((entries) => entries ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
