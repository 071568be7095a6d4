import type { ProcessConfig } from '#libs/config';
import type { ServiceOptions } from '#libs/runtime';
import { ErrorFilter } from './contract/error.filter.js';
import { PlatformController } from './contract/platform.controller.js';
import { FaultsController } from './admin/faults.controller.js';
import { PlatformsController } from './admin/platforms.controller.js';
import { RecordsController } from './admin/records.controller.js';
import { SimsController } from './admin/sims.controller.js';
import { createSimulation, SIMULATION } from './simulation.js';

/** The platforms' HTTP server; it keeps all in memory and reaches nothing but the callback URLs it is given. */
export const platformSimulator: ServiceOptions<ProcessConfig> = {
  name: 'platform-simulator',
  bodyLimit: 4 * 1024 * 1024,
  build: ({ log }) => {
    const simulation = createSimulation();
    return Promise.resolve({
      controllers: [FaultsController, PlatformsController, SimsController, RecordsController, PlatformController],
      providers: [{ provide: SIMULATION, useValue: simulation }],
      configure: (app) => void app.useGlobalFilters(new ErrorFilter(log)),
      drain: () => {
        simulation.stop();
        return Promise.resolve();
      },
    });
  },
};
