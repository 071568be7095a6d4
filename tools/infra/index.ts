export { startInfrastructure } from './start-infrastructure.js';
export { sweepAbandoned } from './data-dir.js';
export { projectDir } from './project-dir.js';
export type {
  BrokerControl,
  Infrastructure,
  InfrastructureOptions,
  ProviderKind,
  ServerControl,
  StopMode,
} from './infrastructure.js';
