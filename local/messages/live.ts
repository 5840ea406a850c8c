import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

const HEARTBEAT_MILLISECONDS = 15_000;

/** Something that grows, and tells its listeners of what comes. */
export interface Growing<T> {
  /** Newest first. */
  readonly list: () => readonly T[];
  /** @returns ends the subscription */
  readonly subscribe: (listener: (item: T) => void) => () => void;
}

/** Server-sent events: a `snapshot` of what is there, then a `message` for each that comes. */
export function tellLive<T>(context: Context, { list, subscribe }: Growing<T>): Response {
  return streamSSE(context, async (stream) => {
    const unsubscribe = subscribe((item) => {
      void stream.writeSSE({ event: 'message', data: JSON.stringify(item) });
    });
    const heartbeat = setInterval(() => void stream.write(': heartbeat\n\n'), HEARTBEAT_MILLISECONDS).unref();
    const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
    await stream.writeSSE({ event: 'snapshot', data: JSON.stringify(list()) });
    await ended;
    clearInterval(heartbeat);
    unsubscribe();
  });
}
