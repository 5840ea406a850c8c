import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import { TEST_ENVIRONMENT } from '../support/settings.ts';
import { projectWithThirdProvider } from '../support/third-provider.ts';

jest.setTimeout(180_000);

const { folder, remove } = projectWithThirdProvider();
afterAll(remove);
const load = <Module>(path: string): Promise<Module> => import(join(folder, path));
const { createWorld } = await load<typeof import('../support/world.ts')>('tests/support/world.ts');
const { createProviders } =
  await load<typeof import('../../lib/providers/enabled.ts')>('lib/providers/enabled.ts');

const SETTINGS = {
  ACME_APP_ID: 'app-of-the-tests',
  ACME_AGENT_ID: 'agent-7',
  ACME_URL: 'https://acme.example',
  ACME_APP_SECRET: 'acme-secret-of-the-tests',
};
const acme = 'acme' as OAuthProviderName;

test.each(['.', 'console'])(
  'the compiler finds nothing else in %s that a third provider needs',
  async (project) => {
    const tsc = join(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin',
      'tsc',
    );
    const compiling = promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', join(folder, project)]);
    const output = await compiling.then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(output.replaceAll(folder, '')).toBe('');
  },
);

describe('a deployment that has it', () => {
  /** A world of the copy. Acme is made as a function makes it, and knows people by their codes. */
  async function worldWithAcme() {
    const world = await createWorld({
      ...SETTINGS,
      SIGN_IN_PROVIDERS: 'email,qq,acme',
      LINKABLE_PROVIDERS: 'email,acme',
    });
    const asked: URL[] = [];
    const answer = async (url: string | URL | Request) => {
      asked.push(new URL(String(url)));
      const [name = ''] = asked.at(-1)?.searchParams.get('code')?.split('~') ?? [];
      return Response.json({ id: `id-of-${name}`, name });
    };
    const made = createProviders(
      world.settings,
      { ...TEST_ENVIRONMENT, ...SETTINGS },
      answer as typeof fetch,
    )[acme];
    Object.assign(world.providers, { [acme]: Object.assign(made, { people: new Map() }) });
    return { world, asked };
  }

  test('signs in with it', async () => {
    const { world, asked } = await worldWithAcme();
    await world.importAccounts({
      accountId: '900000001',
      name: 'zoe',
      phone: '+8613800139001',
      registered: { provider: 'acme', subject: 'app-of-the-tests:id-of-zoe', display: 'zoe' },
    });
    const browser = world.browser();
    const away = new URL((await browser.get('/sign-in/acme')).headers['location'] ?? '');
    expect(away.origin).toBe(SETTINGS.ACME_URL);
    expect(Object.fromEntries(away.searchParams)).toEqual({
      agent: SETTINGS.ACME_AGENT_ID,
      state: expect.any(String),
      redirect_uri: 'https://api.example.com/oauth/acme/callback',
      language: 'zh-CN',
    });
    expect((await browser.answer(acme, away.href, 'zoe')).result).toBe('signed_in');
    expect(asked.map(({ searchParams }) => searchParams.get('secret'))).toEqual([SETTINGS.ACME_APP_SECRET]);
    const { json } = await browser.get('/account');
    expect(json).toMatchObject({ accountId: '900000001', session: { openedBy: 'acme' } });
    expect(json.methods.map(({ provider }: { provider: string }) => provider)).toEqual([
      'email',
      'qq',
      'acme',
    ]);
  });

  test('links and unlinks it, and tells the owner', async () => {
    const { world } = await worldWithAcme();
    const browser = world.browser();
    const phone = '+8613800138001';
    await browser.signInBy('qq', 'ming');
    await browser.checkIdentity('link_acme', phone);
    expect(world.outbox.sent[0]?.text).toContain('用于关联 Acme，');
    const { authorizeUrl } = (await browser.post('/links/acme')).json;
    expect((await browser.answer(acme, authorizeUrl, 'zoe')).result).toBe('linked');
    const row = async () =>
      (await browser.get('/account')).json.methods.find(
        ({ provider }: { provider: string }) => provider === acme,
      );
    expect(await row()).toMatchObject({ relation: 'linked', display: 'zoe', actions: ['unlink', 'replace'] });
    await world.notifyOwners();
    expect(world.outbox.sent.map(({ text }) => text)).toContainEqual(expect.stringContaining('关联了 Acme'));
    expect(world.bus.published).toMatchObject([{ type: 'identity.linked', detail: { provider: acme } }]);

    await browser.checkIdentity('unlink_acme', phone);
    expect((await browser.delete('/links/acme')).status).toBe(204);
    expect(await row()).toMatchObject({ relation: 'none', actions: ['link'] });
  });
});
