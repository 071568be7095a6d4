import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment, readKafkaEnvironment } from './environment.js';

describe('readEnvironment', () => {
  const given = { DATABASE_URL: 'postgres://a', SIMYARD_SECRET_PEPPER: 'p' };

  it('takes the variables, else the running npm start’s, else says what to do', () => {
    const dir = mkdtempSync(join(tmpdir(), 'simyard-cli-'));
    const file = join(dir, 'env.json');
    try {
      expect(readEnvironment(given, file)).toEqual({ databaseUrl: 'postgres://a', secretPepper: 'p' });
      expect(() => readEnvironment({ DATABASE_URL: 'postgres://a' }, file)).toThrow('npm start');
      writeFileSync(file, JSON.stringify({ ...given, DATABASE_URL: 'postgres://running', KAFKA_BROKERS: 'k:1' }));
      expect(readEnvironment({}, file)).toEqual({ databaseUrl: 'postgres://running', secretPepper: 'p' });
      expect(readKafkaEnvironment({ KAFKA_SSL: 'true' }, file)).toMatchObject({
        ...{ kafkaBrokers: ['k:1'], kafkaSecurity: { ssl: true } },
      });
      expect(readKafkaEnvironment({ KAFKA_BROKERS: 'k:2' }, file)).toMatchObject({ kafkaBrokers: ['k:2'] });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
