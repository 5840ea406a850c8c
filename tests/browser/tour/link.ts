import type { ProblemCode } from '../../../lib/linking/problem.ts';
import type { Stage } from '../stage.ts';
import { scanAs, scanInWindow } from '../support.ts';
import { type At, wrong } from './at.ts';

const REFUSED_ADDRESSES = [
  ['identity_registered', 'registered'],
  ['identity_linked', 'taken'],
  ['identity_sub_account', 'sub-account'],
] as const satisfies readonly (readonly [ProblemCode, string])[];

/** 关联邮箱, with everything that can go wrong on the way. */
export async function tourLinkEmail(stage: Stage, at: At): Promise<void> {
  const { page, t, words, customer } = stage;
  const check = stage.dialog(t('check.title'));
  const email = stage.dialog(t('email.title'));
  const alert = (within: typeof check) => within.getByRole('alert').locator('strong, .notice__title').first();

  await stage.button(t('methods.link_label', { provider: words.inline('email') })).click();
  await check.waitFor();
  await at('check', check);

  for (const code of ['quota_exceeded', 'delivery_failed', 'unavailable'] as const) {
    await stage.refuse('POST /otp/send', code, { retryAfter: 540 });
    await stage.button(t('code.send'), check).click();
    await alert(check).waitFor();
    await at(`check-${code.replace('_', '-')}`, check);
    await stage.release();
  }

  const smsCode = await stage.send(check, customer.phone);
  await at('check-sent', check);
  await stage.code(check).fill(wrong(smsCode));
  await stage.confirm(t('check.title'));
  await alert(check).waitFor();
  await at('check-wrong', check);
  await stage.refuse('POST /otp/verify', 'too_many_attempts', { retryAfter: 82_800 });
  await stage.code(check).fill(smsCode);
  await stage.confirm(t('check.title'));
  await alert(check).waitFor();
  await at('check-too-many', check);
  await stage.release();

  await stage.code(check).fill(smsCode);
  await at('check-typed', check);
  await stage.confirm(t('check.title'));
  await email.waitFor();
  await at('email', email);

  await stage.button(t('code.send'), email).click();
  await email.getByText(t('email.invalid')).waitFor();
  await at('email-invalid', email);
  const address = email.getByRole('textbox', { name: t('email.address') });
  await address.fill(customer.email);
  const mailCode = await stage.send(email, customer.email);
  await at('email-sent', email);
  await stage.code(email).fill(mailCode);
  await at('email-typed', email);
  await page.reload();
  await address.waitFor();
  await at('email-resumed', email);
  await address.fill(customer.email);
  await stage.code(email).fill(wrong(mailCode));
  await stage.confirm(t('email.title'));
  await alert(email).waitFor();
  await at('email-wrong', email);
  for (const [code, name] of REFUSED_ADDRESSES) {
    await stage.refuse('POST /links/email', code);
    await stage.code(email).fill(mailCode);
    await stage.confirm(t('email.title'));
    await alert(email).waitFor();
    await at(`email-${name}`, email);
    await stage.release();
  }
  await stage.code(email).fill(mailCode);
  await stage.confirm(t('email.title'));
  await stage.dialog(t('done.linked')).waitFor();
  await at('email-linked', stage.dialog(t('done.linked')));
  await stage.confirm(t('done.linked'));
}

/** 关联微信: the window as it waits, and every way in which it can end. */
export async function tourLinkWeChat(stage: Stage, at: At): Promise<void> {
  const { page, context, t, words, customer } = stage;
  const wechat = words.inline('wechat');
  const check = stage.dialog(t('check.title'));
  const linking = stage.dialog(t('oauth.title', { provider: wechat }));
  const failed = linking.getByRole('alert').locator('.notice__title');
  const popupBy = async (button: string, within: typeof check) => {
    const opened = context.waitForEvent('page');
    await stage.button(button, within).click();
    const popup = await opened;
    await popup.waitForURL(/connect\/qrconnect/);
    return popup;
  };

  await stage.button(t('methods.link_label', { provider: wechat })).click();
  await check.waitFor();
  await at('wechat-check', check);
  await stage.code(check).fill(await stage.send(check, customer.phone));
  const first = await popupBy(t('dialog.confirm'), check);
  await linking.getByText(t('oauth.waiting', { provider: wechat })).waitFor();
  await at('wechat-window', first);
  await at('wechat-waiting', linking);
  await scanInWindow(first, 'deny');
  await failed.waitFor();
  await at('wechat-denied', linking);

  await scanInWindow(await popupBy(t('oauth.reopen'), linking), customer.taken);
  await failed.waitFor();
  await at('wechat-taken', linking);

  await page.evaluate(() => Object.assign(window, { openReally: window.open, open: () => null }));
  await stage.button(t('oauth.another', { provider: wechat }), linking).click();
  await linking.getByText(t('oauth.blocked', { provider: wechat })).waitFor();
  await at('wechat-blocked', linking);
  await page.evaluate(() => Object.assign(window, { open: Reflect.get(window, 'openReally') }));

  await stage.refuse('POST /links/wechat', 'provider_failed');
  await stage.button(t('oauth.open', { provider: wechat }), linking).click();
  await failed.waitFor();
  await at('wechat-failed', linking);
  await stage.release();

  await stage.alter('POST /links/wechat', (body) => ({ ...body, expiresAt: '2020-01-01T00:00:00.000Z' }));
  const late = await popupBy(t('oauth.reopen'), linking);
  await linking.getByText(t('oauth.expired')).waitFor();
  await at('wechat-expired', linking);
  await stage.release();
  await late.close();

  await page.reload();
  await linking.waitFor();
  await at('wechat-resumed', linking);
  const last = await popupBy(t('oauth.reopen'), linking);
  await scanAs(last, customer.wechat);
  await stage.dialog(t('done.linked')).waitFor();
  await at('wechat-linked', stage.dialog(t('done.linked')));
  await stage.confirm(t('done.linked'));
}
