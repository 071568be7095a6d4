import { topics } from '#libs/contracts';

/** A topic as Kafka's tools take it. */
export interface TopicSettings {
  name: string;
  partitions: number;
  config: Record<string, string | number>;
}

/** Every topic with its configuration; deploy/kafka/topics.json holds the same as data. */
export function topicSettings(): TopicSettings[] {
  return topics.map(({ name, partitions, retentionMs, maxMessageBytes }) => ({
    name,
    partitions,
    config: { 'cleanup.policy': 'delete', 'retention.ms': retentionMs, 'max.message.bytes': maxMessageBytes },
  }));
}
