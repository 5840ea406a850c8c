import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLocalInbox } from '../../local/canary.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';

const ADDRESS = 'canary@example.com';

let server: MessagesServer;
beforeAll(async () => {
  server = await startMessagesServer({
    port: 0,
    sms: { originationIdentities: [], protectConfigurationIds: [] },
  });
});
afterAll(() => server.stop());

test('the canary reads its mail, and nobody else’s, in the inbox of the local world', async () => {
  server.inbox.deliver({ channel: 'email', to: 'another@example.com', text: 'not for the canary' });
  server.inbox.deliver({ channel: 'email', to: ADDRESS, text: 'Your code is 123456.' });
  expect(await createLocalInbox(server.origin, ADDRESS).receive()).toEqual([
    { text: 'Your code is 123456.', at: expect.any(Number) },
  ]);
});
