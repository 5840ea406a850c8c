import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../lib/settings-error.ts';
import { bill, deployedSettings, main, mostParts, mostSends } from '../../local/bill.ts';
import { StartError } from '../../local/environment.ts';
import { testSettings } from '../support/settings.ts';

const limits = (changes: Parameters<typeof testSettings>[0]) => testSettings(changes).spending;
const prices = { sms: 0.05, mail: 0.0001, currency: 'USD' };

describe('the most that goes out', () => {
  test('is what the breakers let through, and notices besides', () => {
    const most = mostSends(
      limits({
        SMS_PER_HOUR: '1000',
        SMS_PER_DAY: '10000',
        MAILS_PER_HOUR: '5000',
        MAILS_PER_DAY: '50000',
        NOTICES_PER_HOUR: '1000',
        NOTICES_PER_DAY: '5000',
      }),
      'all',
    );
    expect(most).toEqual({
      smsCodes: { hour: 1000, day: 10_000 },
      smsNotices: { hour: 1000, day: 5000 },
      mailCodes: { hour: 5000, day: 50_000 },
      mailNotices: { hour: 1000, day: 5000 },
    });
  });

  test('is no more an hour than a day allows, and no more a day than its hours', () => {
    expect(mostSends(limits({ SMS_PER_HOUR: '500', SMS_PER_DAY: '100' }), 'off').smsCodes).toEqual({
      hour: 100,
      day: 100,
    });
    expect(mostSends(limits({ MAILS_PER_HOUR: '10', MAILS_PER_DAY: '9999' }), 'off').mailCodes).toEqual({
      hour: 10,
      day: 240,
    });
  });

  test('has only those notices that are sent', () => {
    const some = limits({ NOTICES_PER_HOUR: '7' });
    expect(mostSends(some, 'mail')).toMatchObject({ smsNotices: { hour: 0 }, mailNotices: { hour: 7 } });
    expect(mostSends(some, 'off')).toMatchObject({ smsNotices: { hour: 0 }, mailNotices: { hour: 0 } });
  });
});

test('an SMS counts as often as it is billed: a text has parts of 153 letters, or of 67 where one is not of GSM', () => {
  const { codes, notices } = mostParts(testSettings({ BRAND_NAME: 'Example Cloud' }));
  expect(codes).toBe(1);
  expect(notices).toBeGreaterThan(2);
  // An English text with a Chinese name in it is long and has short parts.
  expect(mostParts(testSettings({ BRAND_NAME: '示例云' })).codes).toBe(3);
});

describe('the bill', () => {
  const settings = testSettings({
    SMS_PER_HOUR: '1000',
    SMS_PER_DAY: '10000',
    MAILS_PER_HOUR: '5000',
    MAILS_PER_DAY: '50000',
    NOTIFY: 'off',
    BRAND_NAME: 'Example Cloud',
  });

  test('says how it comes to its sums', () => {
    const lines = bill(settings, prices)
      .split('\n')
      .map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines).toContain('SMS with codes | 1,000 × 0.05 = 50.00 | 10,000 × 0.05 = 500.00');
    expect(lines).toContain('mail with codes | 5,000 × 0.0001 = 0.50 | 50,000 × 0.0001 = 5.00');
    expect(lines).toContain('at most | 50.50 USD | 505.00 USD');
  });

  test('goes by the environment, and by serverless.yml for the rest; it needs no secret', () => {
    const { spending } = deployedSettings({ SMS_PER_HOUR: '7', SECRETS_PATH: '' });
    expect(spending).toMatchObject({ smsPerHour: 7, smsPerDay: 10_000, smsCountries: ['86'] });
    expect(main(['--sms', '0.05', '--mail', '0.0001'], { SMS_PER_HOUR: '7', NOTIFY: 'off' })).toMatch(
      /SMS with codes +7 × 0\.05 = 0\.35 +168 × 0\.05 = 8\.40/,
    );
  });

  test.each([
    [[]],
    [['--sms', '0.05']],
    [['--sms', '5x', '--mail', '1']],
    [['--sms', '-1', '--mail', '1']],
    [['--sms', '1', '--mail', '1', '--fax', '1']],
    [['--sms', '1', '--mail', '1', 'more']],
  ])('is not made with %j, and says how it is', (args) => {
    expect(() => main(args, {})).toThrow(StartError);
    expect(() => main(args, {})).toThrow('Usage: npm run bill');
  });

  test('is explained where that is asked for', () => {
    expect(main(['--help'], {})).toMatch(/^Usage/);
  });

  test('is not made with settings that are none', () => {
    const make = () => main(['--sms', '1', '--mail', '1'], { SMS_PER_HOUR: 'many' });
    expect(make).toThrow(SettingsError);
    expect(make).toThrow('SMS_PER_HOUR');
  });
});
