import { applyAccount } from '../../lib/flows/apply-account.ts';
import { type AccountRecord, type OpenRecord, parseAccountRecord } from '../../lib/linking/account-record.ts';
import { type PhoneKeys, systemRandomness } from '../../lib/linking/secrets.ts';
import type { Table } from '../../lib/table/client.ts';
import type { Importer, Outcome } from './import-rows.ts';

/** What a record is about besides its own account. */
const others = ({ account: { parentId }, methods }: OpenRecord): string[] => [
  ...(parentId === undefined ? [] : [`account ${parentId}`]),
  ...methods.map(({ provider, subject }) => `${provider} ${subject}`),
];

/** Writes into a table, as the function on the event bus does. */
export function tableImporter(table: Table, phoneKeys: PhoneKeys): Importer<AccountRecord> {
  const dependencies = { table, phoneKeys, clock: Date.now, random: systemRandomness };
  return {
    parse: parseAccountRecord,
    topics: (record) => [
      `account ${record.accountId}`,
      ...(record.status === 'closed' ? [] : others(record)),
    ],
    write: async (record): Promise<Outcome> => {
      const applied = await applyAccount(dependencies, record);
      if (typeof applied === 'string') return applied;
      // A parent, or whoever gives an identity up, may come further down.
      const isEarly = applied.because !== undefined && applied.because !== 'same_revision';
      return { rejected: applied.rejected, isEarly };
    },
  };
}
