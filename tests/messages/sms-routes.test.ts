import { describe, expect, test } from '@jest/globals';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import type { Delivery } from '../../lib/messages/delivery.ts';
import type { SmsSender } from '../../lib/messages/sms.ts';
import { createRoutedSms, type SmsRoute, type SmsVendor, vendorsFor } from '../../lib/messages/sms-routes.ts';
import { smsSettings } from '../../lib/messages/sms-settings.ts';
import { MAINLAND_SMS } from '../support/sms.ts';

const routesOf = (text: string): readonly SmsRoute[] => smsSettings.SMS_ROUTES.parse(text);
const phone = (text: string) => text as PhoneNumber;
const MAINLAND = phone('+8613800138001');

describe('the vendors of a number', () => {
  test.each<[string, string, readonly SmsVendor[]]>([
    ['*=aws', '+8613800138001', ['aws']],
    ['86=tencent,*=aws', '+8613800138001', ['tencent', 'aws']],
    ['86=tencent,*=aws', '+85251230000', ['aws']],
    // The longest prefix first, whatever the order; of one length, in the order given.
    ['*=aws, 86=tencent', '+8613800138001', ['tencent', 'aws']],
    ['86=aws,86=tencent', '+8613800138001', ['aws', 'tencent']],
    ['86=aws,8613=tencent', '+8613800138001', ['tencent', 'aws']],
    ['86=aws,8613=tencent', '+8615900138001', ['aws']],
    ['*=tencent,86=tencent,*=aws', '+8613800138001', ['tencent', 'aws']],
    ['86=tencent', '+15005550006', []],
  ])('by %s of %s are %j', (routes, to, vendors) => {
    expect(vendorsFor(routesOf(routes), phone(to))).toEqual(vendors);
  });
});

/** A vendor that answers so, and notes that it was asked. */
function vendor(delivery: Delivery, takesLinks = true) {
  const asked: string[] = [];
  const sender: SmsSender = {
    takesLinks: () => takesLinks,
    send: async ({ to }) => {
      asked.push(to);
      return delivery;
    },
  };
  return { asked, sender };
}

const ACCEPTED: Delivery = { outcome: 'accepted', messageId: 'id' };
const BOTH = routesOf('86=tencent,*=aws');

describe('the next vendor', () => {
  test.each<[string, Delivery]>([
    ['what is ours to mend', { outcome: 'refused', reason: 'x', fault: 'ours' }],
    ['throttling, or no connection', { outcome: 'refused', reason: 'x' }],
    [
      'a country that it does not send to',
      { outcome: 'refused', reason: 'x', fault: 'recipient', problem: 'country_not_served', another: true },
    ],
  ])('is asked after a refusal for %s', async (_what, refusal) => {
    const [first, second] = [vendor(refusal), vendor(ACCEPTED)];
    const sms = createRoutedSms(BOTH, { tencent: first.sender, aws: second.sender });
    expect(await sms.send(MAINLAND_SMS)).toEqual({
      ...ACCEPTED,
      vendor: 'aws',
      earlier: [{ ...refusal, vendor: 'tencent' }],
    });
    expect([first.asked, second.asked]).toEqual([[MAINLAND], [MAINLAND]]);
  });

  test.each<[string, Delivery]>([
    ['accepted', ACCEPTED],
    ['unknown: it may be on its way', { outcome: 'unknown', reason: 'timeout' }],
    ['refused for the number', { outcome: 'refused', reason: 'x', fault: 'recipient' }],
    ['refused since the number has had enough', { outcome: 'refused', reason: 'x', another: false }],
  ])('is not asked after what was %s', async (_what, delivery) => {
    const [first, second] = [vendor(delivery), vendor(ACCEPTED)];
    const sms = createRoutedSms(BOTH, { tencent: first.sender, aws: second.sender });
    expect(await sms.send(MAINLAND_SMS)).toEqual({ ...delivery, vendor: 'tencent' });
    expect(second.asked).toEqual([]);
  });

  test('is not there after the last one, whose refusal it is', async () => {
    const ours: Delivery = { outcome: 'refused', reason: 'x', fault: 'ours' };
    const sms = createRoutedSms(BOTH, {
      tencent: vendor({ ...ours, reason: 'y' }).sender,
      aws: vendor(ours).sender,
    });
    expect(await sms.send(MAINLAND_SMS)).toMatchObject({
      ...ours,
      vendor: 'aws',
      earlier: [{ reason: 'y' }],
    });
  });

  test('is nobody where no route is for the number', async () => {
    const sms = createRoutedSms(routesOf('852=aws'), { aws: vendor(ACCEPTED).sender });
    expect(await sms.send(MAINLAND_SMS)).toEqual({ outcome: 'refused', reason: 'NoRoute', fault: 'ours' });
  });
});

test('links go to numbers alone of which every vendor takes them', () => {
  const senders = { aws: vendor(ACCEPTED).sender, tencent: vendor(ACCEPTED, false).sender };
  const takes = (routes: string, to: string) =>
    createRoutedSms(routesOf(routes), senders).takesLinks(phone(to));
  expect(takes('*=aws', '+8613800138001')).toBe(true);
  expect(takes('86=aws,*=tencent', '+8613800138001')).toBe(false);
  expect(takes('86=tencent,*=aws', '+8613800138001')).toBe(false);
  expect(takes('86=tencent,*=aws', '+15005550006')).toBe(true);
});
