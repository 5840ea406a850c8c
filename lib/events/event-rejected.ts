/**
 * An event that can't be applied, however often it is tried, until somebody has looked into it. Its message says why, by member and never by
 * value: it is parked beside the event, for whoever looks.
 */
export class EventRejected extends Error {
  override readonly name = 'EventRejected';
}
