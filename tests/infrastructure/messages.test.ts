import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';

type Make<Made> = (serverless: {
  resolveConfigurationProperty: (path: string[]) => Promise<string>;
  resolveVariable: (name: string) => Promise<string>;
}) => Promise<Made>;

const require = createRequire(import.meta.url);

/** What a file of the stack makes of a setting, at the stage `prod`. */
const made = <Made>(file: string, setting: string): Promise<Made> =>
  (require(`../../infrastructure/${file}`) as Make<Made>)({
    resolveConfigurationProperty: async () => setting,
    resolveVariable: async () => 'prod',
  });

test.each([
  ['account-linking-prod', ['MailConfigurationSet', 'MailEvents'], { Ref: 'MailConfigurationSet' }],
  // It is there, and the company's.
  ['company-set', ['MailEvents'], 'company-set'],
  ['account-linking-dev', ['MailEvents'], 'account-linking-dev'],
  ['', [], undefined],
])('with the configuration set "%s" the stack has %j', async (name, ids, set) => {
  const { Resources: resources } = await made<{
    Resources: Record<string, { Properties: Record<string, unknown> }>;
  }>('mail.cjs', name);
  expect(Object.keys(resources)).toEqual(ids);
  expect(resources['MailEvents']?.Properties['ConfigurationSetName']).toEqual(set);
});

test.each([
  ['*=aws', false],
  ['86=tencent,*=aws', true],
  ['86=aws, *=tencent ', true],
])('with SMS_ROUTES %s receipts are pulled: %s', async (routes, isPulled) => {
  expect(await made<boolean>('tencent-routed.cjs', routes)).toBe(isPulled);
});
