import { resolveTxt } from 'node:dns/promises';
import {
  DescribeConfigurationSetCommand,
  GetAccountSendingEnabledCommand,
  GetIdentityDkimAttributesCommand,
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  type SESClient,
} from '@aws-sdk/client-ses';
import type { Settings } from '../../lib/config.ts';
import { readSender } from '../../lib/messages/sender.ts';
import { type Check, failed, type Group, ok, skipped, warning } from './check.ts';

/** What SES lets an account send in its sandbox: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html */
const SANDBOX_PER_DAY = 200;

const sending = (ses: SESClient): Check => ({
  id: 'mail-sending',
  run: async () => {
    const { Enabled: isOn } = await ses.send(new GetAccountSendingEnabledCommand({}));
    return isOn
      ? ok('enabled')
      : failed('paused', 'Look into the account’s health in SES: bounces and complaints pause it.');
  },
});

const quota = (ses: SESClient, { spending }: Settings): Check => ({
  id: 'mail-quota',
  run: async () => {
    const {
      Max24HourSend: most = 0,
      SentLast24Hours: sent = 0,
      MaxSendRate: rate,
    } = await ses.send(new GetSendQuotaCommand({}));
    const found = `${sent} of ${most} sent in 24 hours, ${rate} a second`;
    if (most === SANDBOX_PER_DAY)
      return failed(
        `${found}: the sandbox`,
        'Ask for production access in SES: only verified addresses get mail.',
      );
    const needed = spending.mailsPerDay + spending.noticesPerDay;
    if (most !== -1 && most < needed)
      return warning(
        found,
        `MAILS_PER_DAY and NOTICES_PER_DAY allow ${needed}: raise the quota, or lower them.`,
      );
    return ok(found);
  },
});

const identity = (ses: SESClient, from: string): Check => ({
  id: 'mail-identity',
  run: async () => {
    const { address } = readSender(from);
    const domain = address.slice(address.indexOf('@') + 1);
    const Identities = [address, domain];
    const [{ VerificationAttributes: found = {} }, { DkimAttributes: dkim = {} }] = await Promise.all([
      ses.send(new GetIdentityVerificationAttributesCommand({ Identities })),
      ses.send(new GetIdentityDkimAttributesCommand({ Identities })),
    ]);
    const verified = Identities.find((one) => found[one]?.VerificationStatus === 'Success');
    if (verified === undefined)
      return failed(`neither ${address} nor ${domain} is verified`, 'Verify the domain of MAIL_FROM in SES.');
    const isSigned = dkim[verified]?.DkimVerificationStatus === 'Success';
    return isSigned
      ? ok(`${verified}, with DKIM`)
      : warning(`${verified}, without DKIM`, 'Set DKIM up in SES: without it mail is taken for spam.');
  },
});

type ReadTxt = (name: string) => Promise<string[][]>;

const dmarc = (from: string, readTxt: ReadTxt): Check => ({
  id: 'mail-dmarc',
  run: async () => {
    const { address } = readSender(from);
    // That of the organisation stands for what is below it.
    const labels = address.slice(address.indexOf('@') + 1).split('.');
    for (let from = 0; from < labels.length - 1; from += 1) {
      const name = `_dmarc.${labels.slice(from).join('.')}`;
      const records = await readTxt(name).catch(() => []);
      const policy = records.map((parts) => parts.join('')).find((record) => record.startsWith('v=DMARC1'));
      if (policy !== undefined) return ok(`${name}: ${policy}`);
    }
    return warning('none', 'Publish a DMARC record: Gmail and others ask senders of much mail for one.');
  },
});

const configurationSet = (ses: SESClient, name: string): Check => ({
  id: 'mail-configuration-set',
  run: async () => {
    if (name === '') return skipped('MAIL_CONFIGURATION_SET is empty');
    try {
      await ses.send(new DescribeConfigurationSetCommand({ ConfigurationSetName: name }));
      return ok(name);
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('ConfigurationSetDoesNotExist'))
        return failed(`there is no ${name}`, 'Deploy the service, or mend MAIL_CONFIGURATION_SET.');
      throw error;
    }
  },
});

/** Whether mail goes out, and is let in where it goes. */
export const mail = (ses: SESClient, settings: Settings, readTxt: ReadTxt = resolveTxt): Group => ({
  title: 'Mail',
  checks: [
    sending(ses),
    quota(ses, settings),
    identity(ses, settings.MAIL_FROM),
    dmarc(settings.MAIL_FROM, readTxt),
    configurationSet(ses, settings.MAIL_CONFIGURATION_SET),
  ],
});
