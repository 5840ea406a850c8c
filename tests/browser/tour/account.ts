import type { Stage } from '../stage.ts';
import type { At } from './at.ts';

type Body = Record<string, unknown>;

const EVENT = { ip: '203.0.*.*', device: '' };

/** Twenty events of every kind, and more to load. */
function manyEvents(at: string): Body {
  const types = ['linked', 'unlinked', 'replaced', 'refused', 'signed_in', 'frozen', 'suspended', 'cleared'];
  const events = Array.from({ length: 20 }, (_, index) => {
    const type = types[index % types.length];
    const provider = ['email', 'wechat', 'qq'][index % 3];
    const reason = type === 'refused' ? 'identity_linked' : null;
    const display =
      provider === 'email' ? 'a-very-long-mailbox-n***e@subdomain.of.a.long.example.com' : 'Ming';
    return { ...EVENT, type, provider, reason, display, at };
  });
  return { events, next: 'more' };
}

/** The account page, before it is there and where it can't be. */
export async function tourLoading(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  await stage.hold('GET /account');
  await page.goto(stage.console);
  await page.locator('.skeleton-rows').first().waitFor();
  await at('loading');
  await stage.release();
  await stage.refuse('GET /account', 'unavailable', { retryAfter: 60 });
  await page.goto(stage.console);
  await page.getByText(t('account.failed')).waitFor();
  await at('failed');
  await stage.release();
}

/** What stands around the linking: the menu, what an account without a phone sees, and recent activity. */
export async function tourAccount(stage: Stage, at: At): Promise<void> {
  const { page, t, words } = stage;
  const history = page.getByRole('region', { name: t('history.title') });

  await stage.alter('GET /account', (body) => ({ ...body, phone: null }));
  await stage.refuse('GET /account/history', 'unavailable', { retryAfter: 60 });
  await stage.atAccount();
  await at('no-phone');
  await stage.button(t('methods.unlink_label', { provider: words.inline('email') })).click();
  await stage.dialog(t('check.title')).waitFor();
  await at('no-phone-check', stage.dialog(t('check.title')));
  await stage.release();
  await page.reload();
  await stage.cancel(t('check.title'));

  await stage.alter('GET /account/history', () => ({ events: [], next: null }));
  await stage.atAccount();
  await page.getByText(t('history.empty')).waitFor();
  await at('history-empty', history);
  await stage.release();
  await stage.alter('GET /account/history', () => manyEvents('2026-11-20T02:30:00.000Z'));
  await stage.atAccount();
  await stage.button(t('history.more')).waitFor();
  await at('history-long', history);
  await stage.refuse('GET /account/history?cursor=more', 'unavailable', { retryAfter: 60 });
  await stage.button(t('history.more')).click();
  await history.getByText(t('history.more_failed')).waitFor();
  await at('history-more-failed', history);
  await stage.release();

  await stage.atAccount();
  await at('history', history);
  await page.locator('.account-menu__button').click();
  await at('menu');
  await page.getByRole('menuitem', { name: t('header.sign_out_everywhere') }).click();
  const everywhere = stage.dialog(t('everywhere.title'));
  await everywhere.waitFor();
  await at('everywhere', everywhere);
  await stage.refuse('DELETE /sessions', 'unavailable', { retryAfter: 60 });
  await stage.button(t('everywhere.confirm'), everywhere).click();
  await everywhere.getByText(t('header.sign_out_failed')).waitFor();
  await at('everywhere-failed', everywhere);
  await stage.release();
  await stage.cancel(t('everywhere.title'));
}

/** 解绑: what it will do, what can go wrong, and that it is done. Signed in by QQ, the session goes on. */
export async function tourUnlink(stage: Stage, at: At, provider: 'email' | 'wechat'): Promise<void> {
  const { t, words, customer } = stage;
  const check = stage.dialog(t('check.title'));
  await stage.button(t('methods.unlink_label', { provider: words.inline(provider) })).click();
  await check.waitFor();
  await at(`unlink-${provider}`, check);
  await stage.code(check).fill(await stage.send(check, customer.phone));
  await at(`unlink-${provider}-typed`, check);
  if (provider === 'email') {
    await stage.refuse('DELETE /links/email', 'unavailable', { retryAfter: 60 });
    await stage.confirm(t('check.title'));
    await check.getByRole('alert').locator('.notice__title').waitFor();
    await at('unlink-failed', check);
    await stage.release();
  }
  await stage.confirm(t('check.title'));
  const done = stage.dialog(t('done.unlinked'));
  await done.waitFor();
  await at(`unlinked-${provider}`, done);
  await stage.confirm(t('done.unlinked'));
  await done.waitFor({ state: 'hidden' });
}

/** The same press where the session was opened by what is unlinked. */
export async function tourOwnMethod(stage: Stage, at: At): Promise<void> {
  const { t, words } = stage;
  await stage.alter('GET /account', (body) => ({
    ...body,
    session: { ...(body['session'] as Body), openedBy: 'email' },
    // What was just linked could change nothing.
    methods: (body['methods'] as Body[]).map((method) => ({ ...method, state: 'active', stateUntil: null })),
  }));
  await stage.atAccount();
  await stage.button(t('methods.unlink_label', { provider: words.inline('email') })).click();
  await stage.dialog(t('check.title')).getByText(t('unlink.own_session')).waitFor();
  await at('unlink-own', stage.dialog(t('check.title')));
  await stage.cancel(t('check.title'));
  await stage.release();
}
