/** CloudEvents source of commands that the gateway sends; their `id` is the id of an operation that exists already. */
export const gatewaySource = '/simyard/gateway';

/** CloudEvents source of the items of bulk jobs; their `id` is the id of an operation that exists already. */
export const bulkSource = '/simyard/bulk-jobs';

/** CloudEvents source of how platforms' changes ended; their `id` is the id of the operation that each ends. */
export const platformSource = '/simyard/platform-connector';

/** Whether a command ends an operation that another command has begun; its `id` is that of the operation. */
export const continuesOperation = (source: string): boolean => source === platformSource;

/** Whether a command's `id` is that of an operation which its sender has started. */
export const startsWithOperation = (source: string): boolean => source === gatewaySource || source === bulkSource;

/** CloudEvents source of commands that are sent again from a dead-letter topic. */
export const replaySource = '/simyard/replay';

/** Largest command value in bytes: leaves room for the headers that a dead letter adds. */
export const maxCommandBytes = 512 * 1024;

/** CloudEvents 1.0 attributes of a command or event, with Simyard's extensions. */
export interface Envelope {
  id: string;
  /** `simyard.<Name>.v1` */
  type: string;
  source: string;
  /** RFC 3339 */
  time?: string;
  subject?: string;
  tenant: string;
  /** username of the API client on whose behalf this happens: the User ID of locks and requestIds */
  actor: string;
  correlationId: string;
  causationId?: string;
  traceparent?: string;
  /** id of the command of which this one is a replay from the dead-letter topic */
  replayOf?: string;
  /** `true`: the command is decided, and changes nothing */
  dryRun?: string;
}

export const contentTypeBinary = 'application/json';
export const contentTypeStructured = 'application/cloudevents+json';

/** CloudEvents binary-mode header of each envelope attribute, in Kafka's protocol binding. */
export const envelopeHeaders = {
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  time: 'ce_time',
  subject: 'ce_subject',
  tenant: 'ce_tenant',
  actor: 'ce_actor',
  correlationId: 'ce_correlationid',
  causationId: 'ce_causationid',
  traceparent: 'traceparent',
  replayOf: 'ce_replayof',
  dryRun: 'ce_dryrun',
} as const satisfies Record<keyof Envelope, string>;

/** Attributes with their headers, as a list: every message is read and written by it. */
export const envelopeAttributes = Object.entries(envelopeHeaders) as readonly [keyof Envelope, string][];

/** The headers of a message in binary mode. */
export function toHeaders(envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = { ce_specversion: '1.0', 'content-type': contentTypeBinary };
  for (const [attribute, header] of envelopeAttributes) {
    const value = envelope[attribute];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

/** `simyard.SwapSubscriberResource.v1` → `SwapSubscriberResource` */
export function nameOfType(type: string): string {
  return type.split('.')[1] ?? type;
}
