import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { checkPorts, freePort } from '../../local/ports.ts';
import { networkAddress } from '../../local/server.ts';

test('a port in use is named with its variable, and free ones are not', async () => {
  const [console, api, inbox, providers] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: dynamodb } = other.address() as { port: number };
  const check = checkPorts({ console, api, inbox, providers, dynamodb });
  await expect(check).rejects.toThrow(
    new RegExp(`^Port ${dynamodb} \\(dynamodb\\) is in use.*DYNAMODB_PORT[^\\n]*$`),
  );
  other.close();
  await once(other, 'close');
  await expect(checkPorts({ console, api, inbox, providers, dynamodb })).resolves.toBeUndefined();
});

test('a phone gets an address of the network, never a loopback one', () => {
  const address = { netmask: '', mac: '', cidr: null } as const;
  const lo = { ...address, address: '127.0.0.1', family: 'IPv4', internal: true } as const;
  const v6 = { ...address, address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 1 } as const;
  const v4 = { ...address, address: '192.0.2.7', family: 'IPv4', internal: false } as const;
  expect(networkAddress({ lo: [lo], eth0: [v6, v4] })).toBe('192.0.2.7');
  expect(networkAddress({ lo: [lo] })).toBeUndefined();
});
