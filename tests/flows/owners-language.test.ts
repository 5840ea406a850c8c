import { describe, expect, test } from '@jest/globals';
import { noticesDuring } from '../support/notices.ts';
import { type Member, newMember } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SMS_COUNTRIES: '86,1' });

const CHINESE = /[\u4e00-\u9fff]{4}/;
const ENGLISH = /[a-z]{3} [a-z]{3}/;
let numbers = 0;
const american = () => `+1202555${String(++numbers).padStart(4, '0')}`;

/** What its owner is told of an email that somebody unlinks, who wants answers in `language`. */
async function toldOfUnlinking({ browser, phone }: Member, language: string) {
  const headers = { 'accept-language': language };
  await browser.checkIdentity('unlink_email', phone);
  const told = await noticesDuring(world, () => browser.delete('/links/email', { headers }));
  const by = (channel: string) => told.find((message) => message.channel === channel);
  return { sms: by('sms')?.text ?? '', mail: by('email') };
}

describe('attack 5: somebody who changes something has no say in the language that its owner is warned in', () => {
  test('a phone of mainland China is told in Chinese, with the signature that carriers want', async () => {
    const { sms } = await toldOfUnlinking(await newMember(world, { links: ['email'] }), 'en');
    expect(sms).toMatch(/^【示例云】/);
    expect(sms).toContain('解绑了邮箱');
    expect(sms).not.toMatch(ENGLISH);
  });

  test('even if the account’s language is English', async () => {
    const member = await newMember(world, { links: ['email'], language: 'en' });
    const { sms, mail } = await toldOfUnlinking(member, 'zh-CN');
    expect(sms).toMatch(/^【示例云】/);
    expect(mail?.text).toContain('was unlinked');
    expect(mail?.text).not.toMatch(CHINESE);
  });

  test('another phone is told in the account’s language, else in English', async () => {
    const plain = await newMember(world, { links: ['email'], phone: american() });
    expect((await toldOfUnlinking(plain, 'zh-CN')).sms).toContain('was unlinked');
    const chinese = await newMember(world, { links: ['email'], phone: american(), language: 'zh-CN' });
    expect((await toldOfUnlinking(chinese, 'en')).sms).toContain('解绑了邮箱');
  });

  test('mail is in both if the account has no language: first in that of its phone', async () => {
    const places = async (phone?: string) => {
      const member = await newMember(world, { links: ['email'], ...(phone && { phone }) });
      const { mail } = await toldOfUnlinking(member, 'en');
      return ['解绑了邮箱', 'was unlinked'].map((words) => mail?.text.indexOf(words) ?? -1);
    };
    const [chinese = -1, english = -1] = await places();
    expect(chinese).toBeGreaterThanOrEqual(0);
    expect(english).toBeGreaterThan(chinese);
    const [later = -1, sooner = -1] = await places(american());
    expect(sooner).toBeGreaterThanOrEqual(0);
    expect(later).toBeGreaterThan(sooner);
  });

  test('what is stored of it has no language', async () => {
    const member = await newMember(world, { links: ['email'] });
    await toldOfUnlinking(member, 'en');
    const notices = [...(await world.items())].filter(([key]) =>
      key.startsWith(`ACCOUNT#${member.accountId}/NOTICE#`),
    );
    expect(notices).not.toEqual([]);
    for (const [, item] of notices) expect(item).not.toHaveProperty('language');
  });
});

describe('the SMS of a code', () => {
  const codeFor = async ({ browser, phone }: Member, language: string) => {
    const headers = { 'accept-language': language };
    const sent = await browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    expect(sent.status).toBe(202);
    return world.outbox.sent.find(({ to }) => to === phone)?.text;
  };

  test('is in Chinese and signed to a phone of mainland China, whatever anything says', async () => {
    expect(await codeFor(await newMember(world, { language: 'en' }), 'en')).toMatch(/^【示例云】验证码/);
  });

  test('is in the account’s language to another, else in the request’s', async () => {
    const english = await newMember(world, { phone: american(), language: 'en' });
    expect(await codeFor(english, 'zh-CN')).toContain('is your code to link an email');
    const plain = await newMember(world, { phone: american() });
    expect(await codeFor(plain, 'zh-CN')).toContain('用于关联邮箱');
    const other = await newMember(world, { phone: american() });
    expect(await codeFor(other, 'en')).toContain('is your code to link an email');
  });
});
