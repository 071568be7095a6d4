export { startBatchConsumer, type BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
export { BatchServer, type BatchServerOptions, type CallHandler, type HandleCommands } from './batch-server.js';
export { createKafka, type KafkaClient } from './client.js';
export { causeHeaders, deadLetterMessage } from './dead-letter.js';
export { createProducer, sendPatiently, type OutgoingMessage, type Producer } from './producer.js';
export { readTopic } from './read-topic.js';
export { watchBroker, type BrokerWatch } from './watch-broker.js';
export { headerText, type KafkaRecord, type HeaderValue, type RecordHeaders } from './record.js';
export { ensureTopics } from './topics.js';
