import { createSms } from '../../lib/dependencies.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';
import type { TencentSmsAccount } from '../../local/messages/tencent-sms.ts';
import { localTemplateIds, registeredTemplates } from '../../local/messages/tencent-templates.ts';
import { SIGNATURE } from './sms.ts';
import { createWorld, type World } from './world.ts';

export const TENCENT_SECRET_KEY = 'tencent-sms-key-of-the-tests';

/** Routes to Tencent, and all that they need but where it is. */
export const BY_TENCENT = {
  SMS_ROUTES: '86=tencent,*=aws',
  TENCENT_SMS_SECRET_ID: 'tencent-sms-id-of-the-tests',
  TENCENT_SMS_SECRET_KEY: TENCENT_SECRET_KEY,
  TENCENT_SMS_APP_ID: '1400000001',
  TENCENT_SMS_SIGN_NAME: '示例云',
  TENCENT_SMS_TEMPLATES: localTemplateIds(),
};

/** The account at Tencent that those settings are of. */
export const TENCENT_ACCOUNT: TencentSmsAccount = {
  credentials: { secretId: BY_TENCENT.TENCENT_SMS_SECRET_ID, secretKey: TENCENT_SECRET_KEY },
  appId: BY_TENCENT.TENCENT_SMS_APP_ID,
  signName: BY_TENCENT.TENCENT_SMS_SIGN_NAME,
  templates: registeredTemplates(BY_TENCENT.TENCENT_SMS_TEMPLATES, SIGNATURE.notMeUrl),
};

/** The service with SMS by the vendors that the settings route to, which are asked by HTTP. */
export interface RoutedWorld {
  readonly world: World;
  readonly server: MessagesServer;
  readonly stop: () => Promise<void>;
}

/** @param account what is different about the account at Tencent */
export async function createRoutedWorld(
  account: Partial<TencentSmsAccount> = {},
  settings: Parameters<typeof createWorld>[0] = {},
): Promise<RoutedWorld> {
  let world: World | undefined;
  const clock = () => world?.dependencies.clock() ?? 0;
  const server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: ['10690000'], protectConfigurationIds: [] },
    tencentSms: { ...TENCENT_ACCOUNT, ...account },
    now: () => new Date(clock()),
  });
  world = await createWorld({ ...BY_TENCENT, TENCENT_SMS_URL: server.origin, ...settings });
  const secrets = { TENCENT_SMS_SECRET_KEY: TENCENT_SECRET_KEY };
  Object.assign(world.dependencies, { sms: createSms(world.settings, secrets, clock) });
  return { world, server, stop: server.stop };
}
