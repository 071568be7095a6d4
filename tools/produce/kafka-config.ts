import { loadKafkaConfig, type KafkaConfig } from '#libs/config';

/**
 * How to reach the Kafka of the running `npm start`: its brokers, with KAFKA_SSL, KAFKA_SASL_… and SIMYARD_TOPIC_PREFIX as its
 * services have them. Throws CONFIGURATION_INVALID.
 */
export const kafkaConfigOf = (brokers: string[], environment: Record<string, string | undefined>): KafkaConfig =>
  loadKafkaConfig({ ...environment, KAFKA_BROKERS: brokers.join(',') });
