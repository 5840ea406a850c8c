import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AwsClient } from '../../lib/aws/client.ts';
import { EVENTBRIDGE } from '../../lib/aws/services.ts';
import { createEventBus, EventRefused } from '../../lib/events/bus.ts';
import type { OutgoingEvent } from '../../lib/events/events.ts';
import { type MessagesServer, startMessagesServer } from '../../local/messages/server.ts';

let server: MessagesServer;
let clients: Record<'service' | 'AWS SDK', Pick<AwsClient, 'send'>>;
beforeAll(async () => {
  const sms = { originationIdentities: ['SENDER'], protectConfigurationIds: [] };
  server = await startMessagesServer({ port: 0, sms, now: () => new Date('2026-11-24T10:00:00Z') });
  const settings = {
    region: 'ap-southeast-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    maxAttempts: 1,
    endpoint: `${server.origin}/events`,
    requestHandler: {},
  };
  const sdk = new EventBridgeClient(settings);
  const send = (_operation: string, input: object) =>
    sdk.send(new PutEventsCommand(input as PutEventsCommandInput)) as Promise<never>;
  clients = { service: new AwsClient(EVENTBRIDGE, settings), 'AWS SDK': { send } };
});
afterAll(() => server.stop());

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

describe.each(['service', 'AWS SDK'] as const)('events, published by the %s', (sender) => {
  test('arrive on the bus, as they are', async () => {
    const before = await list();
    await createEventBus(clients[sender], { busName: 'company' }).publish(linked);
    expect(await list()).toEqual([
      {
        bus: 'company',
        source: 'account-linking',
        type: 'identity.linked',
        detail: linked.detail,
        at: '2026-11-24T10:00:00.000Z',
      },
      ...before,
    ]);
  });

  test('go nowhere without a bus', async () => {
    const before = await list();
    await createEventBus(clients[sender], { busName: '' }).publish(linked);
    expect(await list()).toEqual(before);
  });

  test('that the bus refuses are a failure, though it answers 200', async () => {
    const refusing = {
      send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }) as never,
    };
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
