import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEventBus, EventRefused } from '../../lib/events/bus.ts';
import type { OutgoingEvent } from '../../lib/events/events.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';

let server: MessagesServer;
let client: EventBridgeClient;
beforeAll(async () => {
  const sms = { originationIdentities: ['SENDER'], protectConfigurationIds: [] };
  server = await startMessagesServer({ port: 0, sms, now: () => new Date('2026-11-24T10:00:00Z') });
  client = new EventBridgeClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    endpoint: `${server.origin}/events`,
  });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const linked: OutgoingEvent = {
  type: 'identity.linked',
  detail: {
    version: 1,
    id: 'A'.repeat(22),
    accountId: '100000001',
    at: '2026-11-24T10:00:00.000Z',
    provider: 'email',
    display: 'a***e@example.com',
  },
};
const list = async () => (await fetch(`${server.origin}/events`)).json();

describe('events, published by the AWS SDK', () => {
  test('arrive on the bus, as they are', async () => {
    await createEventBus(client, { busName: 'company' }).publish(linked);
    expect(await list()).toEqual([
      {
        bus: 'company',
        source: 'account-linking',
        type: 'identity.linked',
        detail: linked.detail,
        at: '2026-11-24T10:00:00.000Z',
      },
    ]);
  });

  test('go nowhere without a bus', async () => {
    const before = await list();
    await createEventBus(client, { busName: '' }).publish(linked);
    expect(await list()).toEqual(before);
  });

  test('that the bus refuses are a failure, though it answers 200', async () => {
    const refusing = {
      send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }),
    } as unknown as EventBridgeClient;
    await expect(createEventBus(refusing, { busName: 'company' }).publish(linked)).rejects.toThrow(
      EventRefused,
    );
  });

  test('are refused by the stand-in where they are not of EventBridge’s form', async () => {
    const put = (headers: Record<string, string>, body: string) =>
      fetch(`${server.origin}/events`, { method: 'POST', headers, body });
    expect((await put({}, '{}')).status).toBe(400);
    for (const body of [
      '',
      '{}',
      '{"Entries":[]}',
      '{"Entries":[{"EventBusName":"a","Source":"b","DetailType":"c","Detail":"{"}]}',
    ])
      expect((await put({ 'x-amz-target': 'AWSEvents.PutEvents' }, body)).status).toBe(400);
  });
});
