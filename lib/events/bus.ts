import type { PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { AwsClient } from '../aws/client.ts';
import { ASIDE, EVENTBRIDGE } from '../aws/services.ts';
import type { OutgoingEvent } from './events.ts';

/** Publishes an event, or rejects: then it is published again later. */
export interface EventBus {
  publish(event: OutgoingEvent): Promise<void>;
}

/** The bus refused an event it was given; its code says why. */
export class EventRefused extends Error {
  override readonly name = 'EventRefused';
}

export const createEventBridgeClient = () => new AwsClient(EVENTBRIDGE, ASIDE);

/**
 * Amazon EventBridge, PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @param settings.busName empty: nothing is published
 */
export function createEventBus(client: Pick<AwsClient, 'send'>, settings: { busName: string }): EventBus {
  const { busName } = settings;
  return {
    async publish({ type, detail }) {
      if (busName === '') return;
      const { FailedEntryCount: failed = 0, Entries: entries } = await client.send<PutEventsCommandOutput>(
        'PutEvents',
        {
          Entries: [
            {
              // In seconds, as JSON has it.
              Time: Date.parse(detail.at) / 1000,
              Source: 'account-linking',
              DetailType: type,
              Detail: JSON.stringify(detail),
              EventBusName: busName,
            } satisfies Omit<PutEventsRequestEntry, 'Time'> & { readonly Time: number },
          ],
        },
      );
      // It answers 200 all the same.
      if (failed > 0) throw new EventRefused(entries?.[0]?.ErrorCode ?? 'unknown');
    },
  };
}
