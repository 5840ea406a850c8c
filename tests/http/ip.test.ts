import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskedIp } from '../../lib/contract/answers.ts';
import { maskIp, toNetwork, withoutPort } from '../../lib/http/ip.ts';
import { anyCharacter } from '../support/arbitrary-text.ts';

describe('the mask of a client’s address', () => {
  test.each([
    ['203.0.113.7', '203.0.*.*'],
    ['10.1.2.3', '10.1.*.*'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', '2001:db8:aaaa::*'],
    ['2001:DB8:AAAA:bbbb::1', '2001:db8:aaaa::*'],
    ['2001:db8:aaaa::1', '2001:db8:aaaa::*'],
    ['2001:db8:0:bbbb::1', '2001:db8::*'],
    ['2001:0:aaaa::1', '2001:0:aaaa::*'],
    ['2001:db8::1', '2001:db8::*'],
    ['::1', '::*'],
    ['::ffff:203.0.113.7', '203.0.*.*'],
    ['', '*'],
    ['unknown', '*'],
    ['1.2.3', '*'],
    ['0x7f.0.0.1', '*'],
    ['1.2.3.4.5', '*'],
    ['2001:db8::g', '*'],
  ])('of %j is %j', (ip, masked) => {
    expect(maskIp(ip)).toBe(masked);
  });

  test.each(['2001::abcd', 'fe80::abcd', '::abcd', 'fe80::1:abcd', '::ffff:203.0.113.7', 'fe80::abcd%eth0'])(
    'of %s, written short, holds nothing from behind its gap',
    (ip) => {
      expect(maskIp(ip)).not.toMatch(/abcd|:1|113|\.7/);
    },
  );
});

describe('whom an address stands for', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['::1', '::/64'],
    ['unknown', 'unknown'],
    ['203.0.113.300', 'unknown'],
    ['somebody else', 'unknown'],
  ])('%s stands for %s', (ip, network) => {
    expect(toNetwork(ip)).toBe(network);
  });

  test('is the same for all of a /64, and another for every other', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = fc.array(group, { minLength: 4, maxLength: 4 });
    const written = (parts: number[]) => parts.map((part) => part.toString(16)).join(':');
    fc.assert(
      fc.property(groups, groups, groups, groups, (site, other, one, two) => {
        const here = toNetwork(written([...site, ...one]));
        expect(toNetwork(written([...site, ...two]))).toBe(here);
        if (written(site) !== written(other)) expect(toNetwork(written([...other, ...one]))).not.toBe(here);
      }),
    );
  });

  test('is never a fault, whatever the gateway says', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (ip) => {
        expect(typeof toNetwork(ip)).toBe('string');
        expect(maskIp(ip)).toMatch(/\*$/);
      }),
    );
  });

  test.each([fc.ipV4(), fc.ipV6(), fc.constant('::1')])('is masked as the contract has it: %s', (ips) => {
    fc.assert(fc.property(ips, (ip) => expect(maskedIp.safeParse(maskIp(ip)).success).toBe(true)));
  });
});

describe('an address with a port', () => {
  test.each([
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8::1', '2001:db8::1'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s is %s', (sourceIp, ip) => {
    expect(withoutPort(sourceIp)).toBe(ip);
  });
});
