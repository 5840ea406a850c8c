import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { createTable, localClient } from '../../local/dynamodb.ts';
import { newMember } from '../support/people.ts';
import { testSettings } from '../support/settings.ts';
import { createWorld, World } from '../support/world.ts';

/** What a restore by point in time brings into a new table: the items. */
async function restore(from: World, name: string): Promise<World> {
  const { credentials } = from.client.config;
  const client = localClient(from.endpoint, { credentials });
  await createTable(client, name, { expiring: false });
  const items = [...(await from.items()).values()];
  for (let at = 0; at < items.length; at += 25) {
    const RequestItems = { [name]: items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) };
    await from.documents.send(new BatchWriteCommand({ RequestItems }));
  }
  const world = new World(client, name, testSettings(), from.endpoint);
  Object.assign(world.providers.wechat, { people: from.providers.wechat.people });
  // AWS's stream is switched on afterwards, and begins empty; DynamoDB Local can't do that, so that what it has is passed over.
  await world.recordsForOwners();
  return world;
}

test('the service goes on upon a table that was restored, as of that moment and with nothing of it sent again', async () => {
  const world = await createWorld();
  const member = await newMember(world, { links: ['email', 'wechat'] });
  const restored = await restore(world, 'restored');
  // What happens on the old table from here on is not known to the new one.
  expect((await member.browser.checkIdentity('unlink_email', member.phone)).status).toBe(200);
  expect((await member.browser.delete('/links/email')).status).toBe(204);

  await restored.notifyOwners();
  expect(restored.outbox.sent.length).toBe(0);
  restored.pass({ seconds: 61 });
  const browser = restored.browser();
  expect((await browser.signInByEmail(member.address)).status).toBe(200);
  const { methods } = (await browser.get('/account')).json;
  expect(JSON.stringify(methods)).toContain('"email"');
  expect((await browser.checkIdentity('unlink_wechat', member.phone)).status).toBe(200);
  expect((await browser.delete('/links/wechat')).status).toBe(204);
  await restored.notifyOwners();
  expect(restored.outbox.sent.some(({ to }) => to === member.phone)).toBe(true);
  expect((await restored.browser().signInBy('wechat', member.who)).result).toBe('identity_unknown');
  restored.close();
});
