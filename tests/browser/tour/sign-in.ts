/// <reference lib="dom" />
import type { Stage } from '../stage.ts';
import { scanAs } from '../support.ts';
import { type At, wrong } from './at.ts';

/** Before there is a session: by an address that nobody has, which the page may not tell apart. */
export async function tourSignIn(stage: Stage, at: At): Promise<void> {
  const { page, t, customer } = stage;
  const form = page.getByRole('form', { name: t('sign_in.email') });
  const card = page.locator('.sign-in__card');
  await page.goto(`${stage.console}/sign-in`);
  await form.waitFor();
  await at('sign-in');

  await stage.button(t('code.send'), form).click();
  await form.getByText(t('email.invalid')).waitFor();
  await at('sign-in-no-address', card);

  await form.getByRole('textbox', { name: t('email.address') }).fill(customer.stranger);
  await stage.button(t('code.send'), form).click();
  await form.getByRole('button', { name: stage.counting }).waitFor();
  await at('sign-in-code-sent', card);

  await stage.code(form).fill(wrong(''));
  await stage.button(t('sign_in.submit'), form).click();
  await form.getByRole('alert').locator('strong').waitFor();
  await at('sign-in-wrong-code', card);

  await stage.refuse('POST /sign-in/email/send', 'human_check_required', {
    humanCheck: { kind: 'turnstile', siteKey: 'key' },
  });
  await stage.context.route('https://challenges.cloudflare.com/**', (route) => route.abort());
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await form.getByRole('textbox', { name: t('email.address') }).fill('somebody@example.com');
  await stage.button(t('code.send'), form).click();
  await page.getByText(t('human.failed')).waitFor();
  await at('sign-in-human-check', card);
  await stage.release();

  await page.evaluate(() => sessionStorage.clear());
  await page.getByRole('link', { name: t('sign_in.by', { provider: t('provider.wechat') }) }).click();
  await page.waitForURL(/connect\/qrconnect/);
  await scanAs(page, 'wu');
  await page.getByRole('alert').locator('.notice__title').waitFor();
  await at('sign-in-unknown', card);
}

/** Where the window of WeChat ends, in a tab that nobody waits for. */
export async function tourResult(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  for (const result of ['linked', 'denied', 'state_invalid']) {
    await page.goto(`${stage.console}/oauth-result?provider=wechat&intent=link&flow=none&result=${result}`);
    await stage.button(t('result.close')).waitFor();
    await at(`result-${result.replace('_', '-')}`, page.locator('.sign-in__card'));
  }
}

/** Why somebody finds themselves at the sign-in page, as the page before it or `/oauth-result` has left it. */
export async function tourReasons(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  const flow = (result: string) => ({ flow: { provider: 'wechat', result } });
  const reasons = {
    disowned: { notice: 'disowned', suspended: 'email' },
    'sign-in-suspended': flow('method_suspended'),
    'sign-in-too-often': flow('quota_exceeded'),
  };
  for (const [name, state] of Object.entries(reasons)) {
    await page.evaluate((left) => history.replaceState(left, ''), state);
    await page.reload();
    await page.getByRole('form', { name: t('sign_in.email') }).waitFor();
    await page.locator('.sign-in__card .notice').waitFor();
    await at(name, page.locator('.sign-in__card'));
  }
}
