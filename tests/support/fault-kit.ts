import type { Reply } from './browser.ts';
import { drain, type Flow, type Scene } from './fault-steps.ts';
import { halfDone, inspect } from './inspect.ts';
import { saying } from './people.ts';
import type { Around } from './table-calls.ts';
import type { World } from './world.ts';

/** An error of the SDK's. */
export function named(name: string, httpStatusCode?: number): Error {
  return Object.assign(new Error('injected'), { name, $metadata: { httpStatusCode } });
}

/** What may become of a call, as the service sees it once the SDK has given up. */
export const FAULTS: Record<string, (proceed: () => Promise<unknown>) => Promise<never>> = {
  'failed before it took effect': async () => {
    throw named('InternalServerError', 500);
  },
  'failed after it took effect': async (proceed) => {
    await proceed();
    throw named('InternalServerError', 500);
  },
  'was throttled': async () => {
    throw named('ProvisionedThroughputExceededException', 400);
  },
  'was never answered': async () => {
    throw named('AbortError');
  },
  'took effect and was never answered': async (proceed) => {
    await proceed();
    throw named('TimeoutError');
  },
};

/**
 * Goes through the flow as its user does: on, as long as each step is answered as it should be. What was written is on the stream
 * whatever was answered, and its function has seen it before the user tries again.
 */
export async function attempt(flow: Flow, scene: Scene): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const [index, step] of flow.steps.entries()) {
    const reply = await step(scene);
    replies.push(reply);
    const isLast = index === flow.steps.length - 1;
    if (isLast ? saying(reply) !== flow.ends : reply.status >= 400) break;
  }
  if (saying(replies.at(-1) as Reply) !== flow.ends) await drain(scene);
  return replies;
}

/** How many codes of identity checks went to a phone; notices, and codes to restore with, are counted apart. */
function codesTo({ outbox }: Pick<World, 'outbox'>, phone: string): number {
  return outbox.sent.filter(
    ({ to, code, sms, text }) =>
      to === phone && code !== '' && sms?.kind !== 'notice' && !text.includes('恢复账号'),
  ).length;
}

/** What is half done for the person or the rival, and what went out without being counted. */
export async function halfStates(flow: Flow, { world, person, rival }: Scene): Promise<string[]> {
  const [own, rivals] = [await inspect(world, person), await inspect(world, rival)];
  return [
    ...halfDone(own, flow.links),
    ...halfDone(rivals, ['email', 'wechat']),
    ...(own.smsCounted < codesTo(world, person.phone) ? ['an SMS went out that is not counted'] : []),
  ];
}

/** Lets the call number `failing`, counted from 0, come to `fault`, and all others pass. */
export function failingAt(
  failing: number,
  fault: (typeof FAULTS)[string] | undefined,
): { around: Around; made: () => number } {
  let made = 0;
  const around: Around = async (_call, proceed) => {
    const isIt = made === failing;
    made += 1;
    return isIt && fault ? fault(proceed) : proceed();
  };
  return { around, made: () => made };
}
