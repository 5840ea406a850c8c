import { connectTable } from '../../lib/table/client.ts';
import { connectionOf, localClient } from '../../local/dynamodb.ts';
import { tableImporter } from '../../local/import/table-importer.ts';
import { findPerson } from '../../local/people.ts';
import { readPhoneKeys } from '../../local/phone-keys.ts';
import type { World } from './support.ts';
import type { Language } from './words.ts';

/** Somebody who walks through the guide: registered by QQ, with nothing linked yet. */
export interface Customer {
  readonly accountId: string;
  readonly phone: string;
  readonly qq: string;
  readonly email: string;
  readonly wechat: string;
  /** A WeChat that can't be linked, because it is somebody else's already. */
  readonly taken: string;
  /** An address that nobody has. */
  readonly stranger: string;
}

/** One for each language, so that both live in one world. */
export const CUSTOMERS: Readonly<Record<Language, Customer>> = {
  'zh-CN': {
    accountId: '100000001',
    phone: '+8613800138001',
    qq: 'ming',
    email: 'xinghe@example.com',
    wechat: 'lin',
    taken: 'yue',
    stranger: 'visitor@example.com',
  },
  en: {
    accountId: '100000011',
    phone: '+8613800138011',
    qq: 'fang',
    email: 'galaxy@example.com',
    wechat: 'mei',
    taken: 'hua',
    stranger: 'guest@example.com',
  },
};

/** The Chinese customer is one of the demo accounts; the English one comes to the world by an import. */
export async function importCast(world: World): Promise<void> {
  const { accountId, phone, qq } = CUSTOMERS.en;
  const endpoint = world.urls.dynamodb;
  const table = connectTable({
    tableName: world.tableName,
    connection: connectionOf(localClient(endpoint), endpoint),
  });
  const registered = { provider: 'qq', subject: findPerson('qq', qq)?.unionid, display: 'Fang' };
  const importer = tableImporter(table, await readPhoneKeys({}));
  const parsed = importer.parse({
    accountId,
    name: 'Galaxy Cloud',
    phone,
    registered,
    links: [],
    parentId: null,
  });
  if ('rejected' in parsed) throw new Error(parsed.rejected);
  await importer.write(parsed.record);
  table.documents.destroy();
}
