/** Events that callers can be told of. */
export const eventTypes = ['MonitorStateChangeEvent'] as const;
export type EventType = (typeof eventTypes)[number];

/**
 * Why a TMF filter is not understood; undefined when it is. It may only name event types:
 * `eventType=MonitorStateChangeEvent`, several by comma.
 */
export function problemOfQuery(query: string): string | undefined {
  const [, names] = /^eventType=(.+)$/.exec(query) ?? [];
  const unknown = names?.split(',').find((name) => !eventTypes.some((type) => type === name));
  if (names !== undefined && unknown === undefined) return undefined;
  return `query must be eventType=… with one of ${eventTypes.join(', ')}`;
}

export interface MonitorEvent {
  /** the same at each attempt */
  eventId: string;
  eventTime: Date;
  correlationId: string;
}

/** A TMF event as JSON; `monitor` is the operation's, at its end. */
export function monitorEvent({ eventId, eventTime, correlationId }: MonitorEvent, monitor: unknown): string {
  const eventType: EventType = 'MonitorStateChangeEvent';
  return JSON.stringify({ eventId, eventTime, eventType, correlationId, event: { monitor } });
}
