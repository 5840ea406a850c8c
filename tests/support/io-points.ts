import type { Delivery } from '../../lib/messages/delivery.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import { FAULTS, named } from './fault-kit.ts';
import { conflict, Network, type NetworkCall, refusal, reset, unheard } from './network.ts';
import { TableCalls } from './table-calls.ts';
import type { World } from './world.ts';

/** Where a call of the service goes: DynamoDB as the SDK gives it back in the end, or one of the SDK's own tries, and so on. */
export type Channel = 'DynamoDB' | 'a try at DynamoDB' | 'a message' | 'a provider' | 'the event bus';

/** What may become of a call: `call` is what is known of it, `proceed` lets it happen. */
type Fate = (call: NetworkCall | undefined, proceed: () => Promise<never>) => Promise<unknown>;

export interface Fault {
  readonly channel: Channel;
  /** Whether it strikes before the call takes effect, after it, or so that nobody knows. */
  readonly kind: 'before' | 'after' | 'timeout';
  readonly what: string;
  readonly fate: Fate;
}

const unknown: Delivery = { outcome: 'unknown', reason: 'TimeoutError' };
const refused: Delivery = { outcome: 'refused', reason: 'ValidationException' };
const failure = (kind: 'start_over' | 'unavailable') =>
  new ProviderError({ kind, provider: 'wechat', step: 'token', errcode: 'timeout' });

const throwing = (error: () => Error) => async () => {
  throw error();
};
const afterwards =
  (then: (call: NetworkCall | undefined) => unknown): Fate =>
  async (call, proceed) => {
    await proceed();
    return then(call);
  };
const unheardOf =
  (error: () => Error): Fate =>
  async (_call, proceed) => {
    await unheard(proceed);
    throw error();
  };
const raise = (error: Error) => {
  throw error;
};

const DYNAMODB_KINDS: Record<string, Fault['kind']> = {
  'failed before it took effect': 'before',
  'was throttled': 'before',
  'failed after it took effect': 'after',
  'was never answered': 'timeout',
  'took effect and was never answered': 'timeout',
};

/** Every fault that a call can meet. */
export const IO_FAULTS: readonly Fault[] = [
  ...Object.entries(DYNAMODB_KINDS).map(([what, kind]): Fault => {
    const fault = FAULTS[what];
    return { channel: 'DynamoDB', kind, what, fate: (_call, proceed) => (fault ?? proceed)(proceed) };
  }),
  ...Object.entries({
    'connection broke': { kind: 'before', fate: throwing(reset) },
    'answered with an error of the server': {
      kind: 'before',
      fate: async () => refusal(500, 'InternalServerError'),
    },
    'was throttled': {
      kind: 'before',
      fate: async () => refusal(400, 'ProvisionedThroughputExceededException'),
    },
    'met another transaction': {
      kind: 'before',
      fate: async (call, proceed) => (call?.token === undefined ? proceed() : conflict(call)),
    },
    'took effect, and the connection broke': { kind: 'after', fate: unheardOf(reset) },
    'took effect and was never answered': {
      kind: 'timeout',
      fate: unheardOf(() => named('TimeoutError')),
    },
    'was never answered': { kind: 'timeout', fate: throwing(() => named('TimeoutError')) },
  } satisfies Record<string, { kind: Fault['kind']; fate: Fate }>).map(
    ([what, rest]): Fault => ({ channel: 'a try at DynamoDB', what, ...rest }),
  ),
  { channel: 'a message', kind: 'before', what: 'was refused', fate: async () => refused },
  {
    channel: 'a message',
    kind: 'after',
    what: 'went out, and nobody knows',
    fate: afterwards(() => unknown),
  },
  {
    channel: 'a message',
    kind: 'timeout',
    what: 'did not go out, and nobody knows',
    fate: async () => unknown,
  },
  {
    channel: 'a provider',
    kind: 'before',
    what: 'refused',
    fate: throwing(() => failure('start_over')),
  },
  {
    channel: 'a provider',
    kind: 'after',
    what: 'spent the code and failed',
    fate: afterwards(() => raise(failure('unavailable'))),
  },
  {
    channel: 'a provider',
    kind: 'timeout',
    what: 'never answered',
    fate: throwing(() => failure('unavailable')),
  },
  {
    channel: 'the event bus',
    kind: 'before',
    what: 'refused',
    fate: throwing(() => named('InternalFailure')),
  },
  {
    channel: 'the event bus',
    kind: 'after',
    what: 'took the event and failed',
    fate: afterwards(() => raise(named('InternalFailure'))),
  },
  {
    channel: 'the event bus',
    kind: 'timeout',
    what: 'never answered',
    fate: throwing(() => named('TimeoutError')),
  },
];

/** Stands at every way out of the service, counts what passes, and lets one call meet a fault. */
export class IoPoints {
  private made = new Map<Channel, number>();
  private strike: { fault: Fault; at: number } | undefined;
  private hasStruck = false;
  private isOn = false;
  private readonly calls: TableCalls;
  private readonly network: Network;

  constructor(world: World) {
    this.network = new Network(world);
    this.calls = new TableCalls(world);
    this.calls.around = (_call, proceed) => this.pass('DynamoDB', undefined, proceed);
    this.network.onTheWire = (call, proceed) => this.pass('a try at DynamoDB', call, proceed);
    const { bus, outbox, providers } = world;
    const send = outbox.send.bind(outbox);
    outbox.send = (message) => this.pass('a message', undefined, () => send(message));
    const publish = bus.publish.bind(bus);
    bus.publish = (event) => this.pass('the event bus', undefined, () => publish(event));
    for (const provider of Object.values(providers)) {
      const identify = provider.identify.bind(provider);
      provider.identify = (input) => this.pass('a provider', undefined, () => identify(input));
    }
  }

  /** Runs `action` with the call number `at` of the fault's channel, counted from 0, meeting the fault. */
  async during<Result>(
    strike: { fault: Fault; at: number } | undefined,
    action: () => Promise<Result>,
  ): Promise<{ result: Result; made: ReadonlyMap<Channel, number>; hasStruck: boolean }> {
    this.made = new Map();
    this.strike = strike;
    this.hasStruck = false;
    this.isOn = true;
    try {
      return { result: await action(), made: this.made, hasStruck: this.hasStruck };
    } finally {
      this.isOn = false;
    }
  }

  private async pass<Reply>(
    channel: Channel,
    call: NetworkCall | undefined,
    proceed: () => Promise<Reply>,
  ): Promise<Reply> {
    if (!this.isOn) return proceed();
    const index = this.made.get(channel) ?? 0;
    this.made.set(channel, index + 1);
    const { strike } = this;
    if (strike?.fault.channel !== channel || strike.at !== index) return proceed();
    this.hasStruck = true;
    return strike.fault.fate(call, proceed as () => Promise<never>) as Promise<Reply>;
  }
}
