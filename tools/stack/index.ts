export { startServiceProcess, type Exit, type ServiceName, type ServiceProcess } from './service-process.js';
export { countDeaths, keepRunning, type KeptService } from './keep-running.js';
export {
  connectPlatforms,
  platformNames,
  simulatorAt,
  type SimulatedFault,
  type SimulatedSim,
  type SimulatorClient,
} from './simulator.js';
export { prepare, serviceEnvironment, type StackAddresses } from './prepare.js';
