import { describe, expect, it } from '@jest/globals';
import { chooseProvider } from './choose-provider.js';

const docker = () => Promise.resolve(true);
const noDocker = () => Promise.resolve(false);
const addresses = { KAFKA_BROKERS: 'broker:9092', DATABASE_URL: 'postgres://database/simyard' };

describe('choice of the provider', () => {
  it('takes addresses before Docker, and Docker before servers of our own', async () => {
    expect(await chooseProvider(addresses, docker)).toBe('external');
    expect(await chooseProvider({}, docker)).toBe('testcontainers');
    expect(await chooseProvider({}, noDocker)).toBe('embedded');
  });

  it('is forced by SIMYARD_INFRA', async () => {
    expect(await chooseProvider({ ...addresses, SIMYARD_INFRA: 'embedded' }, docker)).toBe('embedded');
    await expect(chooseProvider({ SIMYARD_INFRA: 'cloud' }, docker)).rejects.toThrow('SIMYARD_INFRA=cloud is unknown');
  });

  it('refuses one address without the other', async () => {
    await expect(chooseProvider({ KAFKA_BROKERS: 'broker:9092' }, docker)).rejects.toThrow('Set both');
    await expect(chooseProvider({ DATABASE_URL: 'postgres://database' }, docker)).rejects.toThrow('Set both');
  });
});
