/** Events that callers can be told of. */
export const eventTypes = ['MonitorStateChangeEvent', 'ServiceStateChangeEvent'] as const;
export type EventType = (typeof eventTypes)[number];

/** Facades in which URLs can be subscribed, and what each tells. */
export const eventTypesOf = {
  cmo: ['MonitorStateChangeEvent'],
  tmf640: eventTypes,
} as const satisfies Record<string, readonly EventType[]>;
export type CallbackFacade = keyof typeof eventTypesOf;

/**
 * Why a TMF filter is not understood; undefined when it is. It may only name event types:
 * `eventType=MonitorStateChangeEvent`, several by comma.
 */
export function problemOfQuery(query: string, facade: CallbackFacade = 'cmo'): string | undefined {
  const known: readonly EventType[] = eventTypesOf[facade];
  const [, names] = /^eventType=(.+)$/.exec(query) ?? [];
  const unknown = names?.split(',').find((name) => !known.some((type) => type === name));
  if (names !== undefined && unknown === undefined) return undefined;
  return `query must be eventType=… with one of ${known.join(', ')}`;
}

export interface MonitorEvent {
  /** the same at each attempt */
  eventId: string;
  eventTime: Date;
  correlationId: string;
  /** of a monitor where it is left out */
  eventType?: EventType;
}

/** A TMF event as JSON; `content` is the operation's monitor at its end, or the service as the operation has made it. */
export function monitorEvent(
  { eventId, eventTime, correlationId, eventType = 'MonitorStateChangeEvent' }: MonitorEvent,
  content: unknown,
): string {
  const event = eventType === 'ServiceStateChangeEvent' ? { service: content } : { monitor: content };
  return JSON.stringify({ eventId, eventTime, eventType, correlationId, event });
}
