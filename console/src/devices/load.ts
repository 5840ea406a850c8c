import type { Device } from '../../../lib/linking/browsers.ts';

export type ParseDevice = (userAgent: string) => Device;

const parseNothing: ParseDevice = () => ({ browser: null, system: null });

/** The parser, which is loaded when there is something to parse. Where it can't be, devices stay unknown. */
export async function loadDeviceParser(): Promise<ParseDevice> {
  try {
    return (await import('../../../lib/linking/browsers.ts')).parseDevice;
  } catch {
    return parseNothing;
  }
}
