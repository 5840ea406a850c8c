/** When every picture is taken. */
export const PICTURE_TIME = '2026-11-24T02:30:00.000Z';
export const PICTURE_ZONE = 'Asia/Shanghai';

/** When the account in the pictures was registered; what else has happened to it happened one after the other before now. */
const REGISTERED_AT = '2024-03-05T02:10:00.000Z';
const BETWEEN_EVENTS_MILLIS = 47 * 60_000;
/** From the documentation range of RFC 5737, as the service masks it. */
const ADDRESS = '203.0.*.*';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const MINUTE_MILLIS = 60_000;

/** As far from the time of the pictures as it is from now, to the full minute: the past is now. */
function moved(iso: string, nowMillis: number): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(iso) - nowMillis) / MINUTE_MILLIS));
  return new Date(Date.parse(PICTURE_TIME) + minutes * MINUTE_MILLIS).toISOString();
}

function movedAll(value: unknown, nowMillis: number): unknown {
  if (typeof value === 'string') return ISO.test(value) ? moved(value, nowMillis) : value;
  if (Array.isArray(value)) return value.map((item) => movedAll(item, nowMillis));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, movedAll(item, nowMillis)]);
  const object: Record<string, unknown> = Object.fromEntries(entries);
  if (object['relation'] === 'registered') object['since'] = REGISTERED_AT;
  if (typeof object['ip'] === 'string') object['ip'] = ADDRESS;
  return object;
}

/** An answer of the API as if it was given at the time of the pictures, so that they are the same whenever they are made. */
export function atPictureTime(
  body: Record<string, unknown>,
  nowMillis = Date.now(),
): Record<string, unknown> {
  const result = movedAll(body, nowMillis) as Record<string, unknown>;
  const { events } = result;
  if (!Array.isArray(events)) return result;
  const dated = events.map((event: object, index) => ({
    ...event,
    at: new Date(Date.parse(PICTURE_TIME) - index * BETWEEN_EVENTS_MILLIS).toISOString(),
  }));
  return { ...result, events: dated };
}
