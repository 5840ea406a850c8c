import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { PORTS, type PortName, type Ports, StartError } from './environment.ts';

const LOOPBACKS = ['127.0.0.1', '::1'];
const CONNECT_TIMEOUT_MILLISECONDS = 1_000;

/** A port of this machine that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: CONNECT_TIMEOUT_MILLISECONDS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/** @returns the error code that keeps us from listening, or undefined */
function bindError(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** What is wrong with a port at any of this machine's loopback addresses. */
async function portError(port: number): Promise<string | undefined> {
  for (const host of LOOPBACKS) {
    // A listener on all addresses does not keep every system from binding one of them, so it is asked first.
    if (await answers(port, host)) return 'EADDRINUSE';
    const error = await bindError(port, host);
    // Not EADDRNOTAVAIL: a machine without IPv6 has no ::1.
    if (error === 'EADDRINUSE' || error === 'EACCES') return error;
  }
  return undefined;
}

export const isFree = async (port: number): Promise<boolean> => (await portError(port)) === undefined;

async function portProblem(name: PortName, port: number): Promise<string | undefined> {
  const { variable } = PORTS[name];
  const error = await portError(port);
  if (error === undefined) return undefined;
  if (error === 'EADDRINUSE') return inUse(port, variable, name);
  return `Port ${port} (${name}) may not be used by this user. Set ${variable} to another port.`;
}

const inUse = (port: number, variable: string, name: PortName) =>
  `Port ${port} (${name}) is in use, perhaps by another copy of the local world. Stop it, or set ${variable} to a free port.`;

/** @throws StartError naming each port that can't be used, and its variable */
export async function checkPorts(ports: Partial<Ports>): Promise<void> {
  const given = Object.entries(ports) as [PortName, number][];
  const problems = await Promise.all(given.map(([name, port]) => portProblem(name, port)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new StartError(found.join('\n'));
}
