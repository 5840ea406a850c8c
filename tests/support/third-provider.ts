import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A provider that nobody has: its login page asks nothing, and its one call tells who came. */
const ACME = `import * as z from 'zod/mini';
import { origin, text } from '../setting-types.ts';
import { readCallback } from './callback.ts';
import { openExchange } from './exchange.ts';
import { cleanNickname } from './nickname.ts';
import { defineProvider } from './provider.ts';
import { nicknameSchema, parseJson, readBody, subjectSchema } from './reply.ts';

const whoSchema = z.object({ id: subjectSchema, name: nicknameSchema });
const ERRCODES = { known: new Map(), unknown: () => 'unavailable' as const, busy: new Set<number>() };

export const ACME = defineProvider({
  settings: { ACME_APP_ID: text, ACME_AGENT_ID: text, ACME_URL: origin },
  secrets: { ACME_APP_SECRET: 'ACME_APP_ID' },
  create: ({ ACME_APP_ID: appId, ACME_AGENT_ID: agent, ACME_URL: acme, ...rest }, { ACME_APP_SECRET: secret }, fetch) => ({
    name: 'acme',
    authorizeUrl({ state, redirectUri, language }) {
      return \`\${acme}/login?\${new URLSearchParams({ agent, state, redirect_uri: redirectUri, language })}\`;
    },
    parseCallback: (query) => readCallback(query, (code) => (code === '' ? 'denied' : 'code')),
    async identify({ code }) {
      const exchange = openExchange('acme', ERRCODES, rest.PROVIDER_TIMEOUT_MILLISECONDS, fetch);
      const url = new URL(\`/who?\${new URLSearchParams({ code, secret })}\`, acme);
      const { id: openid, name } = await exchange.once({
        step: 'token',
        url,
        read: ({ text: body }) => readBody(parseJson(body), ['error'], whoSchema),
      });
      return { provider: 'acme', appId, openid, nickname: cleanNickname(name, 'Acme') };
    },
  }),
});
`;

/** What a third provider changes in files that are there: each text, and what it becomes. */
const CHANGES: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  'lib/providers/registry.ts': [
    ['import { QQ }', "import { ACME } from './acme.ts';\nimport { QQ }"],
    ['  qq: QQ,', '  qq: QQ,\n  acme: ACME,'],
  ],
  'lib/linking/identity.ts': [["['wechat', 'qq']", "['wechat', 'qq', 'acme']"]],
  'lib/messages/method-names.ts': [["qq: 'QQ',", "qq: 'QQ', acme: 'Acme',"]],
  'console/src/texts/en.ts': [
    ["'provider.qq': 'QQ',", "'provider.qq': 'QQ', 'provider.acme': 'Acme',"],
    ["'inline.qq': 'QQ',", "'inline.qq': 'QQ', 'inline.acme': 'Acme',"],
    ["'methods.use_qq':", "'methods.use_acme': 'Acme',\n  'methods.use_qq':"],
  ],
  'console/src/texts/zh.ts': [
    ["'provider.qq': 'QQ',", "'provider.qq': 'QQ', 'provider.acme': 'Acme',"],
    ["'inline.qq': 'QQ',", "'inline.qq': 'QQ', 'inline.acme': 'Acme',"],
    ["'methods.use_qq':", "'methods.use_acme': 'Acme',\n  'methods.use_qq':"],
  ],
  'console/src/components/ProviderIcon.tsx': [
    ['qq: LogoQqFilledIcon', 'qq: LogoQqFilledIcon, acme: MailFilledIcon'],
  ],
  'console/element/account-linking.d.ts': [["'wechat' | 'qq'", "'wechat' | 'qq' | 'acme'"]],
  'local/environment.ts': [
    [
      "    QQ_APP_ID: '900000001',",
      "    ACME_APP_ID: '1',\n    ACME_APP_SECRET: 's',\n    QQ_APP_ID: '900000001',",
    ],
    [
      '    qq: { appId: QQ_APP_ID',
      '    acme: { appId: settings.ACME_APP_ID, appSecret: settings.ACME_APP_SECRET, callbackDomain },\n    qq: { appId: QQ_APP_ID',
    ],
  ],
  'local/people.ts': [
    ['  qq: [', '  acme: [],\n  qq: ['],
    ['  qq: (bytes)', "  acme: (bytes) => bytes.toString('hex'),\n  qq: (bytes)"],
  ],
  'tests/local/stand-ins.ts': [['apps: { wechat, qq }', 'apps: { wechat, qq, acme: qq }']],
  'local/providers/server.ts': [['  qq: (app, {', '  acme: () => [],\n  qq: (app, {']],
};

/** As `docs/adding-a-provider.md` has them. */
export const CHANGED_FILES = Object.keys(CHANGES);

const COPIED = [
  'lib',
  'bench',
  'settings',
  'serverless.state.yml',
  'functions',
  'local',
  'client/src',
  'client/build.ts',
  'client/generate.ts',
  'console',
  'events',
  'tests',
  'infrastructure',
  'serverless.yml',
];

/** A copy of the project with a third provider, below the project's own folder, where its packages are found. */
export function projectWithThirdProvider(): { readonly folder: string; readonly remove: () => void } {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache', 'third-provider-'));
  for (const name of [...COPIED, 'tsconfig.json'])
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      // Where somebody has run the benchmark, it has packages of its own.
      filter: (source) => basename(source) !== 'node_modules',
    });
  writeFileSync(join(folder, 'lib', 'providers', 'acme.ts'), ACME);
  for (const [file, changes] of Object.entries(CHANGES)) {
    let text = readFileSync(join(folder, file), 'utf8');
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      text = text.replaceAll(from, to);
    }
    writeFileSync(join(folder, file), text);
  }
  mkdirSync(join(folder, 'docs'));
  execFileSync(process.execPath, [join(folder, 'local', 'openapi.ts')]);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
