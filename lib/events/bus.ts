import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { OutgoingEvent } from './events.ts';

/** Publishes an event, or rejects: then it is published again later. */
export interface EventBus {
  publish(event: OutgoingEvent): Promise<void>;
}

/** The bus refused an event it was given; its code says why. */
export class EventRefused extends Error {
  override readonly name = 'EventRefused';
}

export const createEventBridgeClient = () =>
  new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });

/**
 * Amazon EventBridge, PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @param settings.busName empty: nothing is published
 */
export function createEventBus(client: EventBridgeClient, settings: { busName: string }): EventBus {
  const { busName } = settings;
  return {
    async publish({ type, detail }) {
      if (busName === '') return;
      const { FailedEntryCount: failed = 0, Entries: entries } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: 'account-linking',
              DetailType: type,
              Time: new Date(detail.at),
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );
      // It answers 200 all the same.
      if (failed > 0) throw new EventRefused(entries?.[0]?.ErrorCode ?? 'unknown');
    },
  };
}
