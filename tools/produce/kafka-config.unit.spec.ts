import { describe, expect, it } from '@jest/globals';
import { kafkaConfigOf } from './kafka-config.js';

describe('kafkaConfigOf', () => {
  const brokers = ['one:9093', 'two:9093'];

  it('reaches the brokers of npm start as its services do', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'secret' };
    const environment = { KAFKA_BROKERS: 'else:9092', KAFKA_SSL: 'true', KAFKA_SSL_CA: '/ca.pem', ...sasl };
    expect(kafkaConfigOf(brokers, { ...environment, SIMYARD_TOPIC_PREFIX: 'mine.' })).toEqual({
      kafkaBrokers: brokers,
      kafkaSecurity: {
        ssl: true,
        sslCaFile: '/ca.pem',
        sasl: { mechanism: 'plain', username: 'me', password: 'secret' },
      },
      topicPrefix: 'mine.',
    });
    expect(kafkaConfigOf(brokers, {})).toMatchObject({
      kafkaSecurity: { ssl: false, sasl: undefined },
      topicPrefix: '',
    });
  });

  it('names a variable that is wrong', () => {
    expect(() => kafkaConfigOf(brokers, { KAFKA_SSL: 'yes' })).toThrow('KAFKA_SSL');
  });
});
