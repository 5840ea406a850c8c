import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SMS_VENDORS } from '../../lib/messages/sms-routes.ts';
import { smsSettings } from '../../lib/messages/sms-settings.ts';
import { templatesToRegister } from '../../local/messages/tencent-templates.ts';

const KINDS = {
  'sms.md': { code: 'verification code', notice: 'notification' },
  'sms.zh.md': { code: '验证码', notice: '通知' },
};
const templates = [...templatesToRegister('https://console.example.com/not-me')];

test.each(Object.entries(KINDS))('docs/%s has every template to copy, and no other', (name, kinds) => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');
  expect(page.match(/^\| `(?:cn|zh|en)\..*$/gm)).toEqual(
    templates.map(([key, { kind, text }]) => `| \`${key}\` | ${kinds[kind]} | ${text} |`),
  );
  const routes = [...page.matchAll(/^\| `([\d*].*?)` \|/gm)].map(([, text = '']) => text);
  expect(routes.length).toBeGreaterThan(2);
  for (const route of routes) expect(smsSettings.SMS_ROUTES.safeParse(route).success).toBe(true);
  for (const vendor of SMS_VENDORS) expect(routes.join()).toContain(vendor);
});
