import type { Stage } from '../stage.ts';
import type { At } from './at.ts';

type Body = Record<string, unknown>;

const NOTICE_ID = 'c0mb2k4xz1aB-_9ZyXwV12';
const LONG = 'a-very-long-mailbox-n***e@subdomain.of.a.long.example.com';

/** One notice of every type. */
function manyNotices(): Body[] {
  const types = ['linked', 'signed_in', 'frozen', 'suspended', 'cleared', 'signed_out', 'locked', 'unlinked'];
  return types.map((type, index) => ({
    id: index === 0 ? NOTICE_ID : `${NOTICE_ID.slice(0, -1)}${'abcdefgh'[index]}`,
    type,
    provider: index === 0 ? 'email' : 'wechat',
    display: index === 0 ? LONG : 'Lin',
    at: '2026-11-20T02:30:00.000Z',
    ip: '203.0.*.*',
    device:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36',
  }));
}

/** 这是我本人 and 这不是我, about what others have done. */
export async function tourNotices(stage: Stage, at: At): Promise<void> {
  const { page, t, words } = stage;
  await stage.alter('GET /account', (body) => ({ ...body, notices: manyNotices() }));
  await stage.atAccount();
  const card = page.locator('.notices');
  await card.waitFor();
  await at('notices', card);
  await stage.button(t('notices.all', { count: 8 })).click();
  await at('notices-all', card);

  const about = (button: string) =>
    t('notices.about', { button, what: t('told.linked', { provider: words.inline('email') }) });
  await stage.refuse(`DELETE /account/notices/${NOTICE_ID}`, 'unavailable', { retryAfter: 60 });
  await stage.button(about(t('notices.mine'))).click();
  await card.getByText(t('notices.failed')).waitFor();
  await at('notices-failed', card);

  const asking = stage.dialog(t('disown.title'));
  await stage.button(about(t('notices.not_mine'))).click();
  await asking.waitFor();
  await at('disown', asking);
  await stage.refuse(`POST /account/notices/${NOTICE_ID}/disown`, 'unavailable', { retryAfter: 60 });
  await stage.button(t('undo.protect'), asking).click();
  await asking.getByRole('alert').locator('.notice__title').waitFor();
  await at('disown-failed', asking);
  await stage.release();
  await stage.cancel(t('disown.title'));
}

/** A session that was opened by what was linked a moment ago. */
export async function tourProbation(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  await stage.alter('GET /account', (body) => ({
    ...body,
    session: { ...(body['session'] as Body), openedBy: 'email' },
    notices: manyNotices().slice(0, 2),
  }));
  await stage.atAccount();
  await page.locator('.probation').waitFor();
  await at('probation');
  await page.locator('.account-menu__button').click();
  await page.getByRole('menuitem', { name: t('header.sign_out_everywhere'), disabled: true }).waitFor();
  await at('probation-menu');
  await stage.release();
}

/** 仅保留此方式, and 恢复使用 of what it suspended. */
export async function tourOnly(stage: Stage, at: At): Promise<void> {
  const { t, words, customer } = stage;
  const check = stage.dialog(t('check.title'));
  const open = async (label: string, name: string) => {
    await stage.button(label).click();
    await check.waitFor();
    await at(name, check);
    await stage.code(check).fill(await stage.send(check, customer.phone));
  };

  await open(t('methods.only_label', { provider: words.inline('qq') }), 'only');
  await stage.refuse('POST /account/only', 'unavailable', { retryAfter: 60 });
  await stage.confirm(t('check.title'));
  await check.getByRole('alert').locator('.notice__title').waitFor();
  await at('only-failed', check);
  await stage.release();
  await stage.confirm(t('check.title'));
  const kept = stage.dialog(t('done.only'));
  await kept.waitFor();
  await at('only-done', kept);
  await stage.confirm(t('done.only'));
  await kept.waitFor({ state: 'hidden' });
  await at('account-suspended');

  for (const provider of ['email', 'wechat'] as const) {
    await open(t('methods.clear_label', { provider: words.inline(provider) }), `clear-${provider}`);
    await stage.confirm(t('check.title'));
    const cleared = stage.dialog(t('done.cleared'));
    await cleared.waitFor();
    await at(`cleared-${provider}`, cleared);
    await stage.confirm(t('done.cleared'));
    await cleared.waitFor({ state: 'hidden' });
  }
}
