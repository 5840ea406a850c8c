import type { Delivery } from '../../lib/messages/delivery.ts';
import { ProviderError } from '../../lib/providers/provider.ts';
import { FAULTS, named } from './fault-kit.ts';
import { Network, type NetworkCall, PASSING, refusal, unheard } from './network.ts';
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

const refused: Fate = async (): Promise<Delivery> => ({ outcome: 'refused', reason: 'ValidationException' });
const unknown: Fate = async (): Promise<Delivery> => ({ outcome: 'unknown', reason: 'TimeoutError' });
const throws =
  (name: string): Fate =>
  async () => {
    throw named(name);
  };
const fails =
  (kind: 'start_over' | 'unavailable'): Fate =>
  async () => {
    throw new ProviderError({ kind, provider: 'wechat', step: 'token', errcode: 'timeout' });
  };
const afterwards =
  (then: Fate): Fate =>
  async (call, proceed) => {
    await proceed();
    return then(call, proceed);
  };

const fault = (channel: Channel, kind: Fault['kind'], what: string, fate: Fate): Fault => {
  return { channel, kind, what, fate };
};

function known<Known>(faults: Readonly<Record<string, Known>>, what: string): Known {
  const found = faults[what];
  if (found === undefined) throw new Error(`no fault ${what}`);
  return found;
}

const called = (kind: Fault['kind'], what: string): Fault => {
  const fate = known(FAULTS, what);
  return fault('DynamoDB', kind, what, (_call, proceed) => fate(proceed));
};

const tried = (kind: Fault['kind'], what: string, fate = known(PASSING, what) as Fate): Fault =>
  fault('a try at DynamoDB', kind, what, fate);

/** Every fault that a call can meet. */
export const IO_FAULTS: readonly Fault[] = [
  called('before', 'failed before it took effect'),
  called('before', 'was throttled'),
  called('after', 'failed after it took effect'),
  called('timeout', 'was never answered'),
  called('timeout', 'took effect and was never answered'),
  tried('before', 'broke its connection'),
  tried('before', 'answered with an error of the server', async () => refusal(500, 'InternalServerError')),
  tried('before', 'was throttled'),
  tried('before', 'met another transaction'),
  tried('after', 'broke its connection once it had taken effect'),
  tried('timeout', 'took effect and was never answered', async (_call, proceed) => {
    await unheard(proceed);
    throw named('TimeoutError');
  }),
  tried('timeout', 'was never answered', throws('TimeoutError')),
  fault('a message', 'before', 'was refused', refused),
  fault('a message', 'after', 'went out, and nobody knows', afterwards(unknown)),
  fault('a message', 'timeout', 'did not go out, and nobody knows', unknown),
  fault('a provider', 'before', 'refused', fails('start_over')),
  fault('a provider', 'after', 'spent the code and failed', afterwards(fails('unavailable'))),
  fault('a provider', 'timeout', 'never answered', fails('unavailable')),
  fault('the event bus', 'before', 'refused', throws('InternalFailure')),
  fault('the event bus', 'after', 'took the event and failed', afterwards(throws('InternalFailure'))),
  fault('the event bus', 'timeout', 'never answered', throws('TimeoutError')),
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
