import { randomUUID } from 'node:crypto';

/** What the global set-up of a Jest run hands to its workers, in one environment variable. */
export interface TestRun {
  /** Names what the run makes on servers it may share with other runs. */
  readonly id: string;
  readonly kafkaBrokers: string[];
  /** The URL's user may create databases. */
  readonly databaseUrl: string;
}

const variable = 'SIMYARD_TEST_RUN';

export const newRunId = (): string => randomUUID().slice(0, 8);

export function publishTestRun(run: TestRun): void {
  process.env[variable] = JSON.stringify(run);
}

/** @throws Error outside a Jest run that has the global set-up (projects `int` and `e2e`). */
export function testRun(): TestRun {
  const published = process.env[variable];
  if (!published) throw new Error('No infrastructure: run this spec as *.int.spec.ts or *.e2e.spec.ts');
  return JSON.parse(published) as TestRun;
}

/** `host:port` of the brokers that specs share. Use a topic prefix of your own, and leave the brokers running. */
export const testBrokers = (): string[] => testRun().kafkaBrokers;

/** A prefix no other spec has, for topics and consumer groups: `<prefix>simyard.…`. */
export const testTopicPrefix = (): string => `t${testRun().id}-${randomUUID().slice(0, 8)}.`;
