import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  projectDir,
  startInfrastructure,
  type BrokerControl,
  type Infrastructure,
  type ServerControl,
} from '#tools/infra/index';

/** A broker and a database of one spec's own, which it may stop and start. */
export interface PrivateInfrastructure extends Infrastructure {
  readonly kafka: BrokerControl;
  readonly postgres: ServerControl;
}

/** Always embedded: containers get new ports when they are started again. Call `stop` in afterAll. */
export async function privateInfrastructure(): Promise<PrivateInfrastructure> {
  const infrastructure = await startInfrastructure({
    provider: 'embedded',
    dataDir: join(projectDir, '.simyard/tmp', `private-${randomUUID()}`),
    persistent: false,
    log: () => undefined,
  });
  const { kafka, postgres } = infrastructure;
  if (!kafka || !postgres) throw new Error('Embedded servers have controls');
  return { ...infrastructure, kafka, postgres };
}
