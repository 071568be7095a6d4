import { describe, expect, it } from '@jest/globals';
import { loadConfig, loadProcessConfig } from './index.js';

const required = {
  DATABASE_URL: 'postgres://host/database',
  KAFKA_BROKERS: 'one:9092,two:9092',
  SIMYARD_SECRET_PEPPER: 'x'.repeat(32),
};

describe('loadConfig', () => {
  it('connects to Kafka in the clear unless told otherwise', () => {
    const { kafkaBrokers, kafkaSecurity } = loadConfig(required);
    expect(kafkaBrokers).toEqual(['one:9092', 'two:9092']);
    expect(kafkaSecurity).toEqual({ ssl: false, sslCaFile: '', sasl: undefined });
  });

  it('reads how to reach secured brokers', () => {
    const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'svc', KAFKA_SASL_PASSWORD: 'secret' };
    const { kafkaSecurity } = loadConfig({ ...required, KAFKA_SSL: 'true', KAFKA_SSL_CA: '/etc/ca.pem', ...sasl });
    expect(kafkaSecurity).toEqual({
      ssl: true,
      sslCaFile: '/etc/ca.pem',
      sasl: { mechanism: 'scram-sha-512', username: 'svc', password: 'secret' },
    });
  });

  it('takes the address that platforms call back to with a slash at its end, and without', () => {
    const callbackBaseUrl = (value?: string) =>
      loadConfig({ ...required, SIMYARD_CALLBACK_BASE_URL: value }).callbackBaseUrl;
    expect(callbackBaseUrl()).toBe('http://127.0.0.1:8080');
    expect(callbackBaseUrl('https://simyard.example/in/')).toBe('https://simyard.example/in');
    expect(loadConfig({ ...required, SIMYARD_PUBLIC_URL: '' }).publicUrl).toBeUndefined();
    expect(loadConfig({ ...required, SIMYARD_PUBLIC_URL: 'https://a.example/' }).publicUrl).toBe('https://a.example');
  });

  it.each([
    ['KAFKA_BROKERS', { KAFKA_BROKERS: undefined }],
    ['KAFKA_SSL', { KAFKA_SSL: 'yes' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_MECHANISM: 'gssapi' }],
    ['KAFKA_SASL_USERNAME', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'secret' }],
    ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'svc' }],
    ['SIMYARD_SECRET_PEPPER', { SIMYARD_SECRET_PEPPER: 'short' }],
    ['SIMYARD_BATCH_SIZE', { SIMYARD_BATCH_SIZE: '0' }],
    ['SIMYARD_CALLBACK_BASE_URL', { SIMYARD_CALLBACK_BASE_URL: 'gateway:8080' }],
    ['SIMYARD_PUBLIC_URL', { SIMYARD_PUBLIC_URL: 'gateway:8080' }],
  ])('names %s when it is wrong', (variable, environment) => {
    expect(() => loadConfig({ ...required, ...environment })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', details: { variable } }),
    );
  });
});

describe('loadProcessConfig', () => {
  it('needs neither a database nor brokers', () => {
    expect(loadProcessConfig({ SIMYARD_HTTP_PORT: '8080' })).toEqual({
      httpHost: '127.0.0.1',
      httpPort: 8080,
      logLevel: 'info',
      shutdownTimeoutMs: 25_000,
      failpoints: '',
    });
  });
});
