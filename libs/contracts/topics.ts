/** Services that consume commands. */
export const commandServices = ['subscriber', 'resource-swap', 'bulk-jobs', 'monitor'] as const;
export type CommandService = (typeof commandServices)[number];

/** Commands of upstream producers and bulks. */
export const commandTopic = (service: CommandService): string => `simyard.${service}.commands.v1`;
/** The gateway's single commands: a lane of their own, so that a flood does not sit before them. */
export const interactiveTopic = (service: CommandService): string => `simyard.${service}.commands.interactive.v1`;
/** interactive: callers wait for it */
export type TopicLane = 'interactive' | 'stream';
export const laneOfTopic = (topic: string): TopicLane => (topic.includes('.interactive.') ? 'interactive' : 'stream');
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letter`;

/** What to ask of platforms. */
export const platformRequestsTopic = 'simyard.platform-requests.v1';
/** The same for the gateway's single commands. */
export const interactivePlatformRequestsTopic = 'simyard.platform-requests.interactive.v1';

export const businessTransactionsTopic = 'simyard.business-transactions.v1';
export const commandOutcomesTopic = 'simyard.command-outcomes.v1';

export interface TopicDefinition {
  name: string;
  partitions: number;
  /** -1 keeps records for ever */
  retentionMs: number;
  maxMessageBytes: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const deadLetterMaxBytes = 2 * 1024 * 1024;
const defaultMaxBytes = 1024 * 1024;

function withDeadLetter(topic: TopicDefinition): TopicDefinition[] {
  const deadLetter = { ...topic, name: deadLetterTopic(topic.name), retentionMs: 30 * day };
  return [topic, { ...deadLetter, maxMessageBytes: deadLetterMaxBytes }];
}

/** Every topic Simyard uses. Partition counts are chosen for years: raising one in place would move keys. */
export const topics: TopicDefinition[] = [
  ...commandServices.flatMap((service) => [
    ...withDeadLetter({
      name: commandTopic(service),
      partitions: 12,
      retentionMs: 72 * hour,
      maxMessageBytes: defaultMaxBytes,
    }),
    ...withDeadLetter({
      name: interactiveTopic(service),
      partitions: 6,
      retentionMs: 72 * hour,
      maxMessageBytes: defaultMaxBytes,
    }),
  ]),
  ...withDeadLetter({
    name: platformRequestsTopic,
    partitions: 12,
    retentionMs: 72 * hour,
    maxMessageBytes: defaultMaxBytes,
  }),
  ...withDeadLetter({
    name: interactivePlatformRequestsTopic,
    partitions: 6,
    retentionMs: 72 * hour,
    maxMessageBytes: defaultMaxBytes,
  }),
  ...withDeadLetter({
    name: businessTransactionsTopic,
    partitions: 12,
    retentionMs: -1,
    maxMessageBytes: defaultMaxBytes,
  }),
  { name: commandOutcomesTopic, partitions: 12, retentionMs: 7 * day, maxMessageBytes: defaultMaxBytes },
];
